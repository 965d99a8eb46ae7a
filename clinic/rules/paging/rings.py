"""No more rings than needed: one call at a time to a phone, and one ring for two people on one number.

Written for nights: a phone that rings twice for one thing is a phone that is switched off.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from clinic.rules.paging.channels import Channel, ChannelTurn
from notifications.rules.timing import CALL_LASTS

__all__ = ["CALL_LASTS"]


def turns_left(turns: Sequence[ChannelTurn], rung: Collection[str]) -> tuple[ChannelTurn, ...]:
    """A person's channels without those by which a colleague's page has just reached the same phone.

    A push alone rings nothing, so where no other channel is left the person's step is passed over.
    """
    left = tuple(turn for turn in turns if turn.channel not in rung)
    return left if any(turn.channel != Channel.PUSH for turn in left) else ()


def free_at(called_at: datetime | None, now: datetime) -> datetime | None:
    """When a phone that was called then can be called again; None where it can be now."""
    if called_at is None or now >= called_at + CALL_LASTS:
        return None
    return called_at + CALL_LASTS


def is_overtaken(began_at: datetime | None, wait: timedelta, now: datetime) -> bool:
    """Whether a step is over before its page could go out, as after an outage: the next step is due."""
    return began_at is not None and now >= began_at + wait
