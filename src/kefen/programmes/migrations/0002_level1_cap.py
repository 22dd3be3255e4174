from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """Steps and level 2 together stay within the cap, too."""

    dependencies = [
        ('programmes', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='rule',
            name='level1_cap_bps',
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunSQL(
            'ALTER TABLE programmes_step DROP CONSTRAINT programmes_step_cap_fk'
        ),
        migrations.RunSQL(
            'UPDATE programmes_rule SET level1_cap_bps = cap_bps'
            ' - CASE WHEN pays_level2 THEN coalesce(level2_bps, 0) ELSE 0 END'
        ),
        migrations.RunSQL(
            'UPDATE programmes_step s SET cap_bps = r.level1_cap_bps FROM programmes_rule r'
            ' WHERE r.institution_id = s.institution_id AND r.id = s.rule_id'
        ),
        migrations.RemoveConstraint(model_name='rule', name='rule_cap'),
        migrations.RemoveConstraint(model_name='rule', name='rule_level1_within_cap'),
        migrations.RemoveConstraint(model_name='rule', name='rule_levels_together_within_cap'),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.UniqueConstraint(
                fields=['institution', 'id', 'level1_cap_bps'], name='rule_cap'
            ),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(
                condition=Q(level1_bps__isnull=True) | Q(level1_bps__lte=F('level1_cap_bps')),
                name='rule_level1_within_cap',
            ),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(
                condition=Q(pays_level2=False, level1_cap_bps=F('cap_bps'))
                | Q(level2_bps__isnull=True, level1_cap_bps=F('cap_bps'))
                | Q(
                    pays_level2=True,
                    level2_bps__isnull=False,
                    level1_cap_bps=F('cap_bps') - F('level2_bps'),
                ),
                name='rule_levels_together_within_cap',
            ),
        ),
        # The cap travels along: step → rule.
        migrations.RunSQL(
            'ALTER TABLE programmes_step ADD CONSTRAINT programmes_step_cap_fk FOREIGN KEY'
            ' (institution_id, rule_id, cap_bps)'
            ' REFERENCES programmes_rule (institution_id, id, level1_cap_bps)'
        ),
    ]
