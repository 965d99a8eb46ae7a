"""How it goes: the temperature and the signs of the last days as charts, and what still counts down."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from caregiver.levels import LEVEL_WORDS
from caregiver.queries.household import patient_names, report_summaries
from caregiver.queries.household.today import day_of_patient
from clinic.access import patients_cared_for_by
from clinic.models import Patient, ProtocolVersion, Report, User
from clinic.models.patient import PatientStatus
from clinic.queries.patients.windows import countdowns_of
from clinic.queries.protocols.patient_context import context_of
from clinic.queries.reports.trends import LabelledBand, labelled_bands, words_in_order
from clinic.rules.core.enums import Kind
from clinic.rules.patients.windows import Countdown
from clinic.rules.protocols.document.parts import Phase
from clinic.rules.protocols.document.phases import phase_for
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.rules.protocols.scoring.bands import temperature_bands
from clinic.rules.reports.charts import (
    BarStrip,
    Frame,
    LineChart,
    Reading,
    TimeSpan,
    bar_strip,
    line_chart,
    shortest_that_shows,
)
from clinic.services.protocols.versions import NoProtocol, current_version_for, rules_of

# What can be chosen: days, the shortest first. Three days show what staff look at.
SPANS = (3, 14)
# As wide as on the smallest phone, where words would else be drawn too small; with room for the longest words
# of a level in any language.
_WIDTH = 252
_FRAME = Frame(width=_WIDTH, height=190, left=30, bottom=24, words=100)
# °C of the scale and its named values; in °F for who reads °F. The scale reaches into the last stripe on
# either side, since a value beyond it sits on its edge.
_SCALE = (34.0, 41.0)
_NAMED = {"C": (36.0, 37.0, 38.0, 39.0, 40.0), "F": (97.0, 99.0, 101.0, 103.0, 105.0)}


@dataclass(frozen=True)
class SignBars:
    """One question that somebody answered with more than "none": its bars and its worst answer in words."""

    label: str
    worst: str
    strip: BarStrip


@dataclass(frozen=True)
class PatientCourse:
    """One patient's last days."""

    patient: Patient
    day: int
    phase: Phase | None
    countdowns: tuple[Countdown, ...]
    chart: LineChart | None
    bands: tuple[LabelledBand, ...]
    values: tuple[tuple[float, str], ...]
    signs: tuple[SignBars, ...]
    rows: tuple[report_summaries.ReportSummary, ...]
    # Among the others of this family.
    name: str = ""
    # How many are shown, the same for each of the family.
    days: int = SPANS[0]

    @property
    def has_died(self) -> bool:
        return self.patient.status == PatientStatus.DIED

    @property
    def stripes(self) -> tuple[str, ...]:
        return words_in_order(self.bands)


def chosen_days(asked: str) -> int | None:
    """The number of days that was asked for; None where nothing was that can be chosen."""
    return next((days for days in SPANS if str(days) == asked), None)


def of_caregiver(*, by: User, days: int | None, now: datetime) -> list[PatientCourse]:
    """Everybody whom this person looks after, over so many days. The queries do not grow with the reports.

    None: as few days as show a temperature, of one of them at least.
    """
    patients = list(patients_cared_for_by(by).select_related("clinic").order_by("given_name", "pk"))
    countdowns = countdowns_of(patients=patients, now=now)
    names = patient_names.short(patients)

    def over(shown: int) -> list[PatientCourse]:
        start = now - timedelta(days=shown)
        reports = report_summaries.since(patients=patients, moment=start)
        span = TimeSpan(timezone.localtime(start), timezone.localtime(now))
        return [
            replace(
                _course(one, reports[one.pk], countdowns[one.pk], span, by), name=names[one.pk], days=shown
            )
            for one in patients
        ]

    if days is not None:
        return over(days)
    return shortest_that_shows(map(over, SPANS), lambda courses: any(one.chart for one in courses))


def _course(
    patient: Patient, reports: list[Report], countdowns: tuple[Countdown, ...], span: TimeSpan, by: User
) -> PatientCourse:
    version = _version(patient)
    protocol = rules_of(version) if version else None
    day = day_of_patient(patient, span.end)
    chart = _chart(protocol, patient, reports, span, by.temperature_unit) if protocol else None
    return PatientCourse(
        patient=patient,
        day=day,
        phase=phase_for(protocol, day) if protocol else None,
        countdowns=countdowns,
        chart=chart,
        # After a death no stripe says any more what is to be done.
        bands=labelled_bands(chart, LEVEL_WORDS) if chart and patient.status != PatientStatus.DIED else (),
        values=tuple(_values(chart, by.temperature_unit)) if chart else (),
        signs=tuple(_signs(protocol, reports, span, by.language)) if protocol else (),
        rows=tuple(
            report_summaries.of_report(report, by.language, by.temperature_unit) for report in reports
        ),
    )


def _version(patient: Patient) -> ProtocolVersion | None:
    try:
        return current_version_for(patient=patient)
    except NoProtocol:
        return None


def _chart(
    protocol: Protocol, patient: Patient, reports: list[Report], span: TimeSpan, unit: str
) -> LineChart | None:
    """None where nothing was measured: an empty grid looks like good news."""
    readings = []
    for report in reports:
        celsius = check_answers(rules_of(report.protocol_version), report.answers).temperature.celsius
        if celsius is not None:
            readings.append(Reading(timezone.localtime(report.observed_at), celsius))
    if not readings:
        return None
    return line_chart(
        readings,
        span=span,
        scale=_SCALE,
        values=[value if unit == "C" else (value - 32) / 1.8 for value in _NAMED[unit]],
        bands=temperature_bands(protocol, context_of(patient, span.end)),
        frame=_FRAME,
    )


def _values(chart: LineChart, unit: str) -> Iterable[tuple[float, str]]:
    for tick, value in zip(chart.y_ticks, _NAMED[unit], strict=True):
        yield tick.place, f"{value:g}"


def _signs(protocol: Protocol, reports: list[Report], span: TimeSpan, language: str) -> Iterable[SignBars]:
    for question in protocol.questions:
        if question.kind is not Kind.CHOICE:
            continue
        answers = [
            (report.observed_at, value)
            for report in reports
            if isinstance(value := report.answers.get(question.key), int) and not isinstance(value, bool)
        ]
        worst = max((value for _at, value in answers), default=0)
        if worst > 0:
            bars = bar_strip(answers, span=span, highest=question.highest, width=_WIDTH, height=48, least=5)
            yield SignBars(question.label(language), question.option_text(worst, language), bars)
