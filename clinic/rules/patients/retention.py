"""When something has been kept long enough."""

from datetime import UTC, date, datetime, timedelta

# Of the law (45 CFR 164.316): the audit is never younger.
AUDIT_YEARS = 6


def days_before(now: datetime, days: int) -> datetime:
    """The moment before which it has been kept for so many days."""
    return now - timedelta(days=days)


def years_before(now: datetime, years: int) -> datetime:
    """The same for years of the calendar; from 29 February on it is the first of March."""
    at = now.astimezone(UTC)
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, month=3, day=1)


def is_old_enough_for_audit(day: date, now: datetime) -> bool:
    """Whether a checkpoint of this day is so old that what came before it may go."""
    return day < years_before(now, AUDIT_YEARS).date()
