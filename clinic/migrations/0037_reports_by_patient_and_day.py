"""Beside writes, because reports grow: somebody's last ones, and those of one day, without reading the others."""

from django.db import migrations, models

from notifications.migration_steps import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("clinic", "0036_two_people_and_broken_glass")]

    operations = [
        AddIndexConcurrently(
            model_name="report",
            index=models.Index(
                fields=["patient", "-observed_at", "-received_at", "-id"], name="report_last_seen"
            ),
        ),
        AddIndexConcurrently(
            model_name="report",
            index=models.Index(fields=["received_at"], name="report_received"),
        ),
    ]
