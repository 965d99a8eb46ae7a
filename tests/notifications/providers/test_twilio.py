"""What the SDK's exceptions prove, and what leaves and does not leave the process."""

import logging
import socket
import ssl
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured
from twilio.rest import Client

from notifications.providers.base import Outcome, Outgoing, Result
from notifications.providers.chosen import provider
from notifications.providers.console import ConsoleProvider
from notifications.providers.twilio import BoundedClient, TwilioProvider
from notifications.rules.states import State
from tests.fakes import twilio as fakes
from tests.fakes.vendor import VENDOR

CANARY = "+15555550163"


@contextmanager
def stranger(place: Path, *, certificate: bool) -> Iterator[int]:
    """A port that speaks TLS with a certificate of its own, or no TLS at all."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        context = self_signed(place) if certificate else None

        def serve() -> None:
            connected, _ = listening.accept()
            with connected, suppress(OSError):
                if context:
                    context.wrap_socket(connected, server_side=True).recv(1000)
                else:
                    connected.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


def self_signed(place: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(tz=UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, today, today + timedelta(days=1))
    pem = built.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (place / "both.pem").write_bytes(pem + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place / "both.pem")
    return context


def outgoing(purpose: str = "page", service: str = "paging") -> Outgoing:
    return Outgoing(uuid.uuid4(), CANARY, "Words of the canary", purpose, service)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("500", Outcome(Result.UNKNOWN, error_code="20500")),
        ("reset", Outcome(Result.UNKNOWN)),
        ("hang", Outcome(Result.UNKNOWN)),
        ("garbage", Outcome(Result.UNKNOWN)),
        ("no sid", Outcome(Result.UNKNOWN)),
        ("20429", Outcome(Result.NOT_SENT, error_code="20429", retry_after=timedelta(0))),
        ("20003", Outcome(Result.NOT_SENT, error_code="20003", retry_after=timedelta(minutes=1))),
        ("21211", Outcome(Result.REJECTED, error_code="21211")),
        ("21610", Outcome(Result.REJECTED, error_code="21610")),
        ("99999", Outcome(Result.REJECTED, error_code="99999")),
    ],
)
def test_outcome_of_each_fault(twilio: fakes.Twilio, fault: str, expected: Outcome) -> None:
    twilio.faults = [fault]

    assert TwilioProvider().send(outgoing()) == expected
    assert twilio.posts == 1


def test_refused_connection_proves_that_nothing_was_sent(webhook_settings: Any) -> None:
    webhook_settings.TWILIO_API_BASE = "http://127.0.0.1:1"

    assert TwilioProvider().send(outgoing()) == Outcome(Result.NOT_SENT, error_code="unreachable")


def test_name_that_does_not_resolve_proves_it_too(webhook_settings: Any) -> None:
    webhook_settings.TWILIO_API_BASE = "http://nowhere.invalid"

    assert TwilioProvider().send(outgoing()).result is Result.NOT_SENT


@pytest.mark.parametrize(("certificate", "result"), [(True, Result.NOT_SENT), (False, Result.UNKNOWN)])
def test_stranger_with_another_certificate_is_told_nothing(
    webhook_settings: Any, tmp_path: Path, certificate: bool, result: Result
) -> None:
    with stranger(tmp_path, certificate=certificate) as port:
        webhook_settings.TWILIO_API_BASE = f"https://127.0.0.1:{port}"

        assert TwilioProvider().send(outgoing()).result is result


def test_accepted_text_has_an_id(twilio: fakes.Twilio) -> None:
    outcome = TwilioProvider().send(outgoing())

    assert outcome == Outcome(Result.ACCEPTED, sid=twilio.texts[0]["sid"], state=State.ACCEPTED)


@pytest.mark.parametrize(
    ("purpose", "service", "seconds"),
    [("page", "paging", 300), ("code", "codes", 600), ("reminder", "reminders", 3600)],
)
def test_request_is_one_that_the_vendor_describes(
    twilio: fakes.Twilio, purpose: str, service: str, seconds: int
) -> None:
    TwilioProvider().send(outgoing(purpose, service))

    form: dict[str, Any] = {**twilio.forms[0], "ValidityPeriod": int(twilio.forms[0]["ValidityPeriod"])}
    jsonschema.validate(form, {**VENDOR["create"], "additionalProperties": False})
    assert (form["MessagingServiceSid"], form["ValidityPeriod"]) == (fakes.SERVICES[service], seconds)


@pytest.mark.parametrize("fault", ["", "500", "reset", "hang", "21211"])
def test_logs_hold_neither_number_nor_words(
    twilio: fakes.Twilio, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.INFO)
    twilio.faults, twilio.list_faults = [fault], [fault] if fault in {"500", "reset", "hang"} else []

    TwilioProvider().send(outgoing())
    TwilioProvider().find(outgoing(), since=datetime.now(tz=UTC), known=frozenset())

    written = "\n".join(f"{record.name} {record.getMessage()} {record.exc_text}" for record in caplog.records)
    assert [
        secret
        for secret in (CANARY, CANARY[1:], "%2B15555550163", "canary", fakes.TOKEN)
        if secret in written
    ] == []


def test_another_address_than_twilios_is_not_rebased(twilio: fakes.Twilio) -> None:
    client = Client(fakes.ACCOUNT, fakes.TOKEN, http_client=BoundedClient())

    with pytest.raises(ImproperlyConfigured):
        client.request("GET", "https://elsewhere.example.org/2010-04-01/Accounts.json")


def test_without_a_test_peer_the_address_is_twilios(
    webhook_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook_settings.TWILIO_API_BASE = ""
    # The name leads nowhere here; what is asked for shows in the error alone.
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")

    client = Client(fakes.ACCOUNT, fakes.TOKEN, http_client=BoundedClient())
    with pytest.raises(OSError, match=r"host='api\.twilio\.com'"):
        client.messages.list(limit=1)


def test_every_request_is_bounded(webhook_settings: Any) -> None:
    webhook_settings.TWILIO_TIMEOUT_SECONDS = 10

    assert BoundedClient().timeout == (3, 10)


@pytest.mark.parametrize(("name", "kind"), [("console", ConsoleProvider), ("twilio", TwilioProvider)])
def test_settings_choose_the_provider(settings: Any, name: str, kind: type) -> None:
    settings.MESSAGE_PROVIDER = name

    assert isinstance(provider(), kind)
