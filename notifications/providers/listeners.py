"""Posts an event to another system; says in a word what became of it."""

import logging
from dataclasses import dataclass
from enum import StrEnum

import requests
from django.conf import settings

from notifications.providers.straight import NotPublic, Straight, is_inside
from notifications.rules.listeners import may_post_to

logger = logging.getLogger(__name__)

# To be reached, and to answer.
_SECONDS = (3.05, 5)
# What says that the other side is busy or broken as a whole, and not that it refuses this event.
_BUSY = frozenset({408, 425, 429})


class Answer(StrEnum):
    """TAKEN is 2xx; REFUSED is this event's, DOWN the whole system's."""

    TAKEN = "taken"
    REFUSED = "refused"
    DOWN = "down"


@dataclass(frozen=True)
class Result:
    """What became of one try; `code` is such as "http_503" or "timeout", "" where it was taken."""

    answer: Answer
    code: str = ""


def post(*, address: str, body: bytes, headers: dict[str, str]) -> Result:
    """One try. Nothing of what the other side answers is read or kept but its status."""
    if not may_post(address):
        return Result(Answer.DOWN, "address")
    try:
        with (
            Straight(inside=frozenset(settings.LISTENER_INSIDE_HOSTS)) as session,
            session.post(address, data=body, headers=headers, timeout=_SECONDS, stream=True) as response,
        ):
            return _result(response.status_code)
    except NotPublic:
        logger.error("An event was not sent: its host leads to a machine that is not on the internet")
        return Result(Answer.DOWN, "inside")
    except requests.exceptions.Timeout:
        return Result(Answer.DOWN, "timeout")
    except requests.exceptions.SSLError:
        return Result(Answer.DOWN, "certificate")
    except requests.exceptions.RequestException:
        return Result(Answer.DOWN, "unreachable")


def may_post(address: str) -> bool:
    """Whether the settings allow to post to this address."""
    return may_post_to(address, inside=settings.LISTENER_INSIDE_HOSTS, peer=settings.LISTENER_TEST_PEER)


def leads_inside(address: str) -> bool:
    """Whether its host leads to a machine that is not on the internet and that nobody named."""
    if settings.LISTENER_TEST_PEER and address.startswith(f"{settings.LISTENER_TEST_PEER}/"):
        return False
    is_named = any(
        address.startswith((f"https://{one}/", f"https://{one}:443/"))
        for one in settings.LISTENER_INSIDE_HOSTS
    )
    return not is_named and is_inside(address)


def _result(status: int) -> Result:
    if 200 <= status < 300:
        return Result(Answer.TAKEN)
    is_down = status >= 500 or status in _BUSY
    return Result(Answer.DOWN if is_down else Answer.REFUSED, f"http_{status}")
