"""By which channels one person is paged, in which order, and how long each is given.

Default: a text, and a call two minutes after a text that nobody answered (feature ledger, row 46).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


class Channel(StrEnum):
    """How a page reaches a person."""

    PUSH = "push"
    SMS = "sms"
    VOICE = "voice"


@dataclass(frozen=True)
class ChannelTurn:
    """One channel, and how long an answer is waited for before the next."""

    channel: Channel
    wait_seconds: int = 120

    @property
    def wait(self) -> timedelta:
        return timedelta(seconds=self.wait_seconds)


DEFAULT = (ChannelTurn(Channel.SMS), ChannelTurn(Channel.VOICE))
# A line cannot be silenced: it is called, whatever anybody prefers.
LINE = (ChannelTurn(Channel.VOICE),)
SHORTEST, LONGEST = 30, 300


class BadOrder(Exception):
    """A channel twice, none that reaches a phone, or a wait out of bounds."""


def turns_from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[ChannelTurn, ...]:
    """A person's stored order; the default where there is none."""
    return tuple(ChannelTurn(Channel(one["channel"]), one["wait_seconds"]) for one in stored) or DEFAULT


def turns_to_json(turns: Sequence[ChannelTurn]) -> list[dict[str, Any]]:
    """The order as it is stored."""
    return [{"channel": turn.channel.value, "wait_seconds": turn.wait_seconds} for turn in turns]


def check(turns: Sequence[ChannelTurn]) -> None:
    """BadOrder unless each channel comes once, a text or a call is among them, and the waits are sane.

    A push alone reaches nobody whose browser is closed, so it never stands alone.
    """
    used = [turn.channel for turn in turns]
    reaches = Channel.SMS in used or Channel.VOICE in used
    waits = all(SHORTEST <= turn.wait_seconds <= LONGEST for turn in turns)
    if not reaches or len(set(used)) != len(used) or not waits:
        raise BadOrder
