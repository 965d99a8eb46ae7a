"""When it is asked what became of somebody; a form that is not there is due, late or missing, never "none".

Days 30, 100, 180 and 365 and every year up to the fifteenth, as the transplant registry CIBMTR asks of
gene-modified cells; its windows for the contact (cibmtr.org). When a form counts as missing is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_YEAR = 365
_LAST_YEAR = 15
# A yearly contact falls after the year's last day, within so many days.
_AFTER_A_YEAR = 60
_MISSING_AFTER = 60


class State(StrEnum):
    """Of one time point for one person."""

    NOT_DUE = "not_due"
    DUE = "due"
    LATE = "late"
    MISSING = "missing"
    RECORDED = "recorded"


@dataclass(frozen=True)
class TimePoint:
    """Due from `day` on; the contact counts from `opens` to `closes`, both included."""

    day: int
    opens: int
    closes: int

    def holds(self, contact_day: int) -> bool:
        """Whether a contact on this day says what became of the person at this time point."""
        return self.opens <= contact_day <= self.closes

    def state(self, today: int, contact_days: tuple[int, ...]) -> State:
        """As of today, given the days of all contacts that are on record."""
        if any(self.holds(day) for day in contact_days if day <= today):
            return State.RECORDED
        if today < self.day:
            return State.NOT_DUE
        if today <= self.closes:
            return State.DUE
        return State.LATE if today <= self.closes + _MISSING_AFTER else State.MISSING


TIME_POINTS = (
    TimePoint(30, 23, 37),
    TimePoint(100, 86, 114),
    TimePoint(180, 150, 210),
    *(
        TimePoint(year * _YEAR, year * _YEAR + 1, year * _YEAR + _AFTER_A_YEAR)
        for year in range(1, _LAST_YEAR + 1)
    ),
)


def states(
    today: int, contact_days: tuple[int, ...], ended_on: int | None
) -> tuple[tuple[TimePoint, State], ...]:
    """Every time point up to today, the first one first. After a death (`ended_on`) none falls due."""
    reached = (point for point in TIME_POINTS if ended_on is None or point.day <= ended_on)
    found = ((point, point.state(today, contact_days)) for point in reached)
    return tuple((point, state) for point, state in found if state is not State.NOT_DUE)
