from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0004_channel_accounts'),
    ]

    operations = [
        migrations.AddField(
            model_name='cashiervisit',
            name='shut_at',
            field=models.DateTimeField(null=True),
        ),
    ]
