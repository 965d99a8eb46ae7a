"""What is counted of a simulated cohort. Counts add up, so that people and seeds can be pooled."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class RuleCount:
    """One rule at urgent or above: reports, those it alone made urgent, its alarms, events it saw."""

    reports: int = 0
    alone: int = 0
    alarms: int = 0
    true_alarms: int = 0
    events: int = 0

    def add(self, other: RuleCount) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass(frozen=True)
class EventSeen:
    """A serious event that began at home, and what was heard of it before the hospital.

    `is_new`: the report before its first sign was not urgent already.
    """

    kind: str
    reported: bool
    lead_hours: float | None
    is_new: bool


@dataclass
class Span:
    """A phase, or a stretch of days: time at home, reports by level, alarms, events, what each rule did."""

    hours: float = 0
    levels: Counter[str] = field(default_factory=Counter)
    quiet: int = 0
    quiet_urgent: int = 0
    alarms: int = 0
    true_alarms: int = 0
    silences: int = 0
    events: list[EventSeen] = field(default_factory=list)
    rules: dict[str, RuleCount] = field(default_factory=dict)

    def rule(self, name: str) -> RuleCount:
        return self.rules.setdefault(name, RuleCount())

    def add(self, other: Span) -> None:
        self.hours += other.hours
        self.levels += other.levels
        self.quiet += other.quiet
        self.quiet_urgent += other.quiet_urgent
        self.alarms += other.alarms
        self.true_alarms += other.true_alarms
        self.silences += other.silences
        self.events += other.events
        for name, count in other.rules.items():
            self.rule(name).add(count)

    def as_json(self) -> dict[str, Any]:
        return {
            **vars(self),
            "levels": dict(self.levels),
            "events": [dict(vars(event)) for event in self.events],
            "rules": {name: dict(vars(count)) for name, count in self.rules.items()},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Span:
        return cls(
            **{
                **stored,
                "levels": Counter(stored["levels"]),
                "events": [EventSeen(**event) for event in stored["events"]],
                "rules": {name: RuleCount(**count) for name, count in stored["rules"].items()},
            }
        )


@dataclass
class Tally:
    """Everything that is counted. `spans` and `phases` hold the same reports, cut in two ways."""

    people: int = 0
    phases: dict[str, Span] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)

    def parts(self, phase: str, span: str) -> tuple[Span, Span]:
        """The two places where something of this phase and stretch of days is counted."""
        return self.phases.setdefault(phase, Span()), self.spans.setdefault(span, Span())

    def add(self, other: Tally) -> None:
        """Take another tally's people in."""
        self.people += other.people
        for mine, theirs in ((self.phases, other.phases), (self.spans, other.spans)):
            for name, span in theirs.items():
                mine.setdefault(name, Span()).add(span)

    def as_json(self) -> dict[str, Any]:
        """Everything in plain JSON; `from_json` reads it again."""
        return {
            "people": self.people,
            "phases": {name: span.as_json() for name, span in self.phases.items()},
            "spans": {name: span.as_json() for name, span in self.spans.items()},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Tally:
        """The tally that was stored; an empty one where nothing was."""
        return cls(
            people=stored.get("people", 0),
            phases={name: Span.from_json(one) for name, one in stored.get("phases", {}).items()},
            spans={name: Span.from_json(one) for name, one in stored.get("spans", {}).items()},
        )
