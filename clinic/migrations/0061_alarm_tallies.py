"""The alarms of a week are counted ahead of the figures."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0060_who_took_an_import"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlarmTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("monday", models.DateField()),
                ("basis", models.CharField(max_length=64)),
                ("counted_at", models.DateTimeField()),
                ("counted", models.JSONField()),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alarm_tallies",
                        to="clinic.clinic",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "alarm tallies",
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "monday"), name="one_alarm_tally_a_week")
                ],
            },
        ),
    ]
