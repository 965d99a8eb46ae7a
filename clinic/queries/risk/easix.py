"""EASIX of every day on which its labs were taken together, as a small chart and its table."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

from clinic.models import LabResult, Patient
from clinic.queries.risk import known, words
from clinic.queries.risk.document import rules
from clinic.queries.risk.labs import small_chart
from clinic.rules.reports.charts import LineChart, Reading
from clinic.rules.risk.labs import LabRecord
from clinic.rules.risk.scores.easix import Easix, easix_by_day

_LABS = ("ldh", "creatinine", "crp", "platelets")


@dataclass(frozen=True)
class EasixDay:
    """Two digits each; empty where a lab of that day is missing."""

    on: date
    day: int
    easix: str
    modified: str
    simplified: str


@dataclass(frozen=True)
class EasixChart:
    label: str
    chart: LineChart
    lowest: str
    highest: str
    first_day: int
    last_day: int


@dataclass(frozen=True)
class EasixHistory:
    """`days` the newest first. A chart of what has two days at least; of the simplified one there is none."""

    days: tuple[EasixDay, ...]
    charts: tuple[EasixChart, ...]
    cut_off: str


def of_patient(patient: Patient, today: date) -> EasixHistory | None:
    """None where no day has enough labs. One query."""
    rows = LabResult.objects.filter(patient=patient, struck_at=None, lab__in=_LABS, taken_on__lte=today)
    values = known.as_lab_values(rows.order_by("taken_on", "taken_at", "lab", "pk"), patient.infusion_date)
    record = LabRecord.of(rules().document.labs, values, (today - patient.infusion_date).days)
    found = easix_by_day(record)
    if not found:
        return None
    drawn = (
        _chart("easix", {day: one.easix for day, one in found.items()}, patient),
        _chart("m_easix", {day: one.modified for day, one in found.items()}, patient),
    )
    return EasixHistory(
        days=tuple(_shown(day, found[day], patient) for day in sorted(found, reverse=True)),
        charts=tuple(one for one in drawn if one is not None),
        cut_off=words.two_digits(rules().document.scores.easix.high.number),
    )


def _shown(day: int, one: Easix, patient: Patient) -> EasixDay:
    return EasixDay(
        on=patient.infusion_date + timedelta(days=day),
        day=day,
        easix=_digits(one.easix),
        modified=_digits(one.modified),
        simplified=_digits(one.simplified),
    )


def _chart(score: str, values: dict[int, Fraction | None], patient: Patient) -> EasixChart | None:
    told = {day: value for day, value in values.items() if value is not None}
    chart = small_chart(Reading(_noon(day, patient), float(value)) for day, value in told.items())
    if chart is None:
        return None
    return EasixChart(
        label=words.score(score),
        chart=chart,
        lowest=_digits(min(told.values())),
        highest=_digits(max(told.values())),
        first_day=min(told),
        last_day=max(told),
    )


def _noon(day: int, patient: Patient) -> datetime:
    return datetime.combine(patient.infusion_date + timedelta(days=day), time(12), tzinfo=UTC)


def _digits(value: Fraction | None) -> str:
    return "" if value is None else words.two_digits(value)
