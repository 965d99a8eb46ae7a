"""Twilio: hands texts over, looks for lost ones, and tells its webhooks from forgeries."""

import hmac
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import ConnectTimeout, SSLError
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from notifications.providers.base import Outcome, Outgoing, Told, accepted, not_sent, rejected, unknown
from notifications.rules import errors
from notifications.rules.channels import Channel
from notifications.rules.purposes import handling_of
from notifications.rules.states import State, from_call, from_provider

logger = logging.getLogger(__name__)

_CONNECT_SECONDS = 3
# How many of the recipient's newest texts are looked through for a lost one.
_LOOK_THROUGH = 50
# The list filters by the day of sending, and a text that waits at Twilio has none yet.
_DAY = timedelta(days=1)
# Shorter than most mailboxes wait before they answer.
_RING_SECONDS = 25


class BoundedClient(TwilioHttpClient):
    """Adds what the SDK lacks: a time limit on every request, and another address for test peers."""

    def __init__(self) -> None:
        super().__init__()
        # The SDK's own default waits for ever; requests takes (connect, read).
        self.timeout = (_CONNECT_SECONDS, settings.TWILIO_TIMEOUT_SECONDS)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, _rebased(url), *args, **kwargs)


class TwilioProvider:
    """Texts through the messaging service of the sender, so each has its own STOP; calls too."""

    def send(self, outgoing: Outgoing) -> Outcome:
        # Outside the try: a mistake of ours is to be seen, not taken for a lost answer.
        client = _client()
        call = outgoing.channel == Channel.VOICE
        if call and not (outgoing.caller or settings.TWILIO_VOICE_FROM):
            return rejected(errors.NO_CALLER)
        try:
            return _placed(_call(client, outgoing)) if call else _accepted(_text(client, outgoing))
        except Exception as error:
            return _classify(error)

    def find(self, outgoing: Outgoing, *, since: datetime, known: frozenset[str]) -> Outcome:
        client = _client()
        look = _find_call if outgoing.channel == Channel.VOICE else _find_text
        try:
            return look(client, outgoing, since, known)
        except Exception as error:
            logger.warning("Looking for a lost message failed: %s", type(error).__name__)
            return unknown()

    def status(self, sid: str, channel: str) -> Told | None:
        client = _client()
        try:
            if channel == Channel.VOICE:
                return Told(str(client.calls(sid).fetch().status))
            text = client.messages(sid).fetch()
        except Exception as error:
            logger.warning("Asking about a message failed: %s", type(error).__name__)
            return None
        return Told(str(text.status), str(text.error_code or ""))


def account_problems() -> list[tuple[str, str, str]]:
    """Ask the account whether it is active, has our messaging services, and our number to call from.

    A code, what it is, what to do about it; nothing is sent.
    """
    client = _client()
    try:
        status = str(client.api.accounts(settings.TWILIO_ACCOUNT_SID).fetch().status)
    except Exception as error:
        return [
            (
                "account_unknown",
                f"The account does not answer: {_word_for(error)}.",
                "Check the SID and token.",
            )
        ]
    problems = []
    if status != "active":
        problems.append(
            ("account_inactive", f"The account is {status}.", "Put it right in the Twilio console.")
        )
    for name, sid in settings.TWILIO_MESSAGING_SERVICES.items():
        try:
            if sid:
                problems += _inbound_problems(name, client.messaging.v1.services(sid).fetch())
        except Exception as error:
            what = f"The messaging service for {name} cannot be read: {_word_for(error)}."
            problems.append((f"service_unknown_{name}", what, "Check its SID."))
    try:
        number = settings.TWILIO_VOICE_FROM
        owned = client.incoming_phone_numbers.list(phone_number=number, limit=20) if number else []
        callers = [one for one in owned if one.phone_number == number]
        if number and not any(one.capabilities.get("voice") for one in callers):
            problems.append(
                (
                    "voice_number_unknown",
                    "The account has no such number that can call.",
                    "Check TWILIO_VOICE_FROM.",
                )
            )
    except Exception as error:
        what = f"The account's numbers cannot be read: {_word_for(error)}."
        problems.append(("numbers_unknown", what, "Try again."))
    return problems


def _inbound_problems(name: str, service: Any) -> list[tuple[str, str, str]]:
    """Whether texts to this service's numbers come to us: without them STOP and answers to pages are lost."""
    ours = settings.PUBLIC_BASE_URL + reverse("twilio_inbound")
    if service.inbound_request_url == ours and not service.use_inbound_webhook_on_number:
        return []
    return [
        (
            f"no_inbound_{name}",
            f"Texts to the numbers of the messaging service for {name} do not come here.",
            f"Twilio console → the service → Integration: send a webhook, POST {ours}.",
        )
    ]


def is_genuine(*, address: str, params: Mapping[str, Any] | str, signature: str) -> bool:
    """Whether Twilio signed this request with our token, the new or the old one.

    A JSON body is a string here; it counts only with its hash in the signed address, because the
    validator takes an empty form for any body.
    """
    if not signature or (isinstance(params, str) and "bodySHA256" not in parse_qs(urlsplit(address).query)):
        return False
    tokens = [t for t in (settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_OLD) if t]
    return any(_signed_with(token, address, params, signature) for token in tokens)


def signature_of(address: str, params: Mapping[str, str]) -> str:
    """What Twilio would write into X-Twilio-Signature."""
    return str(RequestValidator(settings.TWILIO_AUTH_TOKEN).compute_signature(address, params))


