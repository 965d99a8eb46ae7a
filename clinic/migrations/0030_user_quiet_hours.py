import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0022_lease_while_acknowledged"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="quiet_from",
            field=models.TimeField(default=datetime.time(22, 0), verbose_name="no reminders from"),
        ),
        migrations.AddField(
            model_name="user",
            name="quiet_until",
            field=models.TimeField(default=datetime.time(7, 0), verbose_name="no reminders until"),
        ),
    ]
