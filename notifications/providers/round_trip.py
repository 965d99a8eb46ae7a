"""Asks our own public address as Twilio would: by its name, through the proxy, signed."""

import uuid

import requests
from django.conf import settings
from django.urls import reverse

from notifications.providers import twilio

_PATIENCE_SECONDS = 10
_TAKEN = 204
_REFUSED = 403


def webhook_problems() -> list[tuple[str, str, str]]:
    """A code, what it is, what to do about it; nothing where a rightly signed callback is taken.

    It is about a message that was never there, so it changes nothing; /metrics counts it as unmatched.
    """
    address = settings.PUBLIC_BASE_URL + reverse("twilio_status", args=[uuid.uuid4()])
    form = {"MessageSid": f"SM{'0' * 32}", "MessageStatus": "sent", "AccountSid": settings.TWILIO_ACCOUNT_SID}
    try:
        answer = requests.post(
            address,
            form,
            headers={"X-Twilio-Signature": twilio.signature_of(address, form)},
            timeout=_PATIENCE_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        what = f"Our own public address cannot be reached: {type(error).__name__}."
        todo = "Check PUBLIC_BASE_URL, its name and certificate, and that the proxy lets /hooks/ in."
        return [("webhooks_unreachable", what, todo)]
    if answer.status_code == _TAKEN:
        return []
    if answer.status_code == _REFUSED:
        what = "What is rightly signed is refused at our public address: no receipt and no text comes in."
        todo = "Give the web processes the same PUBLIC_BASE_URL and TWILIO_AUTH_TOKEN as here."
        return [("webhooks_refused", what, todo)]
    what = f"Our public address answers a callback with {answer.status_code}: no receipt comes in."
    todo = "Have the proxy pass /hooks/ on to the web processes."
    return [("webhooks_unanswered", what, todo)]
