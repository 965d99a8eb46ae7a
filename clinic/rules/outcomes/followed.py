"""What figures read of one patient: when they were at home and monitored, what came in, what became of it.

Hours count from the infusion (hour 0 of day 0). Whoever makes these leaves out drills, made-up patients and
reports that were corrected away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clinic.rules.core.enums import Level

DAY = 24.0
# A new stay within so many hours of going home is the same event.
SAME_STAY_HOURS = 24.0
# Somebody counts who was at home and monitored for so long before.
WATCHED_HOURS = 24.0


@dataclass(frozen=True)
class Span:
    """From an hour on, up to another."""

    start: float
    end: float


@dataclass(frozen=True)
class Received:
    """A report, by the hour at which it came in and the level that is stored with it."""

    hour: float
    level: Level


@dataclass(frozen=True)
class Opened:
    """An escalation at urgent or above: the rules that held there, and the first call that reached somebody.

    `acted`: whether something was done; None where nobody has said.
    """

    hour: float
    rules: tuple[str, ...]
    contact_hour: float | None
    acted: bool | None


@dataclass(frozen=True)
class Stay:
    """A stay in hospital; `end` is None while it lasts, or where nobody has recorded it."""

    start: float
    end: float | None
    is_planned: bool


@dataclass(frozen=True)
class Followed:
    """One patient. `deaths_at_home` holds at most one hour; `silences`: alarms because nothing came in."""

    at_home: tuple[Span, ...]
    reports: tuple[Received, ...]
    escalations: tuple[Opened, ...]
    stays: tuple[Stay, ...]
    deaths_at_home: tuple[float, ...]
    silences: tuple[float, ...] = ()

    @property
    def serious_hours(self) -> tuple[float, ...]:
        """Every unplanned stay and a death at home, each once, in the order of time."""
        return tuple(sorted((*unplanned_hours(self.stays), *self.deaths_at_home)))

    @property
    def eligible_hours(self) -> tuple[float, ...]:
        """Those serious events before which the patient was at home and monitored for a whole day."""
        return tuple(hour for hour in self.serious_hours if self.is_watched_before(hour))

    def is_watched_before(self, hour: float) -> bool:
        return any(span.start <= hour - WATCHED_HOURS and hour <= span.end for span in joined(self.at_home))

    def received_before(self, hour: float, window: float) -> tuple[Received, ...]:
        """The reports of the hours before, both ends included, the oldest first."""
        found = (report for report in self.reports if hour - window <= report.hour <= hour)
        return tuple(sorted(found, key=lambda report: report.hour))


def unplanned_hours(stays: Iterable[Stay]) -> tuple[float, ...]:
    """The first unplanned hour of each event: a move between wards and a quick return belong to the same."""
    hours: list[float] = []
    end: float | None = None
    is_counted = False
    for stay in sorted(stays, key=lambda one: one.start):
        if end is None or stay.start - end > SAME_STAY_HOURS:
            is_counted, end = False, stay.start
        if not stay.is_planned and not is_counted:
            hours.append(stay.start)
            is_counted = True
        end = max(end, stay.start if stay.end is None else stay.end)
    return tuple(hours)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same hours with what touches or overlaps made one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        elif span.end > span.start:
            found.append(span)
    return tuple(found)
