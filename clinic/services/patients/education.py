"""Keeps what a family has read and understood, for the talk before going home."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
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
    is_variant: bool = False


@transaction.atomic
def record_reading(
    *, by: User, page: GuidanceVersion, passed: bool, now: datetime, clinics: Collection[UUID] | None = None
) -> int:
    """The caregiver has read the page, or answered its question rightly, for everybody they look after.

    `clinics`: only for patients there; another clinic's families read another text. Idempotent: the first
    right answer stays on record. Returns how many patients it counts for.
    """
    cared_for = patients_cared_for_by(by)
    if clinics is not None:
        cared_for = cared_for.filter(clinic__in=clinics)
    patients = list(cared_for.values_list("pk", "clinic_id"))
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
        defaults={**_shown(page), "read_at": now},
    )
    newly_passed = passed and row.passed_at is None
    if not is_new:
        for name, value in _shown(page).items():
            setattr(row, name, value)
        row.read_at = now
    if newly_passed:
        row.passed_at = now
    row.save(update_fields=["title", "language", "version", "is_variant", "read_at", "passed_at"])
    if is_new or newly_passed:
        audit.record(
            action="guidance.passed" if newly_passed else "guidance.read",
            by=by,
            now=now,
            clinic_id=clinic_id,
            subject_type="guidance",
            subject_id=page.slug[:64],
            patient_id=patient_id,
            detail={"version": page.version, "variant": page.is_variant},
        )


def _shown(page: GuidanceVersion) -> dict[str, Any]:
    return {
        "title": page.title,
        "language": page.language,
        "version": page.version,
        "is_variant": page.is_variant,
    }
