"""A legal hold: nothing of the record is deleted, by nobody and by no time, until the hold is lifted."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic.access import Permission, get_patient, require
from clinic.models import Patient, RecordHold, User
from clinic.queries.patients.deletions import open_holds
from clinic.services.core import audit

LONGEST_REASON = 200


class HoldRefused(Exception):
    """It cannot be done so; `code` is no_reason, held_already or not_held."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def place(*, patient_id: UUID, reason: str, by: User, now: datetime) -> RecordHold:
    """Nothing of this patient is deleted from now on. NotVisible, NotAllowed, HoldRefused."""
    patient = _manageable(patient_id, by)
    if not reason.strip():
        raise HoldRefused("no_reason")
    try:
        with transaction.atomic():
            # Whoever deletes holds this lock: either they come first, or they find the hold.
            locked = Patient.objects.select_for_update().get(pk=patient.pk, erased_at__isnull=True)
            hold = RecordHold.objects.create(
                patient=locked, reason=reason.strip()[:LONGEST_REASON], placed_at=now, placed_by=by
            )
            audit.record_about(locked, "hold.placed", by, now, {"hold": hold.pk})
    except IntegrityError as error:
        raise HoldRefused("held_already") from error
    return hold


def lift(*, patient_id: UUID, by: User, now: datetime) -> RecordHold:
    """What time and requests ask for may happen again. NotVisible, NotAllowed, HoldRefused("not_held")."""
    patient = _manageable(patient_id, by)
    with transaction.atomic():
        hold = open_holds().select_for_update().filter(patient=patient).first()
        if hold is None:
            raise HoldRefused("not_held")
        hold.ended_at, hold.ended_by = now, by
        hold.save(update_fields=["ended_at", "ended_by"])
        audit.record_about(patient, "hold.lifted", by, now, {"hold": hold.pk})
        return hold


def _manageable(patient_id: UUID, by: User) -> Patient:
    patient = get_patient(by, patient_id)
    require(by, Permission.DELETE_RECORDS, patient.clinic_id)
    return patient
