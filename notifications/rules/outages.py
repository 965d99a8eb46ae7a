"""When one of the provider's routes counts as down, and when it may be tried again.

A route is a way in which the provider takes messages: each sender's texts, and the calls.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from notifications.rules.channels import Channel

CALLS = "calls"


class Sign(StrEnum):
    """What the end of one try says about its route.

    `broken`: the account or the sender is refused, and trying again proves nothing more. `busy`: there were
    too many at once, which only counts when it lasts. `nothing`: it was about this message or this number.
    """

    WORKS = "works"
    FAILS = "fails"
    BROKEN = "broken"
    BUSY = "busy"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Limits:
    """So many failures in a row, or failures over so long a time, and a route is down.

    try_after: when nobody has tried a route that is down for so long, the next page is tried there.
    """

    failures: int
    lasting: timedelta
    try_after: timedelta


@dataclass(frozen=True)
class Streak:
    """Failures of one route with no success between them; `down_at` is set once they are too many."""

    failures: int
    since: datetime
    last_at: datetime
    down_at: datetime | None = None


# Failures with so much time between them say nothing about each other.
_FORGOTTEN_AFTER = timedelta(minutes=15)


def route_of(channel: str, service: str) -> str:
    """The route of a message, by its sender for a text; empty for what does not go by the provider."""
    if channel == Channel.VOICE:
        return CALLS
    return service if channel == Channel.SMS else ""


def after_failure(streak: Streak | None, sign: Sign, *, now: datetime, limits: Limits) -> Streak:
    """The streak with one more failure. One that is down stays so, until something is taken."""
    if streak is not None and streak.down_at is None and now - streak.last_at > _FORGOTTEN_AFTER:
        streak = None
    counted = {Sign.FAILS: 1, Sign.BROKEN: limits.failures}.get(sign, 0)
    failures = counted + (streak.failures if streak else 0)
    since = streak.since if streak else now
    down_at = streak.down_at if streak else None
    if down_at is None and (failures >= limits.failures or now - since >= limits.lasting):
        down_at = now
    return Streak(failures, since, now, down_at)


def on_probation(streak: Streak, *, limits: Limits) -> Streak:
    """What is left of a streak when another route of the same provider works again: one failure is enough."""
    return Streak(max(0, limits.failures - 1), streak.since, streak.last_at, None)


def is_avoided(streak: Streak | None, *, now: datetime, limits: Limits) -> bool:
    """Whether a page that has another way should not be tried there now."""
    return streak is not None and streak.down_at is not None and now - streak.last_at < limits.try_after
