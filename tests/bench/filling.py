"""A clinic that is far too full, written straight into the database: only its size matters here."""

import subprocess
import sys

from tests.processes import ROOT, Place

_SCRIPT = """
from datetime import timedelta
from django.utils import timezone
from clinic.models import Clinic, Escalation, Patient
clinic, now = Clinic.objects.get(slug="harbor"), timezone.now()
Patient.objects.bulk_create([
    Patient(clinic=clinic, given_name="Patient", family_name=f"No. {n}", infusion_date=now.date(),
            product="axi-cel", target="CD19", status="ended")
    for n in range(MANY)
])
Escalation.objects.bulk_create([
    Escalation(clinic=clinic, patient=patient, level="same_day", severity=2,
               opened_at=now - timedelta(minutes=n), waiting_since=now - timedelta(minutes=n))
    for n, patient in enumerate(Patient.objects.filter(given_name="Patient"))
])
"""


def open_many_escalations(place: Place, many: int) -> None:
    """So many patients of Harbor, each with one open escalation."""
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", _SCRIPT.replace("MANY", str(many))],
        cwd=ROOT,
        env=place.environment,
        check=True,
    )
