"""The phone's word about a report is kept beside what scoring makes of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinic", "0004_alarms_about_cries")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="level_on_phone",
            field=models.CharField(
                blank=True,
                choices=[
                    ("none", "none"),
                    ("watch", "watch"),
                    ("same_day", "same_day"),
                    ("urgent", "urgent"),
                    ("emergency", "emergency"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="escalationevent",
            name="cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("missed_checkin", "A planned check-in was missed"),
                    ("worry", "The family is worried and asks to be called"),
                    ("phone_level", "The phone told the family a higher level"),
                ],
                max_length=20,
            ),
        ),
    ]
