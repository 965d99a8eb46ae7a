"""What follows when somebody gives up a phone number."""

from datetime import datetime

from django.db import transaction

from clinic.models import Staff, User
from notifications.models.consent import ConsentEnd
from notifications.services import consents


@transaction.atomic
def release(*, old: str, now: datetime) -> bool:
    """What the number agreed to ends, unless somebody else of ours still has it.

    Called after the change, inside its transaction. False when nothing ended.
    """
    if not old or Staff.objects.filter(phone=old, ended_at__isnull=True).exists():
        return False
    if User.objects.filter(phone=old).exists():
        return False
    return consents.withdraw(phone=old, because=ConsentEnd.NUMBER_CHANGED, now=now)
