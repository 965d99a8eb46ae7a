"""When a desk that nobody touches is locked, and what a PIN must be."""

from datetime import datetime, timedelta

# Feature 84: the browser counts to the second.
IDLE_LIMIT = timedelta(minutes=5)
# It tells the server of activity once a minute; a browser that was asleep or closed tells nothing at all.
SERVER_IDLE_LIMIT = IDLE_LIMIT + timedelta(minutes=2)
SHORTEST_PIN, LONGEST_PIN = 4, 8
_RUN = "01234567890"


def is_locked(*, locked_at: datetime | None, active_at: datetime, now: datetime) -> bool:
    """Locked by somebody or by the browser, or not heard of for too long."""
    return locked_at is not None or now - active_at > SERVER_IDLE_LIMIT


def is_weak(pin: str) -> bool:
    """Of another length, not all digits, one digit again and again, or counted up or down."""
    if not (SHORTEST_PIN <= len(pin) <= LONGEST_PIN and pin.isascii() and pin.isdigit()):
        return True
    return len(set(pin)) == 1 or pin in _RUN or pin in _RUN[::-1]
