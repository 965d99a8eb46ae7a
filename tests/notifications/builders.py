"""A queued text in one call."""

import uuid
from datetime import datetime
from typing import Any

from notifications.models import Consent, Message
from notifications.services import outbox

NURSE = "+15555550142"
FAMILY = "+15555550177"

SERVICES = {
    "page": "paging",
    "code": "codes",
    "invite": "codes",
    "reply": "reminders",
    "reminder": "reminders",
    "recovery": "paging",
    "checkin": "reminders",
}


def queue(*, purpose: str = "page", now: datetime, **changes: Any) -> Message:
    """Put a text into the outbox; what is not named is ordinary. Who is reminded has agreed to it."""
    values: dict[str, Any] = {
        "to": NURSE if purpose == "page" else FAMILY,
        "body": "Kinwatch: open the app.",
        "purpose": purpose,
        "service": SERVICES[purpose],
        "dedupe_key": f"test:{uuid.uuid4()}",
        "expires_at": None,
        "now": now,
    }
    values.update(changes)
    if purpose == "reminder":
        agree(values["to"], now=now)
    return outbox.queue(**values)


def agree(phone: str, *, now: datetime) -> None:
    """Let a number's owner agree to reminders, once."""
    if not Consent.objects.filter(phone=phone).exists():
        Consent.objects.create(
            phone=phone,
            topics=["reminders"],
            text_version="test",
            language="en",
            source="page",
            given_by=uuid.uuid4(),
            given_at=now,
        )
