"""Plans how long a patient stays near the centre and does not drive. A new label changes no running plan."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from clinic.access import Permission, can, get_patient, require_managing
from clinic.models import Patient, User, WindowPlan
from clinic.queries.patients import life_events, look_alikes
from clinic.queries.patients import windows as query
from clinic.rules.patients.windows import Countdown, WindowDays
from clinic.services.core import audit, closed_records

# Two years: a slip of the finger, not a plan.
LONGEST_DAYS = 730


class TooShort(Exception):
    """Fewer days than the label or the centre asks for; `least` says how many there must be."""

    def __init__(self, least: WindowDays) -> None:
        super().__init__(str(least))
        self.least = least


@dataclass(frozen=True)
class Planning:
    """A patient's windows, and what planning anew would start from."""

    patient: Patient
    plan: WindowPlan | None
    countdowns: tuple[Countdown, ...]
    # From when on the label counts by which was planned, and the one that is in force today; None where none
    # was, or is on file.
    planned_by_label_of: date | None
    label_of: date | None
    least: WindowDays
    may_plan: bool
    mark: look_alikes.Mark | None


def open_planning(*, patient_id: UUID, by: User, now: datetime) -> Planning:
    """What staff see before they plan anew, and that they looked. NotVisible."""
    patient = get_patient(by, patient_id)
    audit.record(
        action="patient.viewed",
        by=by,
        now=now,
        clinic_id=patient.clinic_id,
        subject_type="patient",
        subject_id=patient.pk,
        patient_id=patient.pk,
    )
    label = query.label_for(product=patient.product, on=now.date())
    plan = query.plans_of([patient]).get(patient.pk)
    return Planning(
        patient=patient,
        plan=plan,
        countdowns=query.countdowns_of(patients=[patient], now=now)[patient.pk],
        planned_by_label_of=query.label_day(plan.label) if plan else None,
        label_of=label.effective_date if label else None,
        least=query.least_days(label=label, clinic=patient.clinic),
        may_plan=can(by, Permission.MANAGE_PATIENTS, patient.clinic_id)
        and life_events.closed_by(patient) is None,
        mark=look_alikes.marks_of([patient]).get(patient.pk),
    )


def plan_for_course(*, patient: Patient, by_hand: WindowDays | None, by: User, now: datetime) -> None:
    """A course's first plan: by the label of the infusion day, or the days of another product. TooShort.

    Part of the transaction and audit row of what begins it. An infusion from before the first label gets no
    plan: families never see a number that nobody has decided.
    """
    label = query.label_for(product=patient.product, on=patient.infusion_date)
    days = query.least_days(label=label, clinic=patient.clinic)
    if by_hand is not None:
        days = _at_least(by_hand, days)
    if days != WindowDays(0, 0):
        _store_plan(patient, label.code if label else "", days, by, now)


def take_along(*, old: Patient, new: Patient, by: User, now: datetime) -> None:
    """Another clinic's plan goes on here, longer where this centre asks for more.

    Part of the transaction and audit row of the transfer.
    """
    plan = query.plans_of([old]).get(old.pk)
    if plan is not None:
        days = WindowDays(plan.near_centre_days, plan.no_driving_days)
        days = days.at_least(new.clinic.near_centre_days, new.clinic.no_driving_days)
        _store_plan(new, plan.label, days, by, now)


def follow_correction(
    *, patient: Patient, was: tuple[str, date], by_hand: WindowDays | None, by: User, now: datetime
) -> WindowPlan | None:
    """Plan again where product or day 0 were put right and another label counts, or none any more. TooShort.

    `was` is the product and the day 0 from before. What a clinician planned beyond the old label stays where
    it is stricter. Part of the correction's transaction and audit row; None where the plan stays as it is.
    """
    label = query.label_for(product=patient.product, on=patient.infusion_date)
    least = query.least_days(label=label, clinic=patient.clinic)
    if by_hand is not None:
        return _store_plan(patient, "", _at_least(by_hand, least), by, now)
    before = query.label_for(product=was[0], on=was[1])
    plan = query.plans_of([patient]).get(patient.pk)
    # Without a plan the label of the day counts by itself.
    if plan is None or label is None or label == before:
        return None
    days = WindowDays(plan.near_centre_days, plan.no_driving_days)
    is_by_hand = plan.label and days != query.least_days(label=before, clinic=patient.clinic)
    needed = least.at_least(days.near_centre, days.no_driving) if is_by_hand else least
    return _store_plan(patient, label.code, needed, by, now)


def _at_least(days: WindowDays, least: WindowDays) -> WindowDays:
    if days.near_centre < least.near_centre or days.no_driving < least.no_driving:
        raise TooShort(least)
    return days


def replan(*, patient_id: UUID, by: User, days: WindowDays, now: datetime) -> WindowPlan:
    """A clinician's new plan, at least what the label of today and the centre ask for.

    NotVisible, NotAllowed, RecordClosed, TooShort.
    """
    patient = get_patient(by, patient_id)
    require_managing(by, patient)
    closed_records.require_cared_for(patient)
    label = query.label_for(product=patient.product, on=now.date())
    least = query.least_days(label=label, clinic=patient.clinic)
    _at_least(days, least)
    with transaction.atomic():
        plan = _store_plan(patient, label.code if label else "", days, by, now)
        audit.record(
            action="patient.windows_planned",
            by=by,
            now=now,
            clinic_id=patient.clinic_id,
            subject_type="window_plan",
            subject_id=plan.pk,
            patient_id=patient.pk,
            detail={"label": plan.label},
        )
        return plan


def _store_plan(patient: Patient, label: str, days: WindowDays, by: User, now: datetime) -> WindowPlan:
    return WindowPlan.objects.create(
        patient=patient,
        course_number=patient.course_number,
        label=label,
        near_centre_days=days.near_centre,
        no_driving_days=days.no_driving,
        made_at=now,
        made_by=by,
    )
