"""The states of a message and the one order in which they may follow each other."""

from enum import StrEnum


class State(StrEnum):
    """Where a message is. `unknown`: it was handed over, and nobody can tell whether it was taken."""

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"


# A total order, so that any order and any repetition of callbacks ends in the same state. Delivered is the
# highest: a page that was sent twice may fail once and arrive once, and then it has arrived.
_RANK = {
    State.PENDING: 0,
    State.SENDING: 1,
    State.UNKNOWN: 2,
    State.SUPPRESSED: 3,
    State.EXPIRED: 4,
    State.ACCEPTED: 5,
    State.SENT: 6,
    State.FAILED: 7,
    State.DELIVERED: 8,
}

# Nothing more is to be done by us once a message is here.
SETTLED = frozenset(
    {State.ACCEPTED, State.SENT, State.DELIVERED, State.FAILED, State.EXPIRED, State.SUPPRESSED}
)

# Nothing more is heard of a message that is here; a later word still moves it forward.
FINAL = frozenset({State.DELIVERED, State.FAILED, State.EXPIRED, State.SUPPRESSED})

# Somebody has it who carries messages.
TAKEN = frozenset({State.ACCEPTED, State.SENT, State.DELIVERED})

_FROM_PROVIDER = {
    "accepted": State.ACCEPTED,
    "scheduled": State.ACCEPTED,
    "queued": State.ACCEPTED,
    "sending": State.ACCEPTED,
    "sent": State.SENT,
    "partially_delivered": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "undelivered": State.FAILED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}

# "completed" tells nothing about a person: a mailbox completes a call too. Only a pressed digit does.
_FROM_CALL = {
    "queued": State.ACCEPTED,
    "initiated": State.ACCEPTED,
    "ringing": State.ACCEPTED,
    "answered": State.SENT,
    "in-progress": State.SENT,
    "completed": State.SENT,
    "busy": State.FAILED,
    "no-answer": State.FAILED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}


def rank(state: str) -> int:
    """The place of a state in the order."""
    return _RANK[State(state)]


def advance(current: str, reported: str) -> State:
    """The later of two states: a message never goes back."""
    return max(State(current), State(reported), key=rank)


def from_provider(status: str) -> State | None:
    """Our state for a provider's word about a text; None for a word that we do not know."""
    return _FROM_PROVIDER.get(status.lower())


def from_call(status: str) -> State | None:
    """Our state for a provider's word about a call; None for a word that we do not know."""
    return _FROM_CALL.get(status.lower())
