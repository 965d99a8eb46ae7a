"""Whether a family that asked to be called has been called. Below escalations, which ask here."""

from datetime import datetime

from clinic.models import Escalation, User, Worry


def is_owed(escalation: Escalation) -> bool:
    """Somebody asked to be called in this escalation, so it closes with what came of the call."""
    return Worry.objects.filter(escalation=escalation).exists()


def mark_called_back(*, escalation: Escalation, by: User, now: datetime) -> None:
    """The family was reached, or an outcome is known: the first after a worry is what they waited for."""
    waiting = Worry.objects.filter(escalation=escalation, called_back_at__isnull=True)
    waiting.update(called_back_at=now, called_back_by=by)
