"""The ways to a person: a text, a call, a push to a browser, an e-mail. Stored, so the codes stay."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Channel(StrEnum):
    """What a message leaves by. `to` is a phone number, the id of a subscription, or an e-mail address."""

    SMS = "sms"
    VOICE = "voice"
    PUSH = "push"
    EMAIL = "email"


# They do not go by the phone provider: no callback, no list, no price.
NOT_BY_PHONE = frozenset({Channel.PUSH, Channel.EMAIL})


@dataclass(frozen=True)
class OtherWay:
    """Where a message goes while the phone provider is down: the words for it, and (channel, to) of each."""

    body: str
    to: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """As it is stored with the message."""
        return {"body": self.body, "to": [[str(channel), to] for channel, to in self.to]}

    @classmethod
    def from_json(cls, stored: dict[str, Any] | None) -> "OtherWay | None":
        """As it was stored; None where there is none."""
        return cls(stored["body"], tuple((channel, to) for channel, to in stored["to"])) if stored else None


@dataclass(frozen=True)
class Subscription:
    """Where a browser takes pushes, and its keys."""

    endpoint: str
    p256dh: str
    auth: str
