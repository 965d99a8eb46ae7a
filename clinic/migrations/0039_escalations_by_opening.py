"""Beside writes: a clinic's escalations of some weeks, for its figures, without reading those of all years."""

from django.db import migrations, models

from notifications.migration_steps import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("clinic", "0038_checkin_tallies")]

    operations = [
        AddIndexConcurrently(
            model_name="escalation",
            index=models.Index(fields=["clinic", "opened_at"], name="escalation_of_weeks"),
        ),
    ]