def is_ours(account_sid: str) -> bool:
    """Whether a webhook speaks of our account."""
    return bool(account_sid) and hmac.compare_digest(
        account_sid.encode(), settings.TWILIO_ACCOUNT_SID.encode()
    )


def service_of(messaging_service_sid: str) -> str | None:
    """Our name for a messaging service; None when it is not one of the three."""
    for name, sid in settings.TWILIO_MESSAGING_SERVICES.items():
        if sid and sid == messaging_service_sid:
            return str(name)
    return None


def _client() -> Client:
    return Client(
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_AUTH_TOKEN,
        http_client=BoundedClient(),
    )


def _rebased(url: str) -> str:
    """The same path at a test peer, where one is set; production settings refuse to."""
    if not settings.TWILIO_API_BASE:
        return url
    parts = urlsplit(url)
    if not (parts.hostname or "").endswith(".twilio.com"):
        raise ImproperlyConfigured("The SDK asked for an address that is not Twilio's.")
    return settings.TWILIO_API_BASE.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")


def _text(client: Client, outgoing: Outgoing) -> Any:
    return client.messages.create(
        to=outgoing.to,
        body=outgoing.body,
        messaging_service_sid=settings.TWILIO_MESSAGING_SERVICES[outgoing.service],
        status_callback=_address("twilio_status", outgoing),
        validity_period=int(handling_of(outgoing.purpose).validity.total_seconds()),
    )


def _call(client: Client, outgoing: Outgoing) -> Any:
    return client.calls.create(
        to=outgoing.to,
        from_=outgoing.caller or settings.TWILIO_VOICE_FROM,
        url=_address("twilio_voice", outgoing),
        method="POST",
        status_callback=_address("twilio_status", outgoing),
        status_callback_method="POST",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
        timeout=_RING_SECONDS,
    )


def _find_text(client: Client, outgoing: Outgoing, since: datetime, known: frozenset[str]) -> Outcome:
    listed = client.messages.list(to=outgoing.to, date_sent_after=since - _DAY, limit=_LOOK_THROUGH)
    for candidate in listed:
        if candidate.body == outgoing.body and candidate.sid not in known and _after(candidate, since):
            return _accepted(candidate)
    return not_sent()


def _find_call(client: Client, outgoing: Outgoing, since: datetime, known: frozenset[str]) -> Outcome:
    """A call has no words to know it by; one to the same number since then, which is no other's, is it.

    No filter by time: Twilio's goes by the start of the call, and one that still waits has none.
    """
    for candidate in client.calls.list(to=outgoing.to, limit=_LOOK_THROUGH):
        if candidate.sid not in known and _after(candidate, since):
            return _placed(candidate)
    return not_sent()


def _address(name: str, outgoing: Outgoing) -> str:
    """Carries our id, so a callback finds its row even when the answer to the send was lost.

    The fragment stays with Twilio: five retries, on every kind of failure.
    """
    # Only our own addresses, included at the root: paging must not need every page of the site to load.
    path = reverse(name, urlconf="notifications.urls", kwargs={"message_id": outgoing.id})
    return f"{settings.PUBLIC_BASE_URL}{path}#rc=5&rp=all"


def _accepted(message: Any) -> Outcome:
    if not message.sid:
        return unknown()
    return accepted(message.sid, from_provider(str(message.status)) or State.ACCEPTED)


def _placed(call: Any) -> Outcome:
    if not call.sid:
        return unknown()
    return accepted(call.sid, from_call(str(call.status)) or State.ACCEPTED)


def _after(candidate: Any, since: datetime) -> bool:
    """The creation time tells yesterday's text with the same words from this one; it has whole seconds."""
    return candidate.date_created is None or candidate.date_created >= since.replace(microsecond=0)


def _classify(error: Exception) -> Outcome:
    """What an exception of the SDK proves about the text, as measured against a faulty server.

    No answer, a cut answer and 5xx prove nothing. Only a connection that was never made, a refusal with
    a 4xx and 429 prove that nothing was sent.
    """
    if isinstance(error, TwilioRestException):
        return _classify_answer(error.status, str(error.code or error.status))
    if isinstance(error, ConnectTimeout) or _never_connected(error):
        return not_sent("unreachable")
    logger.warning("The answer to a send is lost: %s", type(error).__name__)
    return unknown()


def _classify_answer(status: int, code: str) -> Outcome:
    if status >= 500:
        return unknown(code)
    action = errors.action_for("20429" if status == 429 else code)
    if status == 401:
        action = errors.action_for("20003")
    if action.needs_operator:
        logger.error("Twilio refused a message with code %s", code)
    if action.retry_after is not None:
        return not_sent(code, action.retry_after)
    return rejected(code)


def _word_for(error: Exception) -> str:
    """A code or a kind, because the SDK's own words quote the account."""
    return str(error.code or error.status) if isinstance(error, TwilioRestException) else type(error).__name__


def _never_connected(error: Exception) -> bool:
    """No connection, or one to a stranger: a certificate is checked before the first byte of a request."""
    if isinstance(error, SSLError):
        return "CERTIFICATE_VERIFY_FAILED" in str(error)
    if not isinstance(error, RequestsConnectionError) or not error.args:
        return False
    return isinstance(getattr(error.args[0], "reason", None), NewConnectionError)


def _signed_with(token: str, address: str, params: Mapping[str, Any] | str, signature: str) -> bool:
    try:
        return bool(RequestValidator(token).validate(address, params, signature))
    except Exception:
        # Whatever a forger made the validator trip over, it is not a signature.
        logger.warning("A webhook signature could not be checked", exc_info=False)
        return False
