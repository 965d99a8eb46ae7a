"""Times as a phone tells them."""

from datetime import UTC, datetime, timedelta

# Further off is no clock that runs wrong; it is no time at all.
_FURTHEST = timedelta(days=365)


def read_moment(text: str, *, now: datetime) -> datetime | None:
    """A time with its zone, in UTC. None for anything odd, which counts as not told."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            return None
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if abs(at - now) <= _FURTHEST else None
