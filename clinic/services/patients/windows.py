"""Plans how long a patient stays near the centre and does not drive. A new label changes no running plan."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.access import Permission, can, get_patient, require
from clinic.models import Patient, User, WindowPlan
from clinic.queries.patients import windows as query
from clinic.rules.patients.windows import Countdown, WindowDays
from clinic.services.core import audit

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
    # The code of the label that is in force today; empty where none is on file.
    label: str
    least: WindowDays
    may_plan: bool


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
    return Planning(
        patient=patient,
        plan=query.plans_of([patient]).get(patient.pk),
        countdowns=query.countdowns_of(patients=[patient], now=now)[patient.pk],
        label=label.code if label else "",
        least=query.least_days(label=label, clinic=patient.clinic),
        may_plan=can(by, Permission.MANAGE_PATIENTS, patient.clinic_id),
    )


def plan_at_enrolment(*, patient: Patient, by: User, now: datetime) -> None:
    """The first plan, by the label of the infusion day. Part of the enrolment's transaction and audit row.

    A product that is not in the table gets no plan: families never see a number that nobody has decided.
    """
    label = query.label_for(product=patient.product, on=patient.infusion_date)
    days = query.least_days(label=label, clinic=patient.clinic)
    if days != WindowDays(0, 0):
        _store_plan(patient, label.code if label else "", days, by, now)


def replan(*, patient_id: UUID, by: User, days: WindowDays, now: datetime) -> WindowPlan:
    """A clinician's new plan, at least what the label of today and the centre ask for.

    NotVisible, NotAllowed, TooShort.
    """
    patient = get_patient(by, patient_id)
    require(by, Permission.MANAGE_PATIENTS, patient.clinic_id)
    label = query.label_for(product=patient.product, on=now.date())
    least = query.least_days(label=label, clinic=patient.clinic)
    if days.near_centre < least.near_centre or days.no_driving < least.no_driving:
        raise TooShort(least)
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
        label=label,
        near_centre_days=days.near_centre,
        no_driving_days=days.no_driving,
        made_at=now,
        made_by=by,
    )
