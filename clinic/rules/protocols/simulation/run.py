"""Runs a protocol on invented people and counts what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.parts import Trend
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import (
    Assessment,
    History,
    PastReport,
    assess,
    assess_silence,
)
from clinic.rules.protocols.simulation.cohort import Cohort
from clinic.rules.protocols.simulation.people import HOURS, Event, Person, person
from clinic.rules.protocols.simulation.reports import Moment, answers, moments
from clinic.rules.protocols.simulation.tally import EventSeen, RuleCount, Span, Tally

PastAnswers = tuple[float, dict[str, object]]
EARLY, LATE = "early", "late"
# As many earlier reports as the live system hands to the trend rules.
HISTORY_LIMIT = 60


@dataclass(frozen=True)
class Scored:
    """One report and what the protocol made of it."""

    moment: Moment
    assessment: Assessment

    @property
    def is_urgent(self) -> bool:
        return self.assessment.level >= Level.URGENT

    @property
    def urgent_rules(self) -> tuple[str, ...]:
        """The rules at urgent or above, without the item that a trend names."""
        reasons = self.assessment.reasons
        return tuple(
            dict.fromkeys(reason.rule.split(":")[0] for reason in reasons if reason.level >= Level.URGENT)
        )


def run(protocol: Protocol, cohort: Cohort, seed: int, numbers: Iterable[int], days: int) -> Tally:
    """Count what these people's reports come to over so many days."""
    tally = Tally()
    for number in numbers:
        who = person(cohort, seed, number, days)
        found = moments(protocol, cohort, who, days)
        count(tally, protocol, cohort, who, found, scored(protocol, cohort, who, found), days)
    return tally


def scored(protocol: Protocol, cohort: Cohort, who: Person, found: Iterable[Moment]) -> list[Scored]:
    """Each report with its level, judged with the reports before it."""
    past: list[PastAnswers] = []
    results = []
    for moment in found:
        if not moment.answered:
            continue
        given = answers(protocol, cohort, who, moment)
        history = _history(protocol, past[-HISTORY_LIMIT:], moment.hour)
        results.append(Scored(moment, assess(protocol, given, who.context(moment.day), history)))
        past.append((moment.hour, given))
    return results


def _history(protocol: Protocol, past: list[PastAnswers], now: float) -> History:
    """Of the earlier reports those that a trend rule can look at; older ones cost time and change nothing."""
    newest = max((trend.reports for trend in protocol.trends), default=1) - 1
    hours = max((_reach(trend) for trend in protocol.trends), default=0)
    kept = [one for back, one in enumerate(reversed(past)) if back < newest or now - one[0] <= hours]
    return History(reports=tuple(PastReport(now - hour, before) for hour, before in kept))


def _reach(trend: Trend) -> float:
    """How many hours back a trend compares; what persists is counted in reports instead."""
    if trend.kind == "persisting":
        return 0
    return float("inf") if trend.within_hours is None else trend.within_hours


def count(
    tally: Tally,
    protocol: Protocol,
    cohort: Cohort,
    who: Person,
    found: list[Moment],
    reports: list[Scored],
    days: int,
) -> None:
    """Add one person to the tally."""
    tally.people += 1
    _count_time(tally, protocol, cohort, who, days)
    _count_reports(tally, cohort, who, reports)
    _count_alarms(tally, cohort, who, reports)
    _count_silences(tally, protocol, cohort, who, found, days)
    _count_events(tally, protocol, cohort, who, reports)


def _span_of(cohort: Cohort, day: int) -> str:
    return EARLY if day <= cohort.early_until else LATE


def _phase_of(protocol: Protocol, day: int) -> str:
    started = [phase.code for phase in protocol.phases if phase.first_day <= day]
    return (started or [protocol.phases[0].code])[-1]


def _count_time(tally: Tally, protocol: Protocol, cohort: Cohort, who: Person, days: int) -> None:
    """Hours at home, an hour at a time: a stay counts from its hour on."""
    for day in range(days + 1):
        home = sum(who.is_home(day * HOURS + hour) for hour in range(HOURS))
        for part in tally.parts(_phase_of(protocol, day), _span_of(cohort, day)):
            part.hours += home


def _count_reports(tally: Tally, cohort: Cohort, who: Person, reports: list[Scored]) -> None:
    for report in reports:
        quiet = not any(event.first_sign <= report.moment.hour < event.admitted for event in who.events)
        for part in tally.parts(report.moment.phase, _span_of(cohort, report.moment.day)):
            part.levels[str(report.assessment.level)] += 1
            part.quiet += quiet
            part.quiet_urgent += quiet and report.is_urgent
            for rule in report.urgent_rules:
                part.rule(rule).reports += 1
                part.rule(rule).alone += len(report.urgent_rules) == 1


def _count_alarms(tally: Tally, cohort: Cohort, who: Person, reports: list[Scored]) -> None:
    """A report soon after an open alarm joins it; one that a serious event follows soon is true."""
    opened = float("-inf")
    for report in reports:
        hour = report.moment.hour
        if not report.is_urgent or hour - opened <= cohort.joins_hours:
            continue
        opened = hour
        true = any(hour < event.admitted <= hour + cohort.true_hours for event in who.events)
        for part in tally.parts(report.moment.phase, _span_of(cohort, report.moment.day)):
            counted: list[Span | RuleCount] = [part, *(part.rule(rule) for rule in report.urgent_rules)]
            for one in counted:
                one.alarms += 1
                one.true_alarms += true


def _count_silences(
    tally: Tally, protocol: Protocol, cohort: Cohort, who: Person, found: list[Moment], days: int
) -> None:
    """Alarms because nobody reported, from the first check-in left out to a report or a stay."""
    since: Moment | None = None
    ends = [*((one.hour, one) for one in found), *((start, None) for start, _ in who.away)]
    for hour, moment in sorted([*ends, ((days + 1) * HOURS, None)], key=lambda one: one[0]):
        if moment is not None and not moment.answered:
            since = since or moment
            continue
        if since is not None:
            silence = assess_silence(protocol, who.context(since.day), hour - since.hour)
            for part in tally.parts(since.phase, _span_of(cohort, since.day)):
                part.silences += silence.level >= Level.URGENT
        since = None


def _count_events(
    tally: Tally, protocol: Protocol, cohort: Cohort, who: Person, reports: list[Scored]
) -> None:
    for event in who.events:
        inside = [one for one in reports if event.first_sign <= one.moment.hour < event.admitted]
        urgent = [one for one in inside if one.is_urgent]
        day = int(event.admitted // HOURS)
        for part in tally.parts(_phase_of(protocol, day), _span_of(cohort, day)):
            part.events.append(_seen(event, inside, urgent, reports))
            for rule in dict.fromkeys(rule for one in urgent for rule in one.urgent_rules):
                part.rule(rule).events += 1


def _seen(event: Event, inside: list[Scored], urgent: list[Scored], reports: list[Scored]) -> EventSeen:
    before = [one for one in reports if one.moment.hour < event.first_sign]
    return EventSeen(
        kind=event.kind,
        reported=bool(inside),
        lead_hours=round(event.admitted - urgent[0].moment.hour, 1) if urgent else None,
        # An alarm that rang before the first sign too says nothing about the event.
        is_new=bool(urgent) and not (before and before[-1].is_urgent),
    )
