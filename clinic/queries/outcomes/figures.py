"""Figures of a clinic over some weeks: time to answer, completed check-ins, alarms and their outcomes."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.access import Permission, choose_clinic
from clinic.levels import LEVEL_WORDS
from clinic.models import Checkin, Clinic, Escalation, EscalationEvent, User
from clinic.models.checkin import CheckinKind, CheckinState
from clinic.models.escalation import EscalationEventKind as EventKind
from clinic.models.escalation import EscalationState, Outcome
from clinic.queries.core import courses
from clinic.queries.protocols.versions import current_rules
from clinic.queries.reports import reasons
from clinic.rules.checkins.schedule import missed_from, usual_gap
from clinic.rules.core.enums import Level
from clinic.rules.outcomes import figures
from clinic.rules.paging.ladder import PAGED_FROM, PAGED_LEVELS
from clinic.rules.protocols.document.parts import Phase
from clinic.rules.protocols.document.phases import phases_through
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.reports import charts

# Weeks that can be chosen; the first is shown unless another is asked for.
SPANS = (13, 4, 26)
WEEK = timedelta(days=7)
RULES_SHOWN = 15
# What calls for a person, and the person's answer.
_MOVES = (EventKind.OPENED, EventKind.ROSE, EventKind.WORSENED, EventKind.ACKNOWLEDGED)
_FRAME = charts.Frame(width=560, height=200, left=44, right=90, bottom=24)
_WORD_HEIGHT = 15.0
_OPEN, _NO_OUTCOME = "open", "none"
OUTCOMES: dict[str, str | Promise] = {
    Outcome.ADVICE_GIVEN: gettext_lazy("Advice"),
    Outcome.CLINIC_VISIT: gettext_lazy("Clinic"),
    Outcome.SENT_TO_EMERGENCY: gettext_lazy("Emergency care"),
    Outcome.ADMITTED: gettext_lazy("Admitted"),
    Outcome.MISTAKEN_ENTRY: gettext_lazy("Mistake"),
    Outcome.DIED: gettext_lazy("Died"),
    Outcome.TRANSFERRED: gettext_lazy("Other clinic"),
    _NO_OUTCOME: gettext_lazy("Closed only"),
    _OPEN: gettext_lazy("Still open"),
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
    """The medians of one level over the weeks; its word stands at the last point, and not on another's."""

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
    def percent(self) -> int:
        return round(100 * self.answered / self.planned)


@dataclass(frozen=True)
class RuleFigures:
    """One reason: how many alarms had it, how many a patient-week, and what came of them.

    `percent` is of the most frequent reason; `outcomes` are in the order of OUTCOMES.
    """

    why: str
    alarms: int
    rate: float
    percent: int
    outcomes: tuple[int, ...]


@dataclass(frozen=True)
class Insights:
    """One clinic's page. `patient_weeks` is the time in which check-ins were planned."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    spans: tuple[int, ...]
    weeks: int
    since: date
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
    def rate(self) -> float:
        return self.alarms / self.patient_weeks if self.patient_weeks else 0.0


def of_clinic(*, user: User, clinic_slug: str, weeks: int, now: datetime) -> Insights:
    """The named clinic, or the person's first; whole weeks by its clock, this one included. NotVisible."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.WATCH_CONSOLE)
    weeks = weeks if weeks in SPANS else SPANS[0]
    zone = ZoneInfo(clinic.time_zone)
    mondays = _mondays(now.astimezone(zone).date(), weeks)
    start = datetime.combine(mondays[0], time(), tzinfo=zone)
    histories = _escalations_opened(clinic, start, now)
    waits = [wait for one in histories for wait in _waits(one) if wait.began_at >= start]
    by_week = tuple(_week_answer_times(waits, monday, zone) for monday in mondays)
    top = _axis_end(by_week)
    protocol = current_rules(clinic)
    watched = _monitoring(clinic, protocol, user.language, start, now)
    rules = _rule_figures(histories, protocol, watched.weeks, user.language)
    return Insights(
        clinic=clinic,
        clinics=clinics,
        spans=tuple(sorted(SPANS)),
        weeks=weeks,
        since=mondays[0],
        answering=tuple(_answer_times(waits, level) for level in PAGED_LEVELS),
        by_week=by_week,
        frame=_FRAME,
        lines=_median_lines(by_week, start, now, zone, top),
        minute_marks=_minute_marks(start, now, top),
        week_marks=_week_marks(mondays, start, now, zone),
        completion=watched.completion,
        patient_weeks=watched.weeks,
        patients=watched.patients,
        alarms=len(histories),
        rules=tuple(rules[:RULES_SHOWN]),
        rules_left_out=len(rules[RULES_SHOWN:]),
        outcome_words=tuple(OUTCOMES.values()),
    )


def _mondays(today: date, weeks: int) -> list[date]:
    this = today - timedelta(days=today.weekday())
    return [this - timedelta(weeks=back) for back in reversed(range(weeks))]


# --- How soon people answer ---


