"""A laboratory value that the hospital sends, and what becomes of it: what a person has judged stands."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from clinic.models import ImportRow, LabResult, Patient, User
from clinic.rules.exchange.fhir_labs import sampled_at
from clinic.rules.exchange.verdicts import Reason, Verdict
from clinic.services.risk import labs
from clinic.services.risk.labs import TypedLab, WrongLabs

# How it came in, beside the row; by whose hand it went, in the reason.
SOURCE = "fhir"


@dataclass(frozen=True)
class Taken:
    """`made` is the id of the value that was put on record."""

    verdict: Verdict
    reasons: tuple[tuple[str, str], ...] = ()
    made: str = ""


def take(*, row: ImportRow, patient: Patient, by: User, now: datetime, taken_back: str) -> Taken:
    """Put it on record, once. `taken_back` is the reason that an import which was taken back left.

    NotVisible, NotAllowed.
    """
    typed = _typed(row, patient)
    try:
        value = labs.read_one(typed=typed, patient=patient, now=now)
    except WrongLabs as wrong:
        return Taken(Verdict.REFUSED, tuple((one.lab, f"lab_{one.code}") for one in wrong.problems))
    of_moment = LabResult.objects.filter(
        patient=patient, lab=typed.lab, taken_on=typed.taken_on, taken_at=labs.clock_of(typed)
    )
    same = of_moment.filter(value=labs.rounded(value.value))
    stands = same.filter(struck_at=None).exists()
    if row.said.get("is_withdrawn"):
        return Taken(Verdict.WAITS, ((typed.lab, Reason.VALUE_WITHDRAWN),)) if stands else Taken(Verdict.SAME)
    if stands:
        return Taken(Verdict.SAME)
    if same.exclude(struck_reason=taken_back).exists():
        return Taken(Verdict.REFUSED, ((typed.lab, Reason.STRUCK_HERE),))
    # Of a day alone there may be several samples.
    if typed.taken_at and of_moment.filter(struck_at=None).exists():
        return Taken(Verdict.WAITS, ((typed.lab, Reason.OTHER_VALUE),))
    (stored,) = labs.store_sent(patient_id=patient.pk, by=by, values=[typed], source=SOURCE, now=now)
    return Taken(Verdict.MADE, ((typed.lab, ""),), stored.pk.hex)


def _typed(row: ImportRow, patient: Patient) -> TypedLab:
    """By the clock of the patient's home, as somebody would type it."""
    said = row.said
    moment = sampled_at(said["taken"])
    there = moment.astimezone(ZoneInfo(patient.time_zone)) if moment else None
    return TypedLab(
        lab=said["lab"],
        value=said["value"],
        unit=said["unit"],
        taken_on=there.date() if there else date.fromisoformat(said["taken"]),
        taken_at=there.time().replace(second=0, microsecond=0, tzinfo=None) if there else None,
    )
