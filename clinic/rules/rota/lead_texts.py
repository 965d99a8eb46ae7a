"""When the leads are texted about a gap: as it begins, and every morning until it is filled."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# By the clinic's clock. What can wait until the morning wakes nobody.
MORNING, EVENING = time(8), time(20)
# Whoever is at work on the rota opens gaps and closes them again; nobody is texted about those.
SETTLED_AFTER = timedelta(minutes=30)
# A gap further ahead is texted once, not every morning for two weeks.
SOON = timedelta(hours=48)


def is_due(
    *,
    raised_at: datetime,
    texted_at: datetime | None,
    begins_at: datetime,
    is_alone: bool,
    zone: ZoneInfo,
    now: datetime,
) -> bool:
    """Whether a text about it goes out now.

    `is_alone`: nobody else is paged in its place, so what is so already, or will be before the next morning,
    is texted at once, at night too. The rest waits for the day. `begins_at` may be past.
    """
    is_day = MORNING <= now.astimezone(zone).time() < EVENING
    if texted_at is None:
        if is_alone and begins_at <= now:
            return True
        presses = is_alone and begins_at < _next_morning(now, zone)
        return (is_day or presses) and now - raised_at >= SETTLED_AFTER
    return is_day and begins_at <= now + SOON and texted_at < _moment(now.astimezone(zone).date(), zone)


def _next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    morning = _moment(today, zone)
    return morning if morning > now else _moment(today + timedelta(days=1), zone)


def _moment(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MORNING, tzinfo=zone).astimezone(UTC)
