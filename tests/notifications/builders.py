"""A queued text in one call."""

import uuid
from datetime import datetime
from typing import Any

from notifications.models import Message
from notifications.services import outbox

NURSE = "+15555550142"
FAMILY = "+15555550177"

SERVICES = {
    "page": "paging",
    "code": "codes",
    "invite": "codes",
    "reply": "reminders",
    "reminder": "reminders",
}


def queue(*, purpose: str = "page", now: datetime, **changes: Any) -> Message:
    """Put a text into the outbox; what is not named is ordinary."""
    values: dict[str, Any] = {
        "to": NURSE if purpose == "page" else FAMILY,
        "body": "Kinwatch: open the app.",
        "purpose": purpose,
        "service": SERVICES[purpose],
        "dedupe_key": f"test:{uuid.uuid4()}",
        "expires_at": None,
        "now": now,
    }
    return outbox.queue(**{**values, **changes})
