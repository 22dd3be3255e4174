"""A commission knows when its order was placed, and sums over any time read indexes alone."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commissions', '0006_commission_booked_at'),
        ('orders', '0011_sums_of_any_time'),
    ]

    operations = [
        migrations.AddField(
            model_name='commission',
            name='placed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(
            """
            UPDATE commissions_commission c SET placed_at = o.placed_at FROM orders_order o
             WHERE o.institution_id = c.institution_id AND o.id = c.order_id
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name='commission',
            name='placed_at',
            field=models.DateTimeField(),
        ),
        migrations.RemoveIndex(
            model_name='commission',
            name='commission_promoter',
        ),
        migrations.RemoveIndex(
            model_name='commission',
            name='commission_due',
        ),
        migrations.AddIndex(
            model_name='commission',
            index=models.Index(condition=models.Q(('reversed__lt', models.F('booked')), ('state', 'pending')), fields=['institution', 'available_at', 'id'], include=('booked', 'reversed'), name='commission_due'),
        ),
        migrations.AddIndex(
            model_name='commission',
            index=models.Index(fields=['institution', 'promoter_id', 'booked_at'], include=('order_id', 'level'), name='commission_promoter'),
        ),
        migrations.AddIndex(
            model_name='commission',
            index=models.Index(condition=models.Q(('state', 'available')), fields=['institution', 'placed_at'], include=('order_id', 'booked', 'reversed'), name='commission_settled'),
        ),
        migrations.AddIndex(
            model_name='commission',
            index=models.Index(condition=models.Q(('state', 'held')), fields=['institution', 'booked_at', 'id'], include=('booked', 'reversed'), name='commission_held'),
        ),
    ]
