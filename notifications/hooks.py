"""The only way up: what the clinic may listen to. No safety property depends on a listener."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.dispatch import Signal

# message_id, purpose, state, error_code, to, now
# problem: what is wrong (rules/errors.py); task: a person of the clinic has to act; alarm: an operator has.
message_state_changed = Signal()

# inbound_id, from_phone, body, kind ("stop", "review", "start", "help", "text"), service, received_at, now
# A listener may give back a text: it is the answer, instead of ours that nobody reads texts here; or SILENCE.
sms_received = Signal()

# message_id, digits, asked, now
# A person pressed keys in a call of ours. A listener may give back a sentence, which is spoken to them, or a
# question, after which so many more digits are waited for; `asked` counts the questions that came before.
# The provider may repeat the request, so the same digits may come twice.
call_answered = Signal()

# message_id, purpose, now
# A call of ours has been taken. A listener may give back `GoesOn`: what is said and asked then is its own.
call_taken = Signal()

# percent (80 or 100), now
# So much of the month's budget of texts is used. At 100 reminders stop; what is urgent goes on.
budget_reached = Signal()

# route, now
# A route of the provider has gone down, or works again. Who tells people of it looks by itself too, later.
route_changed = Signal()

# name, now
# An engine begins a round of its steps. Whoever looks after the engines keeps the time.
round_begun = Signal()

# name, begun_at, failing (names of steps), now
# The round has come to its end; without a failing step it was whole.
round_ended = Signal()


@dataclass(frozen=True)
class Question:
    """What a call asks next. The digits that answer it are a secret of the person: they are kept nowhere."""

    words: str
    digits: int


@dataclass(frozen=True)
class GoesOn:
    """The address, a path of ours, that the telephone company asks next."""

    path: str


class Silence:
    """No program answers this text: a person does."""


SILENCE = Silence()


def asked(answers: Iterable[tuple[object, object]]) -> Question | None:
    """The first question that a listener gave back."""
    return next((answer for _, answer in answers if isinstance(answer, Question)), None)


def path_of(answers: Iterable[tuple[object, object]]) -> str:
    """Where a listener takes the call over; empty when none does."""
    return next((answer.path for _, answer in answers if isinstance(answer, GoesOn)), "")


def said(answers: Iterable[tuple[object, object]]) -> str:
    """The first words that a listener gave back; empty when none had any."""
    return next((answer for _, answer in answers if isinstance(answer, str) and answer), "")


def is_silence_wanted(answers: Iterable[tuple[object, object]]) -> bool:
    """Whether a listener wants no program to answer."""
    return any(isinstance(answer, Silence) for _, answer in answers)
