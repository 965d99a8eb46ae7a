"""What every provider takes and gives back. Providers know no rows: they never import models."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from notifications.rules.channels import Channel, Subscription
from notifications.rules.states import State


@dataclass(frozen=True)
class Outgoing:
    """A message to hand over; `subscription` is set for a push whose browser is still known."""

    id: uuid.UUID
    to: str
    body: str
    purpose: str
    service: str
    channel: str = Channel.SMS
    subscription: Subscription | None = None
    # The number that a call comes from, where it is not the installation's own.
    caller: str = ""


class Result(StrEnum):
    """The four ways a call can end. Only `unknown` may have sent something without our knowing."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """How a call ended; build it with one of the functions below."""

    result: Result
    sid: str = ""
    state: State = State.ACCEPTED
    error_code: str = ""
    retry_after: timedelta | None = None


@dataclass(frozen=True)
class Told:
    """What the provider says about a message now, in its own words."""

    status: str
    error_code: str = ""


def accepted(sid: str, state: State = State.ACCEPTED) -> Outcome:
    """The provider has it, under this id."""
    return Outcome(Result.ACCEPTED, sid=sid, state=state)


def rejected(code: str) -> Outcome:
    """The provider will not send it, now or later."""
    return Outcome(Result.REJECTED, error_code=code)


def not_sent(code: str = "", retry_after: timedelta | None = None) -> Outcome:
    """It provably did not go out; trying again cannot send it twice."""
    return Outcome(Result.NOT_SENT, error_code=code, retry_after=retry_after)


def unknown(code: str = "") -> Outcome:
    """The answer is lost: it may have gone out or not."""
    return Outcome(Result.UNKNOWN, error_code=code)


class Provider(Protocol):
    """A way to hand messages over. No method raises; each returns within a bounded time."""

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand it over once."""

    def find(self, outgoing: Outgoing, *, since: datetime, known: frozenset[str]) -> Outcome:
        """Look whether an earlier try went out: accepted, not_sent, or unknown when nobody can tell.

        `known` are ids that belong to other texts of ours with the same words.
        """

    def status(self, sid: str, channel: str) -> Told | None:
        """What became of a message that was taken; None when nobody can tell."""
