"""Real dialogues with a mail server on this machine: what each of its answers proves."""

import socket
import time
import uuid

import pytest

from config import env
from notifications.providers import smtp as provider
from notifications.providers.base import Outgoing, Result
from notifications.providers.smtp import SmtpProvider
from tests.fakes import smtp as fakes

BODY = "River Line: someone needs your answer now. Code 4821. Sign in: https://kin.example.org/console/"


@pytest.fixture(autouse=True)
def _address(settings):
    settings.PUBLIC_BASE_URL = "https://kin.example.org"


def outgoing(to: str = "ana@clinic.example", body: str = BODY) -> Outgoing:
    return Outgoing(uuid.UUID(int=5), to, body, "page", "paging", "email")


def test_email_says_who_it_is_from_what_it_is_about_and_where_to_answer(mail):
    outcome = SmtpProvider().send(outgoing())

    assert (outcome.result, outcome.state) == (Result.ACCEPTED, "accepted")
    [kept] = mail.kept
    assert (kept.sender, kept.to) == ("kinwatch@kin.example.org", ("ana@clinic.example",))
    assert kept.email["Subject"] == "River Line: someone needs your answer now"
    assert kept.email["Message-ID"] == f"<{uuid.UUID(int=5)}@kin.example.org>"
    assert kept.email["Auto-Submitted"] == "auto-generated"
    assert kept.text.strip() == BODY


def test_every_language_arrives_as_it_was_written(mail):
    for body in (
        "诊所：现在需要您回应。",
        "العيادة: شخص يحتاج إلى ردك الآن.",
        "Línea: alguien necesita su respuesta.",
    ):
        SmtpProvider().send(outgoing(body=body))
        assert mail.kept[-1].text.strip() == body


@pytest.mark.parametrize(
    ("fault", "result", "code", "kept"),
    [
        ("421", Result.NOT_SENT, "smtp_unreachable", 0),
        ("554", Result.NOT_SENT, "smtp_unreachable", 0),
        ("cut", Result.NOT_SENT, "smtp_unreachable", 0),
        ("sender 550", Result.REJECTED, "smtp_refused", 0),
        ("rcpt 450", Result.NOT_SENT, "smtp_busy", 0),
        ("rcpt 550", Result.REJECTED, "smtp_refused", 0),
        ("data 451", Result.NOT_SENT, "smtp_busy", 0),
        ("data 554", Result.REJECTED, "smtp_refused", 0),
        ("cut in data", Result.UNKNOWN, "smtp_lost", 0),
        ("cut after accept", Result.UNKNOWN, "smtp_lost", 1),
        ("cut at goodbye", Result.ACCEPTED, "", 1),
    ],
)
def test_what_an_answer_proves(mail, fault, result, code, kept):
    mail.faults = [fault]

    outcome = SmtpProvider().send(outgoing())

    assert (outcome.result, outcome.error_code, len(mail.kept)) == (result, code, kept)


@pytest.mark.parametrize(
    ("fault", "result"),
    [("hang", Result.NOT_SENT), ("hang after data", Result.UNKNOWN), ("drip", Result.NOT_SENT)],
)
def test_server_that_hangs_or_drips_holds_nobody(mail, monkeypatch, fault, result):
    """A byte a second never trips a limit on single reads; the dialogue as a whole has an end."""
    monkeypatch.setattr(provider, "_SECONDS", 1.5)
    monkeypatch.setattr(provider, "_CONNECT_SECONDS", 1.0)
    mail.faults = [fault]

    outcome = SmtpProvider().send(outgoing())

    assert (outcome.result, mail.kept) == (result, [])
    assert mail.dripped < len("220 "), "given up within the greeting"


def test_nobody_listens(settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_SERVER = env.email_server(f"smtp://127.0.0.1:{closed.getsockname()[1]}")

        assert SmtpProvider().send(outgoing()).result is Result.NOT_SENT


def test_sign_in(mail, settings, caplog):
    mail.user, mail.password = "kin", "s3cret/word"
    settings.EMAIL_SERVER = env.email_server(f"smtp://kin:s3cret%2Fword@127.0.0.1:{mail.port}")
    mail.faults = ["", "sign-in"]

    assert SmtpProvider().send(outgoing()).result is Result.ACCEPTED
    refused = SmtpProvider().send(outgoing())

    assert (refused.result, refused.error_code) == (Result.NOT_SENT, "smtp_sign_in")
    assert "refused our sign-in" in caplog.text
    assert "s3cret" not in caplog.text and "ana@" not in caplog.text


def test_encryption_that_the_server_does_not_offer_is_not_gone_without(mail, settings):
    settings.EMAIL_SERVER = env.email_server(f"smtp+tls://127.0.0.1:{mail.port}")

    assert SmtpProvider().send(outgoing()).result is Result.NOT_SENT
    assert mail.kept == []


@pytest.mark.parametrize("to", ["ana@clinic.example\nBcc: all@clinic.example", "not an address"])
def test_address_that_is_none_reaches_nobody_else(mail, to):
    assert SmtpProvider().send(outgoing(to=to)).result is Result.REJECTED
    assert mail.kept == []
    mail.problems.clear()


def test_without_a_server_nothing_is_said_to_be_sent(settings):
    settings.EMAIL_SERVER = None

    assert SmtpProvider().send(outgoing()).result is Result.REJECTED


def test_fake_names_what_is_against_the_standard():
    with fakes.running() as mail, socket.create_connection(("127.0.0.1", mail.port)) as peer:
        peer.sendall(
            b"MAIL FROM:<a@b.example>\r\nEHLO\r\nRCPT TO:<x@y.example>\r\nDATA\r\nnonsense\nQUIT\r\n"
        )
        deadline = time.monotonic() + 10
        while len(mail.problems) < 5 and time.monotonic() < deadline:
            time.sleep(0.01)

    assert len(mail.problems) == 5
