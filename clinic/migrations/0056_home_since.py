"""When a patient last came home from hospital, copied onto the patient from the discharges on record."""

from typing import Any

from django.db import migrations, models


def copy_discharges(apps: Any, schema_editor: Any) -> None:
    """A few rows: whoever was discharged, and is at home."""
    events = apps.get_model("clinic", "LifeEvent").objects.filter(kind="discharged", taken_back_at=None)
    patients = apps.get_model("clinic", "Patient").objects.filter(status__in=("active", "paused"))
    for patient_id, at in events.order_by("at").values_list("patient_id", "at"):
        patients.filter(pk=patient_id).update(home_since=at)


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0055_lab_rows"),
    ]

    operations = [
        migrations.AddField(
            model_name="lifeevent",
            name="home_since_before",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="patient",
            name="home_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(copy_discharges, migrations.RunPython.noop),
    ]
