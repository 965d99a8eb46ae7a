"""Which night it is for a household. Hours are those of the feature ledger, row D4."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Nobody on duty: the family is asked at the beginning of the night, staff are told an hour later.
BEGINS = time(20)
STAFF_TOLD_AT = time(21)
ENDS = time(8)


def night_at(at: datetime, zone: ZoneInfo) -> date | None:
    """The day on which the night that it is now began; None by day."""
    local = at.astimezone(zone)
    if local.time() >= BEGINS:
        return local.date()
    return local.date() - timedelta(days=1) if local.time() < ENDS else None


def coming_night(at: datetime, zone: ZoneInfo) -> date:
    """The night that it is, else the next one."""
    return night_at(at, zone) or at.astimezone(zone).date()


def begins_at(night: date, zone: ZoneInfo) -> datetime:
    """When the family is asked, if nobody is on duty."""
    return _moment(night, BEGINS, zone)


def staff_told_at(night: date, zone: ZoneInfo) -> datetime:
    """When staff are told, if still nobody is on duty."""
    return _moment(night, STAFF_TOLD_AT, zone)


def ends_at(night: date, zone: ZoneInfo) -> datetime:
    """The morning after, at the same wall-clock time through any clock change."""
    return _moment(night + timedelta(days=1), ENDS, zone)


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
