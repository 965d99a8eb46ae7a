"""How long a patient stays near the centre and does not drive, as planned or as the label says."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from clinic.models import Clinic, Patient, WindowPlan
from clinic.protocols import windows_document
from clinic.queries.core import products
from clinic.rules.patients import windows
from clinic.rules.patients.windows import Countdown, ProductLabel, WindowDays


@lru_cache
def labels() -> tuple[ProductLabel, ...]:
    """All labels on file, the newest first."""
    return windows.parse_labels(windows_document())


def label_for(*, product: str, on: date) -> ProductLabel | None:
    """The label of a product, however it is written, on a day; None where none is on file."""
    known = products.find(product)
    return windows.in_force(labels(), known.code, on) if known else None


def label_day(code: str) -> date | None:
    """From when on a label counts, which is what people call it by; None for no code on file."""
    return next((one.effective_date for one in labels() if one.code == code), None)


def least_days(*, label: ProductLabel | None, clinic: Clinic) -> WindowDays:
    """What a plan may not fall below: the label, or the centre where that is stricter."""
    days = label.days if label else WindowDays(0, 0)
    return days.at_least(clinic.near_centre_days, clinic.no_driving_days)


def plans_of(patients: Iterable[Patient]) -> dict[UUID, WindowPlan]:
    """The newest plan of the current course of each patient who has one; one query."""
    rows = WindowPlan.objects.filter(
        patient__in=[patient.pk for patient in patients], course_number=F("patient__course_number")
    )
    return {plan.patient_id: plan for plan in rows.order_by("made_at", "pk")}


def countdowns_of(*, patients: list[Patient], now: datetime) -> dict[UUID, tuple[Countdown, ...]]:
    """Each patient's windows today; none where neither a plan nor a label tells. One query.

    A patient who was enrolled before plans were kept has the label of the infusion day.
    """
    plans = plans_of(patients)
    return {patient.pk: _countdowns(patient, plans.get(patient.pk), now) for patient in patients}


def _countdowns(patient: Patient, plan: WindowPlan | None, now: datetime) -> tuple[Countdown, ...]:
    days = WindowDays(plan.near_centre_days, plan.no_driving_days) if plan else _by_label(patient)
    if days == WindowDays(0, 0):
        return ()
    today = now.astimezone(ZoneInfo(patient.time_zone)).date()
    return windows.countdowns(days, patient.infusion_date, today)


def _by_label(patient: Patient) -> WindowDays:
    label = label_for(product=patient.product, on=patient.infusion_date)
    return least_days(label=label, clinic=patient.clinic)
