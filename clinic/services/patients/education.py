"""Keeps what a family has read and understood, for the talk before going home."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.access import patients_cared_for_by
from clinic.models import GuidanceReading, User
from clinic.services.core import audit


@dataclass(frozen=True)
class GuidanceVersion:
    """The page as it was shown."""

    slug: str
    title: str
    language: str
    version: int


@transaction.atomic
def record_reading(*, by: User, page: GuidanceVersion, passed: bool, now: datetime) -> int:
    """The caregiver has read the page, or answered its question rightly, for everybody they look after.

    Idempotent: the first right answer stays on record. Returns how many patients it counts for.
    """
    patients = list(patients_cared_for_by(by).values_list("pk", "clinic_id"))
    for patient_id, clinic_id in patients:
        _record_for_patient(patient_id, clinic_id, by, page, passed, now)
    return len(patients)


def _record_for_patient(
    patient_id: UUID, clinic_id: UUID, by: User, page: GuidanceVersion, passed: bool, now: datetime
) -> None:
    row, is_new = GuidanceReading.objects.get_or_create(
        user=by,
        patient_id=patient_id,
        slug=page.slug,
        defaults={"title": page.title, "language": page.language, "version": page.version, "read_at": now},
    )
    newly_passed = passed and row.passed_at is None
    if not is_new:
        row.title, row.language, row.version, row.read_at = page.title, page.language, page.version, now
    if newly_passed:
        row.passed_at = now
    row.save(update_fields=["title", "language", "version", "read_at", "passed_at"])
    if is_new or newly_passed:
        audit.record(
            action="guidance.passed" if newly_passed else "guidance.read",
            by=by,
            now=now,
            clinic_id=clinic_id,
            subject_type="guidance",
            subject_id=page.slug[:64],
            patient_id=patient_id,
            detail={"version": page.version},
        )
