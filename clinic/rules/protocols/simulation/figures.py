"""Shares, alarms per patient-week, sensitivity and lead time, out of what was counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from clinic.rules.core.enums import Level
from clinic.rules.protocols.simulation.tally import EventSeen, Span, Tally

HOURS_OF_A_WEEK = 168


@dataclass(frozen=True)
class RuleFigures:
    """What one rule did in one span, at urgent or above."""

    rule: str
    reports: int
    share: float | None
    alone: int
    alarms: int
    true_alarms: int
    events: int


@dataclass(frozen=True)
class KindFigures:
    """How many events of one kind began at home, and how many had an urgent report before the hospital."""

    kind: str
    events: int
    detected: int


@dataclass(frozen=True)
class SpanFigures:
    """A phase, or the days to 30 and after. A share or a rate is None where there is nothing to divide by."""

    name: str
    reports: int
    levels: dict[str, float | None]
    urgent: float | None
    urgent_when_quiet: float | None
    weeks: float
    alarms_per_week: float | None
    false_alarms_per_week: float | None
    silences_per_week: float | None
    events: int
    reported: int
    detected: int
    newly_detected: int
    sensitivity: float | None
    lead_hours: float | None
    kinds: tuple[KindFigures, ...]
    rules: tuple[RuleFigures, ...]


@dataclass(frozen=True)
class Figures:
    """Everything that is printed."""

    people: int
    phases: tuple[SpanFigures, ...]
    spans: tuple[SpanFigures, ...]

    def span(self, name: str) -> SpanFigures:
        """The days to 30 (`early`) or after (`late`)."""
        return next(one for one in self.spans if one.name == name)


def figures(tally: Tally) -> Figures:
    """The figures of a tally; nothing here depends on chance."""
    return Figures(
        people=tally.people,
        phases=tuple(_span(name, span) for name, span in tally.phases.items()),
        spans=tuple(_span(name, span) for name, span in tally.spans.items()),
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _span(name: str, span: Span) -> SpanFigures:
    reports = sum(span.levels.values())
    urgent = sum(span.levels[level] for level in Level if level >= Level.URGENT)
    weeks = span.hours / HOURS_OF_A_WEEK
    leads = [one.lead_hours for one in span.events if one.lead_hours is not None]
    return SpanFigures(
        name=name,
        reports=reports,
        levels={str(level): _share(span.levels[level], reports) for level in Level},
        urgent=_share(urgent, reports),
        urgent_when_quiet=_share(span.quiet_urgent, span.quiet),
        weeks=weeks,
        alarms_per_week=_share(span.alarms, weeks),
        false_alarms_per_week=_share(span.alarms - span.true_alarms, weeks),
        silences_per_week=_share(span.silences, weeks),
        events=len(span.events),
        reported=sum(one.reported for one in span.events),
        detected=len(leads),
        newly_detected=sum(one.is_new for one in span.events),
        sensitivity=_share(len(leads), len(span.events)),
        lead_hours=median(leads) if leads else None,
        kinds=tuple(_kinds(span.events)),
        rules=tuple(_rules(span, reports)),
    )


def _rules(span: Span, reports: int) -> Iterator[RuleFigures]:
    """The rule that made most reports urgent comes first."""
    for rule, count in sorted(span.rules.items(), key=lambda one: (-one[1].reports, one[0])):
        yield RuleFigures(
            rule=rule,
            reports=count.reports,
            share=_share(count.reports, reports),
            alone=count.alone,
            alarms=count.alarms,
            true_alarms=count.true_alarms,
            events=count.events,
        )


def _kinds(events: list[EventSeen]) -> Iterator[KindFigures]:
    for kind in sorted({one.kind for one in events}):
        same = [one for one in events if one.kind == kind]
        yield KindFigures(kind, len(same), sum(one.lead_hours is not None for one in same))
