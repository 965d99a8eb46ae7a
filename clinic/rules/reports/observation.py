"""When the signs of a report were seen, from what a phone says of it and from how wrong its clock is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# A phone's clock that is no further off is taken at its word, and the skew is kept (platform 4.4).
TOLERATED = timedelta(minutes=60)
# Further off is no clock that runs wrong; it is no time at all.
FURTHEST = timedelta(days=365)


@dataclass(frozen=True)
class Observation:
    """The moment that counts, never later than the arrival.

    `problem` is empty, or why another moment was said: clock_wrong, in_future or too_old.
    """

    at: datetime
    problem: str = ""


def observation_of(
    said: datetime, *, sent_at: datetime, received_at: datetime, sent_just_now: bool = False
) -> Observation:
    """When the signs were seen, by the server's clock.

    `said` and `sent_at` are by the phone's clock, `received_at` is by ours. A clock that is ahead by more
    than is tolerated is put right by how far it is ahead. One that is behind is put right only where
    `sent_just_now` says that `sent_at` was read at the very sending: elsewhere a `sent_at` in the past may
    be a message that lay somewhere, and an old observation must not look fresh. What is still in the future
    then, or a year old, counts as seen when it arrived: nobody can know better.
    """
    skew = sent_at - received_at
    is_wrong = TOLERATED < skew <= FURTHEST or (sent_just_now and -FURTHEST <= skew < -TOLERATED)
    if not -FURTHEST <= received_at - said <= FURTHEST + abs(skew if is_wrong else timedelta(0)):
        return Observation(received_at, "too_old" if said < received_at else "in_future")
    at = said - skew if is_wrong else said
    if at > received_at + TOLERATED:
        return Observation(received_at, "in_future")
    return Observation(min(at, received_at), "clock_wrong" if is_wrong else "")
