"""The refund time of a line is the one its course had when the order was placed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_trial_lesson'),
        ('orders', '0008_lists'),
    ]

    operations = [
        migrations.AddField(
            model_name='line',
            name='refund_days',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        # Until now nothing could change a course, so what it says is what it said.
        migrations.RunSQL(
            """
            UPDATE orders_line l SET refund_days = c.refund_days FROM catalog_course c
             WHERE c.institution_id = l.institution_id AND c.id = l.course_id
            """,
            migrations.RunSQL.noop,
        ),
    ]
