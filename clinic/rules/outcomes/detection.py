"""Serious events and what had come in before them: seen in time, how early, after how long a silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from clinic.rules.core.enums import Level
from clinic.rules.outcomes.competing_risks import SMALLEST_SHOWN
from clinic.rules.outcomes.followed import DAY, Followed

# Hours before an event in which a report counts as having seen it coming.
WINDOWS = (24, 48, 72)
LEAD_WINDOW = 72.0
# So many hours without a report before an event are long, by its day: while check-ins are daily, and after.
LONG_SILENCES = ((0, 30, 24.0), (31, 100, 96.0))


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


@dataclass(frozen=True)
class LongSilences:
    """Of the eligible events of these days that a report had preceded: how many after a long silence."""

    from_day: int
    to_day: int
    hours: float
    over: int
    of: int


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
    return Hours(tuple(sorted(hours for _, hours in _silences(people))))


def long_silences(people: Iterable[Followed]) -> tuple[LongSilences, ...]:
    """How many lasted long, by what is long on that day."""
    found = tuple(_silences(people))
    return tuple(
        LongSilences(
            first,
            last,
            long,
            over=sum(hours > long for day, hours in found if first <= day <= last),
            of=sum(first <= day <= last for day, _ in found),
        )
        for first, last, long in LONG_SILENCES
    )


def told_by_silence(people: Iterable[Followed], window: float) -> int:
    """Eligible events before which an alarm had been raised because nothing came in, both ends included."""
    return sum(
        any(hour - window <= silence <= hour for silence in person.silences)
        for person in people
        for hour in person.eligible_hours
    )


def _silences(people: Iterable[Followed]) -> Iterator[tuple[int, float]]:
    """The day of each eligible event, and the hours since the last report before it."""
    for person in people:
        for hour in person.eligible_hours:
            before = [report.hour for report in person.reports if report.hour <= hour]
            if before:
                yield int(hour // DAY), hour - max(before)


def never_reported(people: Iterable[Followed]) -> int:
    """Eligible events before which no report had come in at all."""
    everybody = tuple(people)
    return eligible(everybody) - len(silence_hours(everybody).values)
