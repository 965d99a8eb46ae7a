"""Figures of a clinic over some weeks: time to answer, completed check-ins, alarms and their outcomes."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.access import Permission, choose_clinic
from clinic.levels import LEVEL_WORDS
from clinic.models import Clinic, Patient, User
from clinic.models.escalation import Cause, Outcome
from clinic.queries.outcomes import alarm_tallies, alarms, monitoring
from clinic.queries.outcomes.alarm_tallies import NO_OUTCOME, OPEN, Counted, LastFired, mondays_to
from clinic.queries.outcomes.monitoring import WEEK, Monitoring
from clinic.queries.protocols.versions import current_rules
from clinic.queries.reports import reasons
from clinic.rules.core.enums import Level
from clinic.rules.outcomes import figures
from clinic.rules.paging.ladder import PAGED_LEVELS
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.reports import charts

# Weeks that can be chosen; the first is shown unless another is asked for.
SPANS = (13, 4, 26)
RULES_SHOWN = 15
# A share of fewer check-ins, and a rate over fewer patient-weeks, would jump with every single one.
ENOUGH_FOR_SHARES = 10
ENOUGH_FOR_RATES = 4.0
_FRAME = charts.Frame(width=560, height=200, left=44, right=90, bottom=24)
_WORD_HEIGHT = 15.0
OUTCOMES: dict[str, str | Promise] = {
    Outcome.ADVICE_GIVEN: gettext_lazy("Advice"),
    Outcome.CLINIC_VISIT: gettext_lazy("Clinic"),
    Outcome.SENT_TO_EMERGENCY: gettext_lazy("Emergency care"),
    Outcome.ADMITTED: gettext_lazy("Admitted"),
    Outcome.MISTAKEN_ENTRY: gettext_lazy("Mistake"),
    Outcome.DIED: gettext_lazy("Died"),
    Outcome.TRANSFERRED: gettext_lazy("Other clinic"),
    NO_OUTCOME: gettext_lazy("Closed only"),
    OPEN: gettext_lazy("Still open"),
}


@dataclass(frozen=True)
class AnswerTimes:
    """How long alarms of one level waited for a person; `waiting` have no answer yet."""

    level: Level
    spread: figures.Spread
    waiting: int


@dataclass(frozen=True)
class WeekAnswerTimes:
    """The same of one week, in which the wait began."""

    monday: date
    levels: tuple[AnswerTimes, ...]


@dataclass(frozen=True)
class MedianLine:
    """The medians of one level over the weeks, in whole minutes as its table says them.

    Its word stands at the last point, and not on another's.
    """

    level: Level
    word: str | Promise
    chart: charts.LineChart
    word_y: float


@dataclass(frozen=True)
class Completion:
    """Of the check-ins planned in a phase whose time is over: how many a report answered in time."""

    phase: str
    planned: int
    answered: int

    @property
    def percent(self) -> int | None:
        """None where there are too few."""
        return round(100 * self.answered / self.planned) if self.planned >= ENOUGH_FOR_SHARES else None


@dataclass(frozen=True)
class RuleFigures:
    """One reason: how many alarms had it, how many a patient-week, and what came of them.

    `rate` is None where there are too few weeks; `percent` is of the most frequent reason; `outcomes` are in
    the order of OUTCOMES.
    """

    why: str
    alarms: int
    rate: float | None
    percent: int
    outcomes: tuple[int, ...]


@dataclass(frozen=True)
class Insights:
    """One clinic's page. `patient_weeks` is the time in which check-ins were planned.

    `since`: the first day shown, or that of the clinic's first patient at home; None before there was one.
    `spans` can be chosen: none is longer than it takes to show all that there is.
    """

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    spans: tuple[int, ...]
    weeks: int
    asked_since: date
    since: date | None
    answering: tuple[AnswerTimes, ...]
    by_week: tuple[WeekAnswerTimes, ...]
    frame: charts.Frame
    lines: tuple[MedianLine, ...]
    minute_marks: tuple[tuple[float, str], ...]
    week_marks: tuple[tuple[float, date], ...]
    completion: tuple[Completion, ...]
    patient_weeks: float
    patients: int
    alarms: int
    rules: tuple[RuleFigures, ...]
    rules_left_out: int
    outcome_words: tuple[str | Promise, ...]

    @property
    def plot_end(self) -> float:
        return self.frame.width - self.frame.right

    @property
    def rate(self) -> float | None:
        """Alarms a patient-week; None where that stands on too little."""
        return self.alarms / self.patient_weeks if self.patient_weeks >= ENOUGH_FOR_RATES else None

    @property
    def is_new(self) -> bool:
        """Whether the clinic is younger than the time asked for."""
        return self.since is not None and self.since > self.asked_since


def of_clinic(*, user: User, clinic_slug: str, weeks: int, now: datetime) -> Insights:
    """The named clinic, or the person's first; whole weeks by its clock, this one included. NotVisible."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.WATCH_CONSOLE)
    zone = ZoneInfo(clinic.time_zone)
    today, first = now.astimezone(zone).date(), _first_day(clinic, now, zone)
    spans = _spans(first, today)
    weeks = _chosen(weeks, spans)
    mondays = mondays_to(today, weeks)
    asked_since = mondays[0]
    start = datetime.combine(asked_since, time(), tzinfo=zone)
    counted = alarm_tallies.of_weeks(clinic, mondays, now)
    since = max(asked_since, first) if first else None
    mondays = [monday for monday in mondays if since is None or monday + WEEK > since]
    by_week = tuple(
        WeekAnswerTimes(monday, tuple(_answer_times(counted, level, [monday]) for level in PAGED_LEVELS))
        for monday in mondays
    )
    top = _axis_end(by_week)
    shown_from = datetime.combine(mondays[0], time(), tzinfo=zone)
    protocol = current_rules(clinic)
    watched = monitoring.of_clinic(clinic, protocol, start, now) if protocol else Monitoring()
    patient_weeks = watched.watched / WEEK
    rules = _rule_figures(counted, protocol, patient_weeks, user.language)
    return Insights(
        clinic=clinic,
        clinics=clinics,
        spans=spans,
        weeks=weeks,
        asked_since=asked_since,
        since=since,
        answering=tuple(_answer_times(counted, level) for level in PAGED_LEVELS),
        by_week=by_week,
        frame=_FRAME,
        lines=_median_lines(by_week, shown_from, now, zone, top),
        minute_marks=_minute_marks(shown_from, now, top),
        week_marks=_week_marks(mondays, shown_from, now, zone),
        completion=_completion(protocol, watched, user.language),
        patient_weeks=patient_weeks,
        patients=len(watched.patients),
        alarms=counted.alarms,
        rules=tuple(rules[:RULES_SHOWN]),
        rules_left_out=len(rules[RULES_SHOWN:]),
        outcome_words=tuple(OUTCOMES.values()),
    )


