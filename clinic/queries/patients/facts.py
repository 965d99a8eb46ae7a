"""Who a patient is and what makes the rules stricter for them, in words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from clinic.models import Patient
from clinic.queries.core import courses, diseases, products
from clinic.queries.patients import at_home, go_home_check, look_alikes
from clinic.queries.protocols.fitting import fitted
from clinic.queries.protocols.patient_context import is_without_transport
from clinic.queries.protocols.versions import current_rules_for
from clinic.rules.core.courses import Course
from clinic.rules.patients.ages import age_on
from clinic.rules.patients.products import ANOTHER_PRODUCT


@dataclass(frozen=True)
class PatientFacts:
    """Who this is and what makes the rules stricter, in words."""

    id: UUID
    name: str
    clinic_id: UUID
    clinic_name: str
    clinic_slug: str
    clinic_phone: PhoneNumber
    line_phone: PhoneNumber
    keypad_phone: PhoneNumber | None
    birth_date: date | None
    hospital_number: str
    age: int | None
    infusion_date: date
    day: int
    product: str
    target: str
    # In words; empty where nobody knows it.
    disease: str
    tier: str
    flags: tuple[str, ...]
    baseline: tuple[tuple[str, str], ...]
    language: str
    minutes_to_centre: int | None
    nearest_emergency: str
    at_home: at_home.AtHome
    is_without_transport: bool
    # What the clinic adds to the monitoring of somebody like them.
    fitted: tuple[str, ...]
    status: str
    status_label: str
    paused_until: datetime | None
    pause_reason: str
    single_caregiver_reason: str
    # Why monitoring started before everything was proven; empty for everybody else.
    start_override: str
    # The infusions before the one from which days count now, in their order.
    earlier_courses: tuple[Course, ...] = ()
    is_test: bool = False
    # Stands beside the name of somebody who has a look-alike.
    mark: look_alikes.Mark | None = None


@dataclass(frozen=True)
class BaselineItem:
    """One usual value that staff may store, and between which numbers.

    `hint` is the unit, or the answer that each number stands for.
    """

    key: str
    label: str
    hint: str
    lowest: float
    highest: float
    value: float | None


def baseline_items(*, patient: Patient, language: str) -> tuple[BaselineItem, ...]:
    """What the clinic's protocol compares with this person's own usual values."""
    rules = current_rules_for(patient)
    # The thinking check has a page of its own, where the family takes it.
    keys = [key for key in rules.baselines if key != go_home_check.BASELINE_ITEM] if rules else []
    asked = [rules.question(key) for key in keys] if rules else []
    return tuple(
        BaselineItem(
            key=question.key,
            label=question.label(language),
            hint=question.unit
            or " · ".join(f"{option.value}: {option.text(language)}" for option in question.options),
            lowest=question.minimum or 0,
            highest=question.maximum or max((int(one.value) for one in question.options), default=0),
            value=patient.baseline.get(question.key),
        )
        for question in asked
    )


def on_file(patient: Patient) -> dict[str, Any]:
    """What can be put right, as a form has it: the product by its code, another one by its name."""
    product = products.code_of(patient)
    is_another = product == ANOTHER_PRODUCT
    names = ("given_name", "family_name", "birth_date", "hospital_number")
    more = ("disease", "language", "time_zone", "infusion_date")
    return {
        **{name: getattr(patient, name) for name in (*names, *more)},
        "product": product,
        "other_product": patient.product if is_another else "",
        "target": patient.target if is_another else "",
    }


def facts(patient: Patient, now: datetime) -> PatientFacts:
    """A patient in words. Needs `clinic` loaded."""
    today = now.astimezone(ZoneInfo(patient.time_zone)).date()
    return PatientFacts(
        id=patient.pk,
        name=patient.full_name,
        clinic_id=patient.clinic_id,
        clinic_name=patient.clinic.name,
        clinic_slug=patient.clinic.slug,
        clinic_phone=patient.clinic.clinic_phone,
        line_phone=patient.clinic.line_phone,
        keypad_phone=patient.clinic.keypad_phone,
        birth_date=patient.birth_date,
        hospital_number=patient.hospital_number,
        age=age_on(patient.birth_date, today) if patient.birth_date else None,
        infusion_date=patient.infusion_date,
        day=courses.shown_day(patient, now),
        product=patient.product,
        target=products.target_of(patient),
        disease=diseases.in_words(patient.disease),
        tier=patient.tier,
        flags=risks_in_words(patient, today),
        baseline=_baseline_in_words(patient),
        language=patient.language,
        minutes_to_centre=patient.minutes_to_centre,
        nearest_emergency=patient.nearest_emergency,
        at_home=at_home.of_patient(patient),
        is_without_transport=is_without_transport(patient, now),
        fitted=fitted(patient, now),
        status=patient.status,
        status_label=patient.get_status_display(),
        paused_until=patient.paused_until,
        pause_reason=patient.pause_reason,
        single_caregiver_reason=patient.single_caregiver_reason,
        start_override=patient.start_override,
        earlier_courses=courses.earlier(patient),
        is_test=patient.is_synthetic,
        mark=look_alikes.marks_of([patient]).get(patient.pk),
    )


# The most that a scored usual value can be.
_MOST = {"home_check": 10, "pain": 3, "activity": 3, "movement": 3}


def risks_in_words(patient: Patient, today: date) -> tuple[str, ...]:
    """What is set for this patient today and makes the rules stricter."""
    flags = [
        (patient.tier == "high", _("High risk tier")),
        (patient.immune_risk, _("Weak immune system")),
        (patient.neutropenia, _("Low neutrophils")),
        (patient.platelets_low, _("Low platelets")),
        (patient.masked_until is not None and today <= patient.masked_until, _("Fever may be hidden")),
    ]
    return tuple(text for is_set, text in flags if is_set)


def _baseline_in_words(patient: Patient) -> tuple[tuple[str, str], ...]:
    labels = {
        "sbp": _("Upper blood pressure"),
        "spo2": _("Oxygen (%)"),
        "home_check": _("Thinking check"),
        "pain": _("Pain"),
        "activity": _("Activity"),
        "movement": _("Movement"),
    }
    return tuple(
        (labels.get(key, key), _of_most(value, _MOST.get(key)))
        for key, value in sorted(patient.baseline.items())
    )


def _of_most(value: object, most: int | None) -> str:
    return str(value) if most is None else _("%(value)s of %(most)s") % {"value": value, "most": most}
