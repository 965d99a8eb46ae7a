"""Web push: hands a sealed note to a browser's maker, who cannot read it (RFC 8030, 8291 and 8292)."""

import json
import logging
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid
from pywebpush import WebPushException, webpush

from notifications.providers.base import (
    Outcome,
    Outgoing,
    Told,
    accepted,
    not_sent,
    rejected,
    unknown,
)
from notifications.providers.straight import NotPublic, Straight, is_inside
from notifications.rules.channels import Subscription
from notifications.rules.errors import PUSH_GONE
from notifications.rules.purposes import handling_of
from notifications.rules.push_notes import may_push_to, note
from notifications.rules.states import State

logger = logging.getLogger(__name__)

_SECONDS = 10
_LATER = timedelta(seconds=30)


class WebPushProvider:
    """Sends the declarative JSON, which new browsers show by themselves and our worker shows in others."""

    def send(self, outgoing: Outgoing) -> Outcome:
        to = outgoing.subscription
        if to is None or not may_push(to.endpoint):
            return rejected(PUSH_GONE)
        try:
            _post(to, outgoing)
        except WebPushException as error:
            return _classify(error)
        except NotPublic:
            logger.error("A push was not sent: its host leads to a machine that is not on the internet")
            return rejected("push_refused")
        except ValueError:
            # Keys that are none: nothing can be sealed for this browser.
            return rejected(PUSH_GONE)
        except requests.exceptions.Timeout:
            return unknown("push_timeout")
        except requests.exceptions.RequestException as error:
            logger.warning("A push did not get through: %s", type(error).__name__)
            return not_sent("unreachable")
        # Nothing tells later whether it was shown.
        return accepted(f"push-{outgoing.id}", State.SENT)

    def find(self, outgoing: Outgoing, *, since: datetime, known: frozenset[str]) -> Outcome:
        # Nobody keeps a list. A second note replaces the first on the device: they carry the same tag.
        return not_sent()

    def status(self, sid: str, channel: str) -> Told | None:
        return None


def may_push(endpoint: str) -> bool:
    """Whether the settings allow to push to this address."""
    return may_push_to(endpoint, hosts=settings.PUSH_HOSTS, peer=settings.PUSH_TEST_PEER)


def leads_inside(endpoint: str) -> bool:
    """Whether the address' host leads to a machine that is not on the internet; nowhere is no such machine.

    Looked at again at each push, by the connection itself.
    """
    if settings.PUSH_TEST_PEER and endpoint.startswith(f"{settings.PUSH_TEST_PEER}/"):
        return False
    return is_inside(endpoint)


def public_key() -> str:
    """What a browser needs to subscribe to this server; empty where pushes are not set up."""
    if not settings.VAPID_PRIVATE_KEY:
        return ""
    public = _vapid().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _url_safe(public)


def payload(outgoing: Outgoing) -> str:
    """What the device gets: no more than the text says, and the address that a tap opens."""
    shown = note(outgoing.body, home=f"{settings.PUBLIC_BASE_URL}/console/")
    title = shown.title or settings.PRODUCT_NAME
    note_of = {
        "title": title,
        "body": shown.words,
        "navigate": shown.address,
        "tag": str(outgoing.id),
        "requireInteraction": True,
    }
    return json.dumps({"web_push": 8030, "notification": note_of}, ensure_ascii=False)


def _post(to: Subscription, outgoing: Outgoing) -> None:
    webpush(
        subscription_info={"endpoint": to.endpoint, "keys": {"p256dh": to.p256dh, "auth": to.auth}},
        data=payload(outgoing),
        vapid_private_key=_vapid(),
        vapid_claims={"sub": settings.VAPID_CONTACT or settings.PUBLIC_BASE_URL},
        ttl=int(handling_of(outgoing.purpose).validity.total_seconds()),
        timeout=_SECONDS,
        headers={"Urgency": "high"},
        requests_session=Straight(),
    )


def _classify(error: WebPushException) -> Outcome:
    status = error.status_code
    if status in {404, 410}:
        return rejected(PUSH_GONE)
    if status == 429 or (status or 0) >= 500:
        return not_sent("push_busy", _LATER)
    logger.error("A push was refused with status %s", status)
    return rejected("push_refused")


def _vapid() -> Vapid:
    return Vapid.from_string(settings.VAPID_PRIVATE_KEY)


def _url_safe(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