def _first_day(clinic: Clinic, now: datetime, zone: ZoneInfo) -> date | None:
    """From when on there was anything to count; None before anybody was followed at home."""
    home = Patient.objects.filter(clinic=clinic, is_synthetic=False, monitored_since__isnull=False)
    first: datetime | None = home.aggregate(first=Min("created_at"))["first"]
    begun = [one for one in (first, alarms.first_opened(clinic, now)) if one is not None]
    return min(*begun, now).astimezone(zone).date() if begun else None


def _spans(first: date | None, today: date) -> tuple[int, ...]:
    """The shortest first, up to the one that reaches back to the first day; none where there is nothing."""
    ordered = sorted(SPANS)
    partial = [weeks for weeks in ordered if first and mondays_to(today, weeks)[0] > first]
    return tuple(ordered[: len(partial) + 1]) if first else ()


def _chosen(weeks: int, spans: Sequence[int]) -> int:
    """What was asked for; else the usual span, or all that there is."""
    usual = min(SPANS[0], max(spans, default=SPANS[0]))
    return weeks if weeks in spans else usual


# --- How soon people answer ---


def _answer_times(counted: Counted, level: Level, mondays: Container[date] | None = None) -> AnswerTimes:
    """Of the waits that began in the weeks of these Mondays, or of all."""
    found = [
        waited
        for (of_level, monday), waited in counted.waits.items()
        if of_level is level and (mondays is None or monday in mondays)
    ]
    lasted = [one for waited in found for one in waited.lasted]
    return AnswerTimes(level, figures.spread(lasted), sum(waited.waiting for waited in found))


def _axis_end(by_week: Iterable[WeekAnswerTimes]) -> float:
    """The end of the axis, in minutes."""
    medians = [one.spread.median for week in by_week for one in week.levels if one.spread.median is not None]
    return figures.round_up(max(medians, default=timedelta(0)) / timedelta(minutes=1))


