from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0002_landing'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='touch',
            name='touch_of_visitor_or_student',
        ),
        migrations.AddConstraint(
            model_name='touch',
            constraint=models.CheckConstraint(condition=models.Q(('visitor_id__isnull', True), ('student_id__isnull', True), _connector='OR'), name='touch_never_of_both'),
        ),
    ]
