"""An order says whether a promoter brought it, and sums over any time read indexes alone."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0010_indexes_for_sums'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='is_promoted',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(
            """
            UPDATE orders_order o SET is_promoted = true
             WHERE EXISTS (SELECT 1 FROM orders_line l
                            WHERE l.institution_id = o.institution_id AND l.order_id = o.id
                              AND l.winner_id IS NOT NULL)
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RemoveIndex(
            model_name='order',
            name='order_paid_at',
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['institution', 'paid_at', 'id'], include=('total',), name='order_paid_at'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('is_promoted', True)), fields=['institution', 'placed_at'], include=('state',), name='order_promoted'),
        ),
    ]
