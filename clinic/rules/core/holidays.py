"""Days on which a clinic reads no reports although its week says so: holidays, days of training, a move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

# A clinic that reads nothing for longer than that has other hours, or is none.
LONGEST = timedelta(days=31)
NAME_AT_MOST = 60
# A year's holidays, and next year's.
AT_MOST = 60


class WrongHoliday(Exception):
    """These days cannot be a holiday: `reason` is a word of this module."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, order=True)
class Holiday:
    """Whole days of the clinic's calendar, first and last included. `name` is read by staff alone."""

    first: date
    last: date
    name: str

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    @property
    def is_one_day(self) -> bool:
        return self.first == self.last


def checked(*, first: date, last: date | None, name: str, others: Iterable[Holiday], today: date) -> Holiday:
    """One more holiday beside the others. WrongHoliday: backwards, past, long, named, twice, many."""
    found = Holiday(first, last or first, " ".join(name.split()))
    known = tuple(others)
    if found.last < found.first:
        raise WrongHoliday("backwards")
    if found.last < today:
        raise WrongHoliday("past")
    if found.last - found.first >= LONGEST:
        raise WrongHoliday("long")
    if not 0 < len(found.name) <= NAME_AT_MOST:
        raise WrongHoliday("named")
    if any(found.first <= one.last and one.first <= found.last for one in known):
        raise WrongHoliday("twice")
    if len(known) >= AT_MOST:
        raise WrongHoliday("many")
    return found


def are_holidays(value: object) -> bool:
    """Whether this can be read as stored holidays; what cannot would break every advice of the clinic."""
    if not isinstance(value, list):
        return False
    try:
        return all(one.first <= one.last for one in from_json(value))
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


def from_json(stored: Iterable[Mapping[str, Any]]) -> tuple[Holiday, ...]:
    """As they were stored by `to_json`, in their order."""
    return tuple(
        Holiday(date.fromisoformat(one["first"]), date.fromisoformat(one["last"]), str(one["name"]))
        for one in stored
    )


def to_json(holidays: Iterable[Holiday]) -> list[dict[str, str]]:
    """Plain JSON, the next one first."""
    return [
        {"first": one.first.isoformat(), "last": one.last.isoformat(), "name": one.name}
        for one in sorted(holidays)
    ]
