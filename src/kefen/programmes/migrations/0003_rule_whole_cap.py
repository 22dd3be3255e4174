from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0002_level1_cap'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.UniqueConstraint(
                fields=['institution', 'id', 'cap_bps'], name='rule_whole_cap'
            ),
        ),
    ]
