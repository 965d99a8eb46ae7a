"""Whether a family that asked to be called has been called. No escalation module is imported here."""

from datetime import datetime

from clinic.models import Escalation, User, Worry
from clinic.models.escalation import Outcome

# Whoever chooses one of these has spoken with the family.
SPOKEN = frozenset(
    {Outcome.ADVICE_GIVEN, Outcome.CLINIC_VISIT, Outcome.SENT_TO_EMERGENCY, Outcome.MISTAKEN_ENTRY}
)


class CallOrWordsNeeded(Exception):
    """The family asked to be called: log the call, or write down why there was none."""


def settle(*, escalation: Escalation, outcome: str, words: str, by: User, now: datetime) -> None:
    """It closes. An outcome that needs a conversation counts as the call; else the words say why none was.

    Without a call nothing is noted that the family would read as one. CallOrWordsNeeded.
    """
    if outcome in SPOKEN:
        mark_called_back(escalation=escalation, by=by, now=now)
    elif _is_waiting(escalation) and not words.strip():
        raise CallOrWordsNeeded


def _is_waiting(escalation: Escalation) -> bool:
    return Worry.objects.filter(escalation=escalation, called_back_at__isnull=True).exists()


def is_owed(escalation: Escalation) -> bool:
    """Whether the family asked to be called, so that the escalation needs an outcome to be resolved."""
    return Worry.objects.filter(escalation=escalation).exists()


def mark_called_back(*, escalation: Escalation, by: User, now: datetime) -> None:
    """Mark open requests as answered: the family was reached, or the escalation is resolved."""
    waiting = Worry.objects.filter(escalation=escalation, called_back_at__isnull=True)
    waiting.update(called_back_at=now, called_back_by=by)
