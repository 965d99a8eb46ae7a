"""What a changed protocol would have caught and lost among a clinic's own serious events, and cost in alarms.

Nobody tunes rules on a handful of events: below ENOUGH_EVENTS the comparison says so and gives no shares.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from clinic.rules.core.enums import Level

ENOUGH_EVENTS = 30


@dataclass(frozen=True)
class Replayed:
    """A stored report: its level by the rules in force, and by the proposed ones."""

    report: UUID
    hour: float
    level: Level
    proposed: Level


@dataclass(frozen=True)
class EventReplay:
    """One serious event, and the reports that had come in before it within the window."""

    event: UUID
    before: tuple[Replayed, ...]

    @property
    def was_seen(self) -> bool:
        return any(one.level >= Level.URGENT for one in self.before)

    @property
    def would_be_seen(self) -> bool:
        return any(one.proposed >= Level.URGENT for one in self.before)


@dataclass(frozen=True)
class RuleChange:
    """`lost` are the events that would no longer be preceded by an urgent report: each is listed and read."""

    events: int
    seen: int
    caught: tuple[UUID, ...]
    lost: tuple[UUID, ...]
    new_alarms: tuple[UUID, ...]
    dropped_alarms: tuple[UUID, ...]

    @property
    def is_enough(self) -> bool:
        """Whether there are events enough to judge a change of rules by."""
        return self.events >= ENOUGH_EVENTS

    @property
    def detection(self) -> tuple[float, float] | None:
        """The share seen before and after; None where there are too few events to say."""
        if not self.is_enough:
            return None
        return self.seen / self.events, (self.seen + len(self.caught) - len(self.lost)) / self.events


def compare(events: Iterable[EventReplay], reports: Iterable[Replayed]) -> RuleChange:
    """Events by whether an urgent report came before them, and all reports by whether they would page."""
    listed, everything = tuple(events), tuple(reports)
    return RuleChange(
        events=len(listed),
        seen=sum(one.was_seen for one in listed),
        caught=tuple(one.event for one in listed if one.would_be_seen and not one.was_seen),
        lost=tuple(one.event for one in listed if one.was_seen and not one.would_be_seen),
        new_alarms=tuple(one.report for one in everything if one.level < Level.URGENT <= one.proposed),
        dropped_alarms=tuple(one.report for one in everything if one.proposed < Level.URGENT <= one.level),
    )
