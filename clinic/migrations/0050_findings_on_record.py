"""What the newest assessment of a patient found stands with the patient, for whoever was assessed before."""

from typing import Any

from django.db import migrations


def copy_findings(apps: Any, schema_editor: Any) -> None:
    patients, runs = apps.get_model("clinic", "Patient"), apps.get_model("clinic", "RiskRun")
    newest = runs.objects.filter(is_current=True, patient__erased_at=None).order_by("pk")
    for patient_id, result in newest.values_list("patient_id", "result").iterator():
        suggestion = result["suggestion"]
        found = sorted({one["key"] for part in ("major", "minor") for one in suggestion[part]})
        # A run that is stored meanwhile by the version before has no copy: the next one makes it.
        patients.objects.filter(pk=patient_id).update(findings=" ".join(found))


class Migration(migrations.Migration):
    # Each row stands by itself; begun again, it says the same.
    atomic = False
    dependencies = [("clinic", "0049_imports")]

    operations = [migrations.RunPython(copy_findings, migrations.RunPython.noop)]
