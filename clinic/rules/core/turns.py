"""When a process takes over work that another should have begun."""

from datetime import datetime, timedelta

# A scheduler that is alive is never so late: beat and a worker need a second or two.
PATIENCE = timedelta(seconds=10)


def is_overdue(*, begun_at: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether nobody has begun this work in time.

    A beginning that lies further ahead than the patience was written by a wrong clock and says nothing.
    """
    if begun_at is None:
        return True
    return now - begun_at >= every + PATIENCE or begun_at - now > PATIENCE
