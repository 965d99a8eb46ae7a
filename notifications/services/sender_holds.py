"""Holds a sender that the provider or the carriers have shut down; urgent messages are still tried."""

from datetime import datetime

from notifications.models import SenderHold
from notifications.rules.errors import HELD_FOR


def hold(*, service: str, code: str, now: datetime) -> None:
    """Let what is not urgent wait; pages and sign-in codes are still tried."""
    SenderHold.objects.update_or_create(
        service=service, defaults={"until": now + HELD_FOR, "error_code": code}
    )
