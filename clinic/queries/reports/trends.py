"""The measured values of a patient's last days as charts, what the rules make of them, and a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from clinic.levels import LEVEL_WORDS
from clinic.models import Patient, Report
from clinic.queries.core import courses
from clinic.queries.protocols.patient_context import context_of
from clinic.queries.protocols.versions import current_rules_for, rules_of
from clinic.queries.reports import authors, listing
from clinic.rules.core.courses import course_at
from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols.document.phases import day_of, phase_for
from clinic.rules.protocols.document.protocol import Protocol, Question
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.rules.protocols.scoring.assessment import PatientContext
from clinic.rules.protocols.scoring.bands import LevelBand, number_bands, temperature_bands
from clinic.rules.protocols.scoring.reasons import number_in_words
from clinic.rules.reports import phone_levels
from clinic.rules.reports.charts import (
    Frame,
    LineChart,
    Reading,
    Tick,
    TimeSpan,
    line_chart,
    ticks,
    with_room,
)

# A report with its answers as the rules read them.
Told = tuple[Report, Mapping[str, object]]
# What can be chosen: days, the shortest first. Three days show what is new.
SINCE_INFUSION = 0
SPANS = (3, 14, SINCE_INFUSION)
# So many midnights are still lines of their own.
_MIDNIGHTS_AT_MOST = 16
# How wide a digit of a day's number is, and the space after it.
_DIGIT, _SPACE = 7, 6
REPORTS_AT_MOST = 200
_FRAME = Frame(width=328, height=176, left=34, bottom=24, words=72)


@dataclass(frozen=True)
class _Axis:
    """The scale of a sign from low to high and the values that it names, in the sign's own unit."""

    scale: tuple[float, float]
    named: tuple[int, ...]


# The protocol's key of each sign that is drawn; the temperature in °C. Each scale reaches into the last
# stripe on either side, since a value beyond it sits on its edge.
_SIGNS = {
    "temperature": _Axis((34.0, 41.0), (35, 36, 37, 38, 39, 40)),
    "pulse": _Axis((25, 160), (50, 75, 100, 125, 150)),
    "spo2": _Axis((82, 100), (85, 90, 95, 100)),
    "sbp": _Axis((70, 230), (80, 110, 140, 170, 200)),
}


@dataclass(frozen=True)
class LabelledBand:
    """The stripe of a level, with its word."""

    level: Level
    word: str | Promise
    y: float
    height: float
    middle: float
    has_word: bool


@dataclass(frozen=True)
class Trend:
    """One sign over time. `values` are the names on its axis and where they stand."""

    label: str
    unit: str
    chart: LineChart
    bands: tuple[LabelledBand, ...]
    values: tuple[tuple[float, int], ...]

    @property
    def stripes(self) -> tuple[str, ...]:
        return words_in_order(self.bands)


@dataclass(frozen=True)
class DayMark:
    """A midnight where the patient is: the day that begins, and its phase where that begins too."""

    x: float
    day: int
    phase: str
    # Whether there is room for the number of the day below it.
    is_numbered: bool = True


@dataclass(frozen=True)
class TrendRow:
    """One report in the table: the measured values in the order of the charts, empty where not measured."""

    at: datetime
    # When it came, where that was much later.
    came_at: datetime | None
    by: str
    level: Level | None
    values: tuple[str, ...]


@dataclass(frozen=True)
class Trends:
    """`marks` are the reports of the span; all charts share one span and so one time axis."""

    days: int
    charts: tuple[Trend, ...]
    day_marks: tuple[DayMark, ...]
    marks: tuple[Tick, ...]
    # How far down a report's stroke reaches below the plot.
    mark_foot: float
    columns: tuple[str, ...]
    rows: tuple[TrendRow, ...]
    spans: tuple[int, ...] = SPANS


def labelled_bands(chart: LineChart, words: Mapping[Level, str | Promise]) -> tuple[LabelledBand, ...]:
    """The chart's stripes with the word of each level."""
    return tuple(
        LabelledBand(one.level, words[one.level], one.y, one.height, one.middle, one.has_word)
        for one in chart.bands
    )


def words_in_order(bands: Sequence[LabelledBand]) -> tuple[str, ...]:
    """The words of all stripes from the top, for below the chart; none where each has its word in it."""
    return () if all(one.has_word for one in bands) else tuple(str(one.word) for one in reversed(bands))


def chosen_days(asked: str) -> int | None:
    """The number of days that was asked for; None where nothing was that can be chosen."""
    return next((days for days in SPANS if str(days) == asked), None)


def of_patient(*, patient: Patient, language: str, days: int | None, now: datetime) -> Trends:
    """The last days of a patient whom the caller may see. The queries do not grow with the reports.

    None: as few days as show something, since whoever opens the page has not asked for an empty one; where
    none do, there is nothing to choose among.
    """
    rules = current_rules_for(patient)
    drawn = _drawn_signs(rules) if rules else []
    starts = {each: now - timedelta(days=each) if each else _infused(patient, now) for each in SPANS}
    told = _told_since(patient, min(starts.values()) if days is None else starts[days])
    chosen = _fewest_that_show(starts, told, drawn) if days is None else days
    shown = SPANS[0] if chosen is None else chosen
    span = TimeSpan(starts[shown], now)
    told = [one for one in told if span.holds(one[0].observed_at)]
    context = context_of(patient, now)
    charts = [_trend(rules, one, context, told, span, language) for one in drawn] if rules else []
    # A column of dashes would push the others together.
    measured = [one for one in drawn if any(_number(values.get(one.key)) is not None for _, values in told)]
    return Trends(
        days=shown,
        charts=tuple(one for one in charts if one is not None),
        day_marks=tuple(_day_marks(rules, patient, span, language)) if rules else (),
        marks=ticks([report.observed_at for report, _values in told], span=span, frame=_FRAME),
        mark_foot=_FRAME.base + 5,
        columns=tuple(f"{one.label(language)} ({_unit(one)})" for one in measured),
        rows=tuple(_row(report, values, measured) for report, values in told),
        spans=() if chosen is None else SPANS,
    )


