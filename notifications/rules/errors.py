"""What the provider's error codes mean for us. The codes are Twilio's; docs/messages.md lists them."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Problem(StrEnum):
    """What is wrong, in the terms of the person who has to do something about it."""

    NONE = "none"
    BUSY = "busy"
    OPTED_OUT = "opted_out"
    BAD_NUMBER = "bad_number"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    SENDER = "sender"
    OTHER = "other"


class Mark(StrEnum):
    """What a code says about the number itself."""

    NONE = "none"
    # Twice in a row is believed; once happens to a good number too.
    STRIKE = "strike"
    NO_TEXTS = "no_texts"


@dataclass(frozen=True)
class ErrorAction:
    """What follows from a code.

    retry_after: the provider did not take it, and trying again later can help; zero means to back off
        ever more slowly, None never with this text to this number.
    second_try_after: it was taken and did not arrive; one new try so much later, where the purpose allows it.
    needs_person: a person of the clinic has to do something about this family or colleague.
    needs_operator: somebody who runs the system has to look.
    mark: what is remembered about the number.
    holds_sender: the sender as a whole does not work; what is not urgent waits instead of failing one by one.
    """

    problem: Problem
    retry_after: timedelta | None = None
    second_try_after: timedelta | None = None
    needs_person: bool = False
    needs_operator: bool = False
    mark: Mark = Mark.NONE
    holds_sender: bool = False


BACK_OFF = timedelta(0)
# A phone that is off or out of reach is often back by then.
_SOON = timedelta(minutes=15)
_SHORTLY = timedelta(minutes=1)
# How long a sender that does not work is left alone by what is not urgent.
HELD_FOR = timedelta(hours=1)

_BUSY = ErrorAction(Problem.BUSY, retry_after=BACK_OFF)
_OPTED_OUT = ErrorAction(Problem.OPTED_OUT, needs_person=True)
_BAD_NUMBER = ErrorAction(Problem.BAD_NUMBER, needs_person=True, mark=Mark.NO_TEXTS)
_GONE = ErrorAction(Problem.BAD_NUMBER, needs_person=True, mark=Mark.STRIKE)
_OFF = ErrorAction(Problem.UNREACHABLE, second_try_after=_SOON, needs_person=True)
_GATEWAY = ErrorAction(Problem.UNREACHABLE, second_try_after=_SHORTLY, needs_person=True)
_BLOCKED = ErrorAction(Problem.BLOCKED, needs_person=True)
# The account, the sender or its registration: nothing will go out until somebody repairs it.
_SENDER = ErrorAction(Problem.SENDER, retry_after=timedelta(minutes=1), needs_operator=True)
_SENDER_HELD = ErrorAction(Problem.SENDER, needs_operator=True, holds_sender=True)
_FILTERED = ErrorAction(Problem.BLOCKED, needs_person=True, needs_operator=True)
_LOOP = ErrorAction(Problem.OTHER)
# A code that is not in the table: never repeated by itself, and somebody looks.
_OTHER = ErrorAction(Problem.OTHER, needs_operator=True)
# Words of our own: what they name was decided here, and nobody has to do anything.
_OURS = ErrorAction(Problem.NONE)

NO_CALLER = "no_caller"
COUNTRY = "country"
# The browser has taken its permission back, or was never one.
PUSH_GONE = "push_gone"
# An e-mail has carried what this text or call was to say.
OTHER_WAY = "other_way"

ACTIONS = {
    NO_CALLER: ErrorAction(Problem.SENDER, needs_operator=True),  # no number of ours to call from
    COUNTRY: ErrorAction(Problem.BAD_NUMBER, needs_person=True),  # a country that the settings do not list
    "14107": _LOOP,  # two machines answer each other
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
    "30001": ErrorAction(Problem.BUSY, second_try_after=_SHORTLY),  # queue overflow
    "30002": _SENDER_HELD,  # account suspended
    "30003": _OFF,  # switched off, no signal
    "30004": _BLOCKED,
    "30005": _GONE,  # no such handset
    "30006": _BAD_NUMBER,  # landline
    "30007": _FILTERED,  # the carrier filtered the text
    "30008": _GATEWAY,  # carrier gives no reason
    "30034": _SENDER_HELD,  # sender is not registered
    "30039": _LOOP,  # two machines answer each other
    "30410": _GATEWAY,  # carrier's gateway timed out
    "30500": _GATEWAY,  # carrier's gateway failed
}


def action_for(code: str | int) -> ErrorAction:
    """What follows from an error code; one that is not in the table is never retried and raises an alarm."""
    unknown = _OTHER if str(code).isdigit() else _OURS
    return ACTIONS.get(str(code), unknown)
