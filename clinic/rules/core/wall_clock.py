"""What a time on a wall clock means, also in the nights in which the clock is changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def within_calendar(day: date) -> date:
    """A day that is asked for: the calendar's own ends leave no room for a zone or a day more."""
    return min(max(day, date(2000, 1, 1)), date(9000, 1, 1))


def utc_moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The UTC moment at which a wall clock shows this time; never earlier for a later time.

    What the spring night leaves out is the moment at which the clock jumps; of the two that the autumn
    night has it is the first. So two shifts that meet on the wall meet in truth.
    """
    first = datetime.combine(day, clock, tzinfo=zone)
    early, late = first.replace(fold=1).astimezone(UTC), first.astimezone(UTC)
    if early < late and late.astimezone(zone).replace(tzinfo=None) != first.replace(tzinfo=None):
        return _clock_jump(early, late, zone)
    return late


def moment_meant(wall: datetime, zone: ZoneInfo, now: datetime) -> datetime:
    """What a person means who types this time (without a zone), in UTC.

    Of the two that the autumn night has it is the last that has been: who records at half past one what
    happened at one, when the clock has shown one for the second time, means the second.
    """
    first = utc_moment(wall.date(), wall.time(), zone)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return second if first < second <= now else first


def _clock_jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment between the two at which the zone's clock jumps forward, to the second."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=1) // 2)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