def _told_since(patient: Patient, moment: datetime) -> list[Told]:
    reports = listing.since(patients=[patient], moment=moment, at_most=REPORTS_AT_MOST)[patient.pk]
    return [(one, check_answers(rules_of(one.protocol_version), one.answers).values) for one in reports]


def _fewest_that_show(
    starts: Mapping[int, datetime], told: Iterable[Told], drawn: Iterable[Question]
) -> int | None:
    """The shortest of the spans in which a drawn sign was measured; None where none was in any."""
    keys = [one.key for one in drawn]
    measured = [
        report.observed_at
        for report, values in told
        if any(_number(values.get(key)) is not None for key in keys)
    ]
    return next((days for days, start in starts.items() if any(at >= start for at in measured)), None)


def _infused(patient: Patient, now: datetime) -> datetime:
    """The midnight that begins the day of infusion, where the patient is; three days ago at the latest."""
    zone = ZoneInfo(patient.time_zone)
    day_0 = datetime.combine(patient.infusion_date, time.min, zone)
    return min(day_0, now - timedelta(days=SPANS[0]))


def _drawn_signs(rules: Protocol) -> list[Question]:
    """The drawn signs that this protocol asks for, in the order of the charts."""
    by_key = {"temperature" if one.kind is Kind.TEMPERATURE else one.key: one for one in rules.questions}
    return [by_key[key] for key in _SIGNS if key in by_key]


def _axis(question: Question) -> _Axis:
    return _SIGNS["temperature" if question.kind is Kind.TEMPERATURE else question.key]


def _unit(question: Question) -> str:
    return "°C" if question.kind is Kind.TEMPERATURE else question.unit


def _trend(
    rules: Protocol,
    question: Question,
    context: PatientContext,
    told: Iterable[Told],
    span: TimeSpan,
    language: str,
) -> Trend | None:
    """None where nothing was measured: an empty grid looks like good news."""
    readings = [
        Reading(report.observed_at, value)
        for report, values in told
        if (value := _number(values.get(question.key))) is not None
    ]
    if not readings:
        return None
    axis = _axis(question)
    chart = line_chart(
        readings,
        span=span,
        scale=axis.scale,
        values=axis.named,
        bands=_bands(rules, question, context, axis),
        frame=_FRAME,
    )
    places = [tick.place for tick in chart.y_ticks]
    return Trend(
        label=question.label(language),
        unit=_unit(question),
        chart=chart,
        bands=labelled_bands(chart, LEVEL_WORDS),
        values=tuple(zip(places, axis.named, strict=True)),
    )


def _bands(
    rules: Protocol, question: Question, context: PatientContext, axis: _Axis
) -> tuple[LevelBand, ...]:
    if question.kind is Kind.TEMPERATURE:
        return temperature_bands(rules, context)
    return number_bands(rules, question.key, context, axis.scale)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _day_marks(rules: Protocol, patient: Patient, span: TimeSpan, language: str) -> list[DayMark]:
    """Midnights as lines, as many as have room; the days that begin a phase or a course say so."""
    zone = ZoneInfo(patient.time_zone)
    midnight = span.start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    known = courses.of_patient(patient)
    midnights = [midnight + timedelta(days=n) for n in range((span.end - span.start).days + 2)]
    every = _every(len(midnights))
    marks = []
    for tick in ticks(midnights, span=span, frame=_FRAME):
        if tick.at is not None:
            day = day_of(course_at(known, tick.at, zone).infusion_date, tick.at, zone)
            phase = phase_for(rules, day)
            begins = phase.first_day == day
            if begins or day == 0 or day % every == 0:
                marks.append(
                    DayMark(tick.place, day, phase.title(language) if begins else "", day % every == 0)
                )
    return _numbered_where_there_is_room(marks)


def _numbered_where_there_is_room(marks: list[DayMark]) -> list[DayMark]:
    digits = max((len(str(mark.day)) for mark in marks), default=1)
    places = with_room([mark.x for mark in marks if mark.is_numbered], room=_DIGIT * digits + _SPACE)
    return [replace(mark, is_numbered=mark.is_numbered and mark.x in places) for mark in marks]


def _every(midnights: int) -> int:
    """Every how many days there is a line: 1, or a week, or as many weeks as have room."""
    return 1 if midnights <= _MIDNIGHTS_AT_MOST else 7 * -(-midnights // (7 * _MIDNIGHTS_AT_MOST))


def _row(report: Report, values: Mapping[str, object], asked: Iterable[Question]) -> TrendRow:
    assessment = getattr(report, "assessment", None)
    numbers = [(_number(values.get(one.key)), one.step) for one in asked]
    return TrendRow(
        at=report.observed_at,
        came_at=report.received_at if report.is_late else None,
        by=authors.name_of(report),
        level=phone_levels.counted(assessment.level, report.level_on_phone) if assessment else None,
        values=tuple("" if one is None else number_in_words(one, step) for one, step in numbers),
    )
