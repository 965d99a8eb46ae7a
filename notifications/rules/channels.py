"""The ways to a person: a text, a call, or a push to a browser. Stored, so the codes stay as they are."""

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """What a message leaves by. `to` is a phone number, for a push the id of a subscription."""

    SMS = "sms"
    VOICE = "voice"
    PUSH = "push"


@dataclass(frozen=True)
class Subscription:
    """Where a browser takes pushes, and its keys."""

    endpoint: str
    p256dh: str
    auth: str
