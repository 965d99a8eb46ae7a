"""What the provider's error codes mean for us. The names of the codes are Twilio's."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Problem(StrEnum):
    """What is wrong, in the terms of the person who has to do something about it."""

    BUSY = "busy"
    OPTED_OUT = "opted_out"
    BAD_NUMBER = "bad_number"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    SENDER = "sender"
    OTHER = "other"


@dataclass(frozen=True)
class Action:
    """What follows from a code.

    retry_after: trying again later can help; None means never with this text to this number.
    alarm: somebody who runs the system has to look.
    """

    problem: Problem
    retry_after: timedelta | None = None
    alarm: bool = False


_BUSY = Action(Problem.BUSY, retry_after=timedelta(seconds=5))
_OPTED_OUT = Action(Problem.OPTED_OUT)
_BAD_NUMBER = Action(Problem.BAD_NUMBER)
_UNREACHABLE = Action(Problem.UNREACHABLE, retry_after=timedelta(minutes=15))
_BLOCKED = Action(Problem.BLOCKED)
# The account, the sender or its registration: nothing will go out until somebody repairs it.
_SENDER = Action(Problem.SENDER, retry_after=timedelta(minutes=1), alarm=True)
_FILTERED = Action(Problem.SENDER, alarm=True)
# A code that is not in the table: never repeated by itself, and somebody looks.
_OTHER = Action(Problem.OTHER, alarm=True)

_ACTIONS = {
    "20003": _SENDER,  # wrong credentials
    "20005": _SENDER,  # account not active
    "20404": _SENDER,  # account or messaging service not found
    "20429": _BUSY,  # too many requests
    "21211": _BAD_NUMBER,  # not a number
    "21408": _BAD_NUMBER,  # country not allowed
    "21603": _SENDER,  # no sender named
    "21610": _OPTED_OUT,
    "21611": _BUSY,  # sender's queue is full
    "21612": _BAD_NUMBER,  # no route to it
    "21614": _BAD_NUMBER,  # not a mobile number
    "21703": _SENDER,  # messaging service without a number
    "30001": _BUSY,  # queue overflow
    "30002": _SENDER,  # account suspended
    "30003": _UNREACHABLE,  # switched off, no signal
    "30004": _BLOCKED,
    "30005": _BAD_NUMBER,  # no such handset
    "30006": _BAD_NUMBER,  # landline
    "30007": _FILTERED,  # the carrier filtered the text
    "30008": _UNREACHABLE,  # carrier gives no reason
    "30034": _FILTERED,  # sender is not registered
    "30410": _UNREACHABLE,  # carrier's gateway timed out
    "30500": _UNREACHABLE,  # carrier's gateway failed
}


def action(code: str | int) -> Action:
    """What follows from an error code; an unknown one is never retried and raises an alarm."""
    return _ACTIONS.get(str(code), _OTHER)
