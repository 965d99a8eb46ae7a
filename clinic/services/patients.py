"""Enrols patients and pauses monitoring. A pause always ends by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinic.access import Permission, get_patient, require
from clinic.models import Clinic, Patient, User
from clinic.models.patient import PatientStatus
from clinic.services import audit, windows
from notifications.services import nudge

# A slip of the year would silence a patient as surely as a pause without an end.
LONGEST_PAUSE = timedelta(days=365)


class PauseNeedsEnd(Exception):
    """A pause needs an end in the future, within a year, and a reason."""


@dataclass(frozen=True)
class Enrolment:
    """What staff say about a new patient."""

    given_name: str
    family_name: str
    infusion_date: date
    product: str
    target: str
    tier: str = "standard"
    language: str = "en"
    birth_date: date | None = None
    immune_risk: bool = False
    neutropenia: bool = False
    platelets_low: bool = False
    time_zone: str | None = None
    minutes_to_centre: int | None = None


@transaction.atomic
def enrol(*, clinic: Clinic, by: User, enrolment: Enrolment, now: datetime) -> Patient:
    """Put a patient on record and plan the first check-ins. NotAllowed."""
    require(by, Permission.MANAGE_PATIENTS, clinic)
    facts = {**vars(enrolment), "time_zone": enrolment.time_zone or clinic.time_zone}
    patient = Patient.objects.create(clinic=clinic, created_at=now, **facts)
    windows.plan_at_enrolment(patient=patient, by=by, now=now)
    _record(patient, "patient.enrolled", by, now)
    nudge.after_commit("clinic.tasks.plan")
    return patient


def pause(*, patient_id: UUID, by: User, until: datetime, reason: str, now: datetime) -> Patient:
    """Stop reminders and missed-report alarms until a time. NotVisible, NotAllowed, PauseNeedsEnd."""
    with _managed(patient_id, by) as patient:
        if not now < until <= now + LONGEST_PAUSE or not reason.strip():
            raise PauseNeedsEnd
        patient.status, patient.paused_until = PatientStatus.PAUSED, until
        patient.pause_reason = reason.strip()
        patient.save(update_fields=["status", "paused_until", "pause_reason"])
        _record(patient, "patient.paused", by, now)
        return patient


def resume(*, patient_id: UUID, by: User, now: datetime) -> Patient:
    """End a pause early. NotVisible, NotAllowed."""
    with _managed(patient_id, by) as patient:
        _resume(patient, by, now)
        return patient


@transaction.atomic
def end_pauses(*, now: datetime) -> int:
    """Monitor again everyone whose pause is over; returns how many."""
    over = Patient.objects.select_for_update().filter(status=PatientStatus.PAUSED, paused_until__lte=now)
    patients = list(over)
    for patient in patients:
        _resume(patient, None, now)
    return len(patients)


def _resume(patient: Patient, by: User | None, now: datetime) -> None:
    patient.status, patient.paused_until, patient.pause_reason = PatientStatus.ACTIVE, None, ""
    patient.save(update_fields=["status", "paused_until", "pause_reason"])
    _record(patient, "patient.resumed", by, now)


@contextmanager
def _managed(patient_id: UUID, by: User) -> Iterator[Patient]:
    """The patient, locked in a transaction. A refusal comes before it, so its audit row stays."""
    visible = get_patient(by, patient_id)
    require(by, Permission.MANAGE_PATIENTS, visible.clinic_id)
    with transaction.atomic():
        yield Patient.objects.select_for_update().get(pk=visible.pk)


def _record(patient: Patient, action: str, by: User | None, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=patient.clinic_id,
        subject_type="patient",
        subject_id=patient.pk,
        patient_id=patient.pk,
    )
