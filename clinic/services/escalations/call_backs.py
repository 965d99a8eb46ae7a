"""Whether a family that asked to be called has been called. No escalation module is imported here."""

from datetime import datetime

from clinic.models import Escalation, User, Worry


def is_owed(escalation: Escalation) -> bool:
    """Whether the family asked to be called, so that the escalation needs an outcome to be resolved."""
    return Worry.objects.filter(escalation=escalation).exists()


def mark_called_back(*, escalation: Escalation, by: User, now: datetime) -> None:
    """Mark open requests as answered: the family was reached, or the escalation is resolved."""
    waiting = Worry.objects.filter(escalation=escalation, called_back_at__isnull=True)
    waiting.update(called_back_at=now, called_back_by=by)
