from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """A commission names what was paid and the rule's cap by foreign key: it cannot claim others."""

    dependencies = [
        ('commissions', '0001_initial'),
        ('orders', '0002_line_and_paid'),
        ('programmes', '0003_rule_whole_cap'),
    ]

    operations = [
        migrations.AddField(
            model_name='commission',
            name='rule_cap_bps',
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunSQL(
            'UPDATE commissions_commission c SET rule_cap_bps = r.cap_bps FROM programmes_rule r'
            ' WHERE r.institution_id = c.institution_id AND r.id = c.rule_id'
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(
                condition=Q(cap_bps__lte=F('rule_cap_bps')), name='commission_cap_within_rule'
            ),
        ),
        migrations.RunSQL(
            'ALTER TABLE commissions_commission'
            ' DROP CONSTRAINT commissions_commission_rule_id_fk,'
            ' DROP CONSTRAINT commissions_commission_line_id_fk,'
            ' ADD CONSTRAINT commissions_commission_rule_id_fk'
            ' FOREIGN KEY (institution_id, rule_id, rule_cap_bps)'
            ' REFERENCES programmes_rule (institution_id, id, cap_bps),'
            ' ADD CONSTRAINT commissions_commission_line_id_fk'
            ' FOREIGN KEY (institution_id, line_id, line_paid)'
            ' REFERENCES orders_line (institution_id, id, paid)'
        ),
    ]
