"""Serious events and what had come in before them: seen in time, how early, after how long a silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from clinic.rules.core.enums import Level
from clinic.rules.outcomes.competing_risks import SMALLEST_SHOWN
from clinic.rules.outcomes.followed import Followed

# Hours before an event in which a report counts as having seen it coming.
WINDOWS = (24, 48, 72)
LEAD_WINDOW = 72.0


@dataclass(frozen=True)
class Hours:
    """Hours of several events, sorted."""

    values: tuple[float, ...]

    @property
    def median(self) -> float | None:
        return float(median(self.values)) if self.values else None

    @property
    def shown(self) -> tuple[float, ...]:
        """The single values, where there are enough of them."""
        return self.values if len(self.values) >= SMALLEST_SHOWN else ()

    def over(self, hours: float) -> int:
        """How many lasted longer than this."""
        return sum(value > hours for value in self.values)


def detected(people: Iterable[Followed], level: Level, window: float) -> int:
    """Eligible events before which a report of this level or above had come in, both ends included."""
    return sum(
        any(report.level >= level for report in person.received_before(hour, window))
        for person in people
        for hour in person.eligible_hours
    )


def eligible(people: Iterable[Followed]) -> int:
    """Events before which the patient was at home and monitored for a day; the others are shown beside."""
    return sum(len(person.eligible_hours) for person in people)


def not_monitored(people: Iterable[Followed]) -> int:
    """Serious events before which nobody was watching: counted apart, never dropped."""
    return sum(len(person.serious_hours) - len(person.eligible_hours) for person in people)


def lead_hours(people: Iterable[Followed]) -> Hours:
    """From the first report at urgent or above, within three days, to the event."""
    found = []
    for person in people:
        for hour in person.eligible_hours:
            before = person.received_before(hour, LEAD_WINDOW)
            urgent = [report.hour for report in before if report.level >= Level.URGENT]
            found += [hour - urgent[0]] if urgent else []
    return Hours(tuple(sorted(found)))


def silence_hours(people: Iterable[Followed]) -> Hours:
    """From the last report of any level to the event. Whoever had never reported has no such hours."""
    found = []
    for person in people:
        for hour in person.eligible_hours:
            before = [report.hour for report in person.reports if report.hour <= hour]
            found += [hour - max(before)] if before else []
    return Hours(tuple(sorted(found)))


def never_reported(people: Iterable[Followed]) -> int:
    """Eligible events before which no report had come in at all."""
    everybody = tuple(people)
    return eligible(everybody) - len(silence_hours(everybody).values)
