"""Laboratory values come in, and a wrong one is struck out. Each change computes the risk anew."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic.access import get_lab_result, get_patient, require_managing
from clinic.models import LabResult, Patient, User
from clinic.queries.risk.document import rules
from clinic.rules.risk.labs import LabRefused, LabValue, lab_value, needs_confirmation
from clinic.services.core import audit, closed_records
from clinic.services.risk import runs

LONGEST_REASON = 500
# One report of a laboratory; more is a slip.
AT_MOST = 60
# Older than any course that is looked after here.
LONGEST_AGO = timedelta(days=20 * 365)
LARGEST = 10**9
# A point and no comma: 1,200 is a thousand to one person and one to another.
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)


class WrongLab(Exception):
    """A value that cannot be kept. `lab` as it was sent, `place` in the list.

    `code` is "unknown_lab", "unknown_unit", "no_number", "too_large", "too_many", "twice", "ahead",
    "too_old", or "confirm": nobody has such a value, unless somebody says that it is right.
    """

    def __init__(self, place: int, lab: str, code: str) -> None:
        super().__init__(f"{lab}: {code}")
        self.place, self.lab, self.code = place, lab, code


class WrongLabs(Exception):
    """None was stored; `problems` has each that cannot be."""

    def __init__(self, problems: tuple[WrongLab, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class StrikeRefused(Exception):
    """`code` is "no_reason" or "struck_already"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class TypedLab:
    """One value as somebody typed it; `taken_at` None where they did not say the time."""

    lab: str
    value: str
    unit: str
    taken_on: date
    taken_at: time | None = None
    is_confirmed: bool = False


def enter(
    *, patient_id: UUID, by: User, values: Iterable[TypedLab], source: str, now: datetime
) -> list[LabResult]:
    """Put values on record, all or none; what is on record already is not stored twice. Those stored now.

    NotVisible, NotAllowed, RecordClosed, WrongLabs.
    """
    visible = get_patient(by, patient_id)
    require_managing(by, visible)
    closed_records.require_cared_for(visible)
    return _enter(visible, values, source, by, now)


def store_sent(
    *, patient_id: UUID, by: User, values: Iterable[TypedLab], source: str, now: datetime
) -> list[LabResult]:
    """The same of what the hospital's systems send, also late: a sample from before a death is still stored.

    NotVisible, NotAllowed, WrongLabs.
    """
    visible = get_patient(by, patient_id)
    require_managing(by, visible)
    return _enter(visible, values, source, by, now)


def _enter(
    visible: Patient, values: Iterable[TypedLab], source: str, by: User, now: datetime
) -> list[LabResult]:
    typed = list(values)
    kept = _read(typed, visible, now)
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=visible.pk)
        patient.clinic = visible.clinic
        stored = [
            row
            for one, value in zip(typed, kept, strict=True)
            if (row := _store(patient, one, value, source, by, now)) is not None
        ]
        if stored:
            detail = {"labs": sorted({row.lab for row in stored}), "count": len(stored)}
            audit.record_about(patient, "labs.entered", by, now, detail)
            runs.compute(patient=patient, trigger="labs", now=now)
        return stored


def read_one(*, typed: TypedLab, patient: Patient, now: datetime) -> LabValue:
    """What it means, without keeping it. WrongLabs."""
    return _read([typed], patient, now)[0]


def clock_of(one: TypedLab) -> str:
    """The time of a sample as it is kept, empty where nobody said it."""
    return one.taken_at.strftime("%H:%M") if one.taken_at is not None else ""


def strike(*, patient_id: UUID, result_id: UUID, by: User, reason: str, now: datetime) -> LabResult:
    """It was wrong: it stays on record and counts no more. NotVisible, NotAllowed, StrikeRefused."""
    found = get_lab_result(by, patient_id, result_id)
    require_managing(by, found.patient)
    if not reason.strip():
        raise StrikeRefused("no_reason")
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=found.patient_id)
        row = LabResult.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if row.struck_at is not None:
            raise StrikeRefused("struck_already")
        row.struck_at, row.struck_by, row.struck_reason = now, by, reason.strip()[:LONGEST_REASON]
        row.save(update_fields=["struck_at", "struck_by", "struck_reason"])
        audit.record_about(patient, "labs.struck", by, now, {"result": str(row.pk), "lab": row.lab})
        runs.compute(patient=patient, trigger="labs", now=now)
        return row


def _read(typed: list[TypedLab], patient: Patient, now: datetime) -> list[LabValue]:
    """WrongLabs."""
    labs, kept, problems = rules().document.labs, [], []
    there = now.astimezone(ZoneInfo(patient.time_zone))
    seen = set()
    for place, one in enumerate(typed[: AT_MOST + 1]):
        code = "too_many" if place == AT_MOST else _wrong_name(one) or _wrong_moment(one, there)
        if not code and (one.lab, one.taken_on, one.taken_at) in seen:
            code = "twice"
        seen.add((one.lab, one.taken_on, one.taken_at))
        value = None if code else _value(one, patient)
        if not code and value is None:
            code = "no_number"
        elif value is not None and value.value >= LARGEST:
            code = "too_large"
        elif value is not None and needs_confirmation(labs, value) and not one.is_confirmed:
            code = "confirm"
        if code:
            problems.append(WrongLab(place, one.lab, code))
        elif value is not None:
            kept.append(value)
    if problems:
        raise WrongLabs(tuple(problems))
    return kept


def _wrong_name(one: TypedLab) -> str:
    labs = rules().document.labs
    if one.lab not in labs:
        return "unknown_lab"
    return "" if unit_of(one) in labs[one.lab].units else "unknown_unit"


def unit_of(one: TypedLab) -> str:
    """The unit in the letters of the document: two signs look like a micro."""
    return one.unit.strip().replace("µ", "u").replace("μ", "u")


def _value(one: TypedLab, patient: Patient) -> LabValue | None:
    """None where it is no number of usual length."""
    day = (one.taken_on - patient.infusion_date).days
    if not _NUMBER.fullmatch(one.value.strip()):
        return None
    try:
        return lab_value(
            rules().document.labs,
            name=one.lab,
            value=one.value.strip(),
            unit=one.unit,
            day=day,
            source="",
        )
    except LabRefused:
        return None


def _wrong_moment(one: TypedLab, there: datetime) -> str:
    if one.taken_on > there.date() or (
        one.taken_on == there.date() and (one.taken_at or time()) > there.time()
    ):
        return "ahead"
    return "too_old" if one.taken_on < there.date() - LONGEST_AGO else ""


def _store(
    patient: Patient, one: TypedLab, value: LabValue, source: str, by: User, now: datetime
) -> LabResult | None:
    """None where the very same stands there already; the patient is locked, so nobody enters it meanwhile."""
    key = {
        "patient": patient,
        "lab": one.lab,
        "taken_on": one.taken_on,
        "taken_at": clock_of(one),
        "typed_value": one.value.strip(),
        "typed_unit": unit_of(one),
    }
    if LabResult.objects.filter(**key, struck_at=None).exists():
        return None
    return LabResult.objects.create(
        **key,
        value=rounded(value.value),
        source=source,
        is_confirmed=needs_confirmation(rules().document.labs, value),
        entered_at=now,
        entered_by=by,
    )


def rounded(value: Fraction) -> Decimal:
    """To four places, half up, for tables and charts."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
