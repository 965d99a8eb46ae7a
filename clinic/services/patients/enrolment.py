"""Enrols patients, moves their day 0 and pauses monitoring. A pause always ends by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic.access import Permission, get_patient, require
from clinic.models import Clinic, Patient, User
from clinic.models.patient import MoveReason, PatientStatus
from clinic.rules.patients.ages import age_on
from clinic.services.checkins import plan
from clinic.services.core import audit
from clinic.services.patients import watchers, windows
from clinic.services.protocols.versions import current_version, rules_of
from notifications.services import nudge

# A wrong year would stop monitoring as surely as a pause without an end.
LONGEST_PAUSE = timedelta(days=365)
# Nor may a wrong year mask fever for years; the medicine does so for weeks.
LONGEST_MASK = timedelta(days=90)
# Minutes to the clinic: a day.
LONGEST_TRAVEL_MINUTES = 1440


class PauseNeedsEnd(Exception):
    """A pause needs an end in the future, within a year, and a reason."""


class NotMonitored(Exception):
    """Only monitoring that has started can be paused."""


class MaskTooLong(Exception):
    """No medicine hides a fever for so long."""


class TooYoung(Exception):
    """Younger than the protocol is made for, or of an age that nobody knows: `minimum_age` in years."""

    def __init__(self, minimum_age: int) -> None:
        super().__init__(str(minimum_age))
        self.minimum_age = minimum_age


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


@dataclass(frozen=True)
class RiskFacts:
    """What staff may change of a patient on record; `minutes_to_centre` from 0 to LONGEST_TRAVEL_MINUTES."""

    tier: str
    immune_risk: bool
    neutropenia: bool
    platelets_low: bool
    masked_until: date | None
    minutes_to_centre: int | None


@transaction.atomic
def enrol(*, clinic: Clinic, by: User, enrolment: Enrolment, now: datetime) -> Patient:
    """Put a patient on record, to be prepared for going home. NotAllowed, TooYoung."""
    require(by, Permission.MANAGE_PATIENTS, clinic)
    facts = {**vars(enrolment), "time_zone": enrolment.time_zone or clinic.time_zone}
    _refuse_too_young(clinic, enrolment.birth_date, now.astimezone(ZoneInfo(facts["time_zone"])).date())
    patient = Patient.objects.create(clinic=clinic, created_at=now, status=PatientStatus.PREPARING, **facts)
    windows.plan_at_enrolment(patient=patient, by=by, now=now)
    audit.record_about(patient, "patient.enrolled", by, now)
    return patient


def move_infusion(*, patient_id: UUID, by: User, to: date, reason: MoveReason, now: datetime) -> Patient:
    """Move day 0. What is to come and unsent is planned anew, the past stays. NotVisible, NotAllowed."""
    with managing(patient_id, by) as patient:
        moved = {"from": patient.infusion_date.isoformat(), "to": to.isoformat(), "reason": reason.value}
        patient.infusion_date = to
        patient.save(update_fields=["infusion_date"])
        if patient.status == PatientStatus.ACTIVE:
            plan.plan_patient(patient=patient, now=now)
        audit.record_about(patient, "patient.infusion_moved", by, now, moved)
        return patient


def change_facts(*, patient_id: UUID, by: User, facts: RiskFacts, now: datetime) -> Patient:
    """Store risk facts. They apply from the next report on; nothing is planned or scored again.

    What stays the same leaves no row. NotVisible, NotAllowed, MaskTooLong.
    """
    with managing(patient_id, by) as patient:
        values = vars(facts)
        changed = {name: value for name, value in values.items() if getattr(patient, name) != value}
        today = now.astimezone(ZoneInfo(patient.time_zone)).date()
        if "masked_until" in changed and facts.masked_until and facts.masked_until > today + LONGEST_MASK:
            raise MaskTooLong
        if not changed:
            return patient
        detail = {
            name: {"from": _audit_value(getattr(patient, name)), "to": _audit_value(value)}
            for name, value in changed.items()
        }
        for name, value in changed.items():
            setattr(patient, name, value)
        patient.save(update_fields=list(changed))
        audit.record_about(patient, "patient.facts_changed", by, now, detail)
        return patient


def pause_monitoring(*, patient_id: UUID, by: User, until: datetime, reason: str, now: datetime) -> Patient:
    """Stop reminders and missed-report alarms until a time. NotVisible, NotAllowed, PauseNeedsEnd.

    NotMonitored: a pause would end by itself in monitoring that nobody has started.
    """
    with managing(patient_id, by) as patient:
        if patient.status not in {PatientStatus.ACTIVE, PatientStatus.PAUSED}:
            raise NotMonitored
        if not now < until <= now + LONGEST_PAUSE or not reason.strip():
            raise PauseNeedsEnd
        patient.status, patient.paused_until = PatientStatus.PAUSED, until
        patient.pause_reason = reason.strip()
        patient.save(update_fields=["status", "paused_until", "pause_reason"])
        plan.drop_upcoming(patient=patient, now=now)
        audit.record_about(patient, "patient.paused", by, now)
        return patient


def resume_monitoring(*, patient_id: UUID, by: User, now: datetime) -> Patient:
    """End a pause early. NotVisible, NotAllowed. NotMonitored: only a pause ends so, no stay in hospital."""
    with managing(patient_id, by) as patient:
        if patient.status == PatientStatus.ACTIVE:
            return patient
        if patient.status != PatientStatus.PAUSED:
            raise NotMonitored
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
    # Check-ins left unanswered before and during the pause do not count as silence.
    patient.monitored_since = now
    patient.save(update_fields=["status", "paused_until", "pause_reason", "monitored_since"])
    audit.record_about(patient, "patient.resumed", by, now)
    watchers.sync(patient=patient, now=now)
    nudge.after_commit("clinic.tasks.plan")


def _audit_value(value: object) -> object:
    """A fact as the trail can keep it."""
    return value.isoformat() if isinstance(value, date) else value


def _refuse_too_young(clinic: Clinic, born: date | None, today: date) -> None:
    minimum = rules_of(current_version(clinic=clinic)).minimum_age
    if minimum and (born is None or age_on(born, today) < minimum):
        raise TooYoung(minimum)


@contextmanager
def managing(patient_id: UUID, by: User) -> Iterator[Patient]:
    """The patient, locked in a transaction. A refusal comes before it, so its audit row stays."""
    visible = get_patient(by, patient_id)
    require(by, Permission.MANAGE_PATIENTS, visible.clinic_id)
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=visible.pk)
        patient.clinic = visible.clinic
        yield patient