def _median_lines(
    by_week: tuple[WeekAnswerTimes, ...], start: datetime, now: datetime, zone: ZoneInfo, top: float
) -> tuple[MedianLine, ...]:
    found: list[MedianLine] = []
    for level in PAGED_LEVELS:
        readings = [
            charts.Reading(_middle(week.monday, zone), one.spread.median // timedelta(minutes=1))
            for week in by_week
            for one in week.levels
            if one.level is level and one.spread.median is not None
        ]
        if readings:
            chart = charts.line_chart(
                readings,
                span=_span(start, now),
                scale=(0.0, top),
                values=(),
                longest_gap=WEEK * 1.5,
                frame=_FRAME,
            )
            found.append(MedianLine(level, LEVEL_WORDS[level], chart, _clear_of(chart.points[-1].y, found)))
    return tuple(found)


def _clear_of(y: float, others: Iterable[MedianLine]) -> float:
    """Where a word beside its line stands clear of the words that are there already."""
    for other in others:
        if abs(other.word_y - y) < _WORD_HEIGHT:
            return other.word_y + (_WORD_HEIGHT if y >= other.word_y else -_WORD_HEIGHT)
    return y


def _span(start: datetime, now: datetime) -> charts.TimeSpan:
    weeks = -(-(now - start) // WEEK)
    return charts.TimeSpan(start, start + weeks * WEEK)


def _middle(monday: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(monday, time(), tzinfo=zone) + WEEK / 2


def _minute_marks(start: datetime, now: datetime, top: float) -> tuple[tuple[float, str], ...]:
    """Where the value axis names its minutes."""
    scale, values = (0.0, top), (0.0, top / 2, top)
    axis = charts.line_chart((), span=_span(start, now), scale=scale, values=values, frame=_FRAME)
    return tuple((tick.place, f"{tick.value:g}") for tick in axis.y_ticks)


def _week_marks(
    mondays: list[date], start: datetime, now: datetime, zone: ZoneInfo
) -> tuple[tuple[float, date], ...]:
    """Where a week begins; as many as have room."""
    every = -(-len(mondays) // 7)
    shown = mondays[::every]
    moments = [datetime.combine(monday, time(), tzinfo=zone) for monday in shown]
    places = charts.ticks(moments, span=_span(start, now), frame=_FRAME)
    return tuple((tick.place, monday) for tick, monday in zip(places, shown, strict=True))


# --- Who reports as planned ---


def _completion(rules: Protocol | None, watched: Monitoring, language: str) -> tuple[Completion, ...]:
    return tuple(
        Completion(phase.title(language), watched.planned[phase.code], watched.answered[phase.code])
        for phase in (rules.phases if rules else ())
        if watched.planned[phase.code]
    )


# --- What alarms come to ---


def _rule_figures(
    counted: Counted, rules: Protocol | None, patient_weeks: float, language: str
) -> list[RuleFigures]:
    """The most frequent reason first. One alarm counts once for each reason that it had."""
    outcomes = counted.outcomes
    words = _words(counted.last, rules, language)
    most = max((counts.total() for counts in outcomes.values()), default=1)
    found = [
        RuleFigures(
            why=words[why],
            alarms=counts.total(),
            rate=counts.total() / patient_weeks if patient_weeks >= ENOUGH_FOR_RATES else None,
            percent=round(100 * counts.total() / most),
            outcomes=tuple(counts[code] for code in OUTCOMES),
        )
        for why, counts in outcomes.items()
    ]
    return sorted(found, key=lambda one: (-one.alarms, one.why))


def _words(last: Mapping[str, LastFired], rules: Protocol | None, language: str) -> dict[str, str]:
    """Each reason by its name, as it was when it last fired."""
    stored = alarms.stored_reasons(one.event_id for one in last.values() if not one.cause)
    words = {why: str(Cause(one.cause).label) for why, one in last.items() if one.cause}
    for why, one in last.items():
        if not one.cause:
            fired = {reason.rule: reason for reason in reasons.in_words(stored[one.event_id], language)}
            words[why] = _reason_name(fired[why], rules, language)
    return words


def _reason_name(fired: reasons.ReasonLine, rules: Protocol | None, language: str) -> str:
    """Without what one report measured: the question, or what the question was compared with.

    A rule that is about no single question, or that the protocol has no more, is called by its words.
    """
    asked = {question.key: question.label(language) for question in rules.questions} if rules else {}
    if fired.rule in asked:
        return asked[fired.rule]
    is_trend = rules is not None and fired.rule.partition(":")[0] in {trend.id for trend in rules.trends}
    if is_trend and fired.item in asked:
        return _("%(question)s: change since earlier reports") % {"question": asked[fired.item]}
    return fired.why
