from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0005_refund_stuck'),
    ]

    operations = [
        migrations.AddField(
            model_name='cashiervisit',
            name='shut_at',
            field=models.DateTimeField(null=True),
        ),
    ]