def _escalations_opened(clinic: Clinic, start: datetime, now: datetime) -> list[Escalation]:
    """What opened in this time, real patients only, with what raised it and who took it."""
    events = (
        EscalationEvent.objects.filter(kind__in=_MOVES)
        .select_related("report__assessment")
        .defer("report__answers", "report__assessment__inputs")
        .order_by("at", "pk")
    )
    rows = Escalation.objects.filter(
        clinic=clinic, is_drill=False, patient__is_synthetic=False, opened_at__gte=start, opened_at__lte=now
    )
    return list(rows.prefetch_related(Prefetch("events", queryset=events)).defer("ladder").order_by("pk"))


def _waits(escalation: Escalation) -> tuple[figures.AnswerWait, ...]:
    steps = [
        figures.WaitEvent(
            event.at,
            None if event.kind == EventKind.ACKNOWLEDGED else Level(event.level),
            is_anew=event.kind == EventKind.WORSENED,
        )
        for event in escalation.events.all()
    ]
    return figures.waits(steps, PAGED_FROM)


def _answer_times(waits: Iterable[figures.AnswerWait], level: Level) -> AnswerTimes:
    of_level = [wait for wait in waits if wait.level is level]
    lasted = [wait.lasted for wait in of_level if wait.lasted is not None]
    return AnswerTimes(level, figures.spread(lasted), len(of_level) - len(lasted))


def _week_answer_times(waits: Iterable[figures.AnswerWait], monday: date, zone: ZoneInfo) -> WeekAnswerTimes:
    inside = [wait for wait in waits if monday <= wait.began_at.astimezone(zone).date() < monday + WEEK]
    return WeekAnswerTimes(monday, tuple(_answer_times(inside, level) for level in PAGED_LEVELS))


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
            charts.Reading(_middle(week.monday, zone), one.spread.median / timedelta(minutes=1))
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


@dataclass(frozen=True)
class _Monitoring:
    completion: tuple[Completion, ...]
    weeks: float
    patients: int


def _monitoring(
    clinic: Clinic, rules: Protocol | None, language: str, start: datetime, now: datetime
) -> _Monitoring:
    """Each planned check-in stands for the time until the next one, so pauses count for nothing."""
    if rules is None:
        return _Monitoring((), 0.0, 0)
    rows = Checkin.objects.filter(
        patient__clinic=clinic,
        patient__is_synthetic=False,
        kind=CheckinKind.SCHEDULED,
        due_at__gte=start,
        due_at__lte=now,
    ).exclude(state=CheckinState.DROPPED)
    values = rows.values_list(
        "patient_id", "patient__infusion_date", "patient__time_zone", "due_at", "report__received_at"
    )
    before = courses.earlier_days_0(clinic)
    planned: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    watched, phases = timedelta(0), dict[UUID, list[tuple[datetime, Phase]]]()
    for patient_id, infusion_date, zone, due_at, received_at in values.iterator():
        if patient_id not in phases:
            days_0 = [*before.get(patient_id, ()), infusion_date]
            phases[patient_id] = phases_through(rules, days_0, ZoneInfo(zone))
        begun = bisect_right(phases[patient_id], due_at, key=itemgetter(0))
        phase = phases[patient_id][max(begun - 1, 0)][1]
        watched += usual_gap(phase)
        until = missed_from(phase, due_at)
        if until <= now:
            planned[phase.code] += 1
            answered[phase.code] += received_at is not None and received_at <= until
    return _Monitoring(_completion(rules, planned, answered, language), watched / WEEK, len(phases))


def _completion(
    rules: Protocol, planned: Counter[str], answered: Counter[str], language: str
) -> tuple[Completion, ...]:
    return tuple(
        Completion(phase.title(language), planned[phase.code], answered[phase.code])
        for phase in rules.phases
        if planned[phase.code]
    )


# --- What alarms come to ---


def _rule_figures(
    histories: Iterable[Escalation], rules: Protocol | None, patient_weeks: float, language: str
) -> list[RuleFigures]:
    """The most frequent reason first. One alarm counts once for each reason that it had."""
    words: dict[str, str] = {}
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    for escalation in histories:
        fired: dict[str, str] = {}
        for event in escalation.events.all():
            if event.kind != EventKind.ACKNOWLEDGED:
                fired |= _reasons_of_event(event, rules, language)
        words |= fired
        for rule in fired:
            outcomes[rule][_outcome_code(escalation)] += 1
    most = max((counts.total() for counts in outcomes.values()), default=1)
    found = [
        RuleFigures(
            why=words[rule],
            alarms=counts.total(),
            rate=counts.total() / patient_weeks if patient_weeks else 0.0,
            percent=round(100 * counts.total() / most),
            outcomes=tuple(counts[code] for code in OUTCOMES),
        )
        for rule, counts in outcomes.items()
    ]
    return sorted(found, key=lambda one: (-one.alarms, one.why))


def _reasons_of_event(event: EscalationEvent, rules: Protocol | None, language: str) -> dict[str, str]:
    """The rules of the report, or the cause where there was none, each with its name."""
    if event.report is None:
        return {event.cause: str(event.get_cause_display())} if event.cause else {}
    fired = reasons.in_words(event.report.assessment.reasons, language)
    return {one.rule: _reason_name(one, rules, language) for one in fired}


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


def _outcome_code(escalation: Escalation) -> str:
    if escalation.state != EscalationState.RESOLVED:
        return _OPEN
    return escalation.outcome or _NO_OUTCOME
