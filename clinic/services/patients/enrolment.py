"""Enrols patients and pauses monitoring. A pause always ends by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic.access import Permission, get_patient, require, require_managing
from clinic.models import Clinic, Patient, RiskLowering, User
from clinic.models.patient import PatientStatus
from clinic.rules.patients.ages import age_on
from clinic.rules.patients.risks import is_lower
from clinic.services.checkins import family_help, plan
from clinic.services.core import audit, closed_records
from clinic.services.patients import (
    courses,
    diseases,
    given_products,
    identity,
    risk_lowerings,
    watchers,
    windows,
)
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
    # Needed of another product, as are its days; a product of the catalogue brings them.
    target: str = ""
    near_centre_days: int | None = None
    no_driving_days: int | None = None
    hospital_number: str = ""
    disease: str = ""
    tier: str = "standard"
    language: str = "en"
    birth_date: date | None = None
    immune_risk: bool = False
    neutropenia: bool = False
    platelets_low: bool = False
    time_zone: str | None = None
    minutes_to_centre: int | None = None
    nearest_emergency: str = ""


@dataclass(frozen=True)
class RiskFacts:
    """What staff may change of a patient on record; `minutes_to_centre` from 0 to LONGEST_TRAVEL_MINUTES."""

    tier: str
    immune_risk: bool
    neutropenia: bool
    platelets_low: bool
    masked_until: date | None
    minutes_to_centre: int | None
    nearest_emergency: str


@transaction.atomic
def enrol(
    *,
    clinic: Clinic,
    by: User,
    enrolment: Enrolment,
    now: datetime,
    known_others: frozenset[UUID] = frozenset(),
) -> Patient:
    """Put a patient on record, to be prepared for going home.

    `known_others` are people of the same name and birth date of whom somebody has said that they are others.
    NotAllowed, TooYoung, WrongFacts, TooShort, NumberTaken, MayBeSame.
    """
    require(by, Permission.MANAGE_PATIENTS, clinic)
    facts = {**vars(enrolment), "time_zone": enrolment.time_zone or clinic.time_zone}
    given = given_products.choose(
        name=facts.pop("product"),
        target=facts.pop("target"),
        near_centre_days=facts.pop("near_centre_days"),
        no_driving_days=facts.pop("no_driving_days"),
        needs_days=True,
    )
    facts["disease"] = diseases.as_kept(enrolment.disease)
    facts["hospital_number"] = identity.number_as_kept(enrolment.hospital_number)
    refuse_too_young(clinic, enrolment.birth_date, now.astimezone(ZoneInfo(facts["time_zone"])).date())
    # One after the other at a clinic: who presses twice, or two who enrol the same person, are asked.
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    identity.refuse_same_person(clinic_id=clinic.pk, facts=facts, known_others=known_others, apart_from=None)
    with identity.guarding_number(clinic_id=clinic.pk, number=facts["hospital_number"], apart_from=None):
        patient = Patient.objects.create(
            clinic=clinic,
            created_at=now,
            status=PatientStatus.PREPARING,
            product=given.product,
            target=given.target,
            **facts,
        )
    courses.settle(patient)
    windows.plan_for_course(patient=patient, by_hand=given.days, by=by, now=now)
    audit.record_about(patient, "patient.enrolled", by, now)
    return patient


def change_facts(
    *, patient_id: UUID, by: User, facts: RiskFacts, now: datetime, reason: str = ""
) -> RiskLowering | None:
    """Store risk facts. They apply from the next report on; nothing is planned or scored again.

    What makes the rules stricter holds at once. What makes them less strict is proposed for this `reason`,
    and waits for a second clinician: returned. What stays the same leaves no row.
    NotVisible, NotAllowed, RecordClosed, MaskTooLong, LoweringRefused.
    """
    with caring(patient_id, by) as patient:
        today = now.astimezone(ZoneInfo(patient.time_zone)).date()
        changes = _changes_of(patient, facts)
        mask = facts.masked_until
        if "masked_until" in changes and mask and mask > today + LONGEST_MASK:
            raise MaskTooLong
        lowered = {
            name
            for name in changes
            if is_lower(name, getattr(patient, name), getattr(facts, name), today=today)
        }
        if lowered:
            risk_lowerings.require_may_propose(patient=patient, reason=reason, by=by)
        held = [name for name in changes if name not in lowered]
        if held:
            for name in held:
                setattr(patient, name, getattr(facts, name))
            patient.save(update_fields=held)
            detail = {name: changes[name] for name in held}
            audit.record_about(patient, "patient.facts_changed", by, now, detail)
        if not lowered:
            return None
        proposed = {name: changes[name] for name in changes if name in lowered}
        return risk_lowerings.propose(patient=patient, changes=proposed, reason=reason, by=by, now=now)


def _changes_of(patient: Patient, facts: RiskFacts) -> dict[str, dict[str, object]]:
    """What differs from what is on file, as the audit keeps it."""
    return {
        name: {"from": _audit_value(getattr(patient, name)), "to": _audit_value(value)}
        for name, value in vars(facts).items()
        if getattr(patient, name) != value
    }


def pause_monitoring(*, patient_id: UUID, by: User, until: datetime, reason: str, now: datetime) -> Patient:
    """Stop reminders and missed-report alarms until a time. NotVisible, NotAllowed, PauseNeedsEnd.

    RecordClosed. NotMonitored: a pause would end by itself in monitoring that nobody has started.
    """
    with caring(patient_id, by) as patient:
        if patient.status not in {PatientStatus.ACTIVE, PatientStatus.PAUSED}:
            raise NotMonitored
        if not now < until <= now + LONGEST_PAUSE or not reason.strip():
            raise PauseNeedsEnd
        patient.status, patient.paused_until = PatientStatus.PAUSED, until
        patient.pause_reason = reason.strip()
        patient.save(update_fields=["status", "paused_until", "pause_reason"])
        plan.drop_upcoming(patient=patient, now=now)
        family_help.withdraw(patient=patient, now=now)
        audit.record_about(patient, "patient.paused", by, now)
        return patient


def resume_monitoring(*, patient_id: UUID, by: User, now: datetime) -> Patient:
    """End a pause early. NotVisible, NotAllowed, RecordClosed.

    NotMonitored: only a pause ends so, no stay in hospital.
    """
    with caring(patient_id, by) as patient:
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


def refuse_too_young(clinic: Clinic, born: date | None, today: date) -> None:
    """TooYoung."""
    minimum = rules_of(current_version(clinic=clinic)).minimum_age
    if minimum and (born is None or age_on(born, today) < minimum):
        raise TooYoung(minimum)


@contextmanager
def managing(patient_id: UUID, by: User) -> Iterator[Patient]:
    """The patient, locked in a transaction. A refusal comes before it, so its audit row stays."""
    visible = get_patient(by, patient_id)
    require_managing(by, visible)
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=visible.pk)
        patient.clinic = visible.clinic
        yield patient


@contextmanager
def caring(patient_id: UUID, by: User) -> Iterator[Patient]:
    """The same, of somebody who is cared for here: RecordClosed."""
    with managing(patient_id, by) as patient:
        closed_records.require_cared_for(patient)
        yield patient
