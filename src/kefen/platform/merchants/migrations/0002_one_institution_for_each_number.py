from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='MerchantClaim',
            fields=[
                ('digest', models.BinaryField(primary_key=True, serialize=False)),
                ('institution_id', models.UUIDField()),
            ],
        ),
    ]
