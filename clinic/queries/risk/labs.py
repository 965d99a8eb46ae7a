"""A patient's laboratory values as tables and small charts, the newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import QuerySet

from clinic.models import LabResult, Patient
from clinic.queries.risk import words
from clinic.queries.risk.document import rules
from clinic.rules.reports.charts import Frame, LineChart, Reading, TimeSpan, line_chart

_FRAME = Frame(width=240, height=72, left=6, right=10, top=10, bottom=10)
# Room above and below the line, as a share of what it spans.
_ROOM = 0.1
# A count is not taken every day: the line goes on.
_NO_GAP = timedelta(days=36500)


@dataclass(frozen=True)
class ShownResult:
    """`value` in the lab's own unit, in which all its values are compared; `typed` where that was another."""

    row: LabResult
    day: int
    value: str
    typed: str

    @property
    def is_struck(self) -> bool:
        return self.row.struck_at is not None


@dataclass(frozen=True)
class LabHistory:
    """One lab: its values, the newest first, and a chart where at least two count."""

    lab: str
    label: str
    first: ShownResult | None
    last: ShownResult | None
    age_days: int | None
    results: tuple[ShownResult, ...]
    chart: LineChart | None
    # From the lowest to the highest, such as "38 – 70 K/µL".
    range: str


def of_patient(patient: Patient) -> QuerySet[LabResult]:
    """All of them, the last taken first, with who entered and who struck out."""
    rows = LabResult.objects.filter(patient=patient).select_related("entered_by", "struck_by")
    return rows.order_by("-taken_on", "-taken_at", "lab", "-entered_at", "pk")


def histories(patient: Patient, today: date) -> tuple[LabHistory, ...]:
    """By lab in the order of the document; only those of which there is something. One query."""
    rows = list(of_patient(patient))
    return tuple(
        _history(lab, [row for row in rows if row.lab == lab], patient, today)
        for lab in rules().document.labs
        if any(row.lab == lab for row in rows)
    )


def _history(lab: str, rows: list[LabResult], patient: Patient, today: date) -> LabHistory:
    unit = rules().document.labs[lab].unit
    shown = tuple(_shown(row, unit, patient) for row in rows)
    counting = [one for one in shown if not one.is_struck]
    values = [float(one.row.value) for one in counting]
    return LabHistory(
        lab=lab,
        label=str(words.LABS[lab]),
        first=counting[-1] if counting else None,
        last=counting[0] if counting else None,
        age_days=(today - counting[0].row.taken_on).days if counting else None,
        results=shown,
        chart=small_chart(Reading(_moment(one.row), float(one.row.value)) for one in counting),
        range=f"{words.number(min(values))} – {words.measured(words.number(max(values)), unit)}"
        if values
        else "",
    )


def _shown(row: LabResult, unit: str, patient: Patient) -> ShownResult:
    is_same = rules().document.labs[row.lab].units.get(row.typed_unit) == 1
    return ShownResult(
        row=row,
        day=(row.taken_on - patient.infusion_date).days,
        value=words.measured(row.typed_value if is_same else words.number(row.value), unit),
        typed="" if is_same else words.measured(row.typed_value, row.typed_unit),
    )


def small_chart(found: Iterable[Reading]) -> LineChart | None:
    """A line without a scale, for beside its numbers; None where there are not two moments."""
    readings = sorted(found, key=lambda one: one.at)
    if len({one.at for one in readings}) < 2:
        return None
    low, high = min(one.value for one in readings), max(one.value for one in readings)
    room = (high - low) * _ROOM or max(abs(high), 1) * _ROOM
    span = TimeSpan(readings[0].at, readings[-1].at)
    return line_chart(
        readings, span=span, scale=(low - room, high + room), values=(), longest_gap=_NO_GAP, frame=_FRAME
    )


def _moment(row: LabResult) -> datetime:
    at = time.fromisoformat(row.taken_at) if row.taken_at else time(12)
    return datetime.combine(row.taken_on, at, tzinfo=UTC)
