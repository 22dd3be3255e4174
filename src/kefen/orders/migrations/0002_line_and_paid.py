from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0001_initial'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='line',
            constraint=models.UniqueConstraint(
                fields=['institution', 'id', 'paid'], name='line_and_paid'
            ),
        ),
    ]
