"""E-mail by SMTP (RFC 5321): the way to staff that does not hang on the phone provider."""

import io
import logging
import smtplib
import ssl
import time
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from notifications.providers.base import Outcome, Outgoing, Told, accepted, not_sent, rejected, unknown
from notifications.rules.emails import letter

logger = logging.getLogger(__name__)

# For a whole dialogue: a server that answers each command at the last moment must not hold a worker.
_SECONDS = 8.0
_CONNECT_SECONDS = 4.0
_OK = 250


class SmtpProvider:
    """Each message is a dialogue of its own. The Message-ID is our id, so that a repeat is known as one."""

    def send(self, outgoing: Outgoing) -> Outcome:
        if not settings.EMAIL_SERVER:
            return rejected("no_email")
        backend = _BoundedBackend(**settings.EMAIL_SERVER, fail_silently=False, timeout=_CONNECT_SECONDS)
        dialogue = backend.dialogue
        try:
            backend.send_messages([_email(outgoing)])
        except Exception as error:
            # What comes after the server has said yes, such as a lost goodbye, changes nothing.
            return accepted(f"email-{outgoing.id}") if dialogue.is_taken else _classify(error, dialogue)
        finally:
            if backend.connection is not None:
                backend.connection.close()
        return accepted(f"email-{outgoing.id}")

    def find(self, outgoing: Outgoing, *, since: datetime, known: frozenset[str]) -> Outcome:
        # A mail server keeps no list.
        return not_sent()

    def status(self, sid: str, channel: str) -> Told | None:
        return None


class _Dialogue:
    """How far the talk with the server has come, and when it must be over."""

    def __init__(self) -> None:
        self.ends_at = time.monotonic() + _SECONDS
        self.is_begun = False
        self.is_taken = False

    def seconds_left(self) -> float:
        """Never none at all: to a socket that would mean to wait for nothing."""
        return max(0.01, self.ends_at - time.monotonic())


class _BoundedReading(io.RawIOBase):
    """What the server says, each read within what is left: a byte a second does not begin the time anew."""

    def __init__(self, sock: Any, dialogue: _Dialogue) -> None:
        self._sock, self._dialogue = sock, dialogue

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._dialogue.seconds_left())
        return int(self._sock.recv_into(buffer))


class _Bounded:
    """Mixed into both of smtplib's clients: an end to the whole dialogue, and a note of how far it came."""

    dialogue: _Dialogue
    sock: Any
    file: Any

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            self.sock.settimeout(self.dialogue.seconds_left())
            # A new one after the connection or its encryption is new.
            if self.file is None:
                self.file = io.BufferedReader(_BoundedReading(self.sock, self.dialogue))
        return super().getreply()  # type: ignore[misc,no-any-return]

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.dialogue.is_begun = True
        code, answer = super().data(msg)  # type: ignore[misc]
        self.dialogue.is_taken = code == _OK
        return code, answer


class _BoundedBackend(EmailBackend):
    """Django's own, with a dialogue that ends."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.dialogue = _Dialogue()

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        base = super().connection_class
        return type("BoundedSMTP", (_Bounded, base), {"dialogue": self.dialogue})


def _email(outgoing: Outgoing) -> EmailMessage:
    text = letter(outgoing.body)
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    return EmailMessage(
        subject=text.subject or settings.PRODUCT_NAME,
        body=text.body,
        from_email=settings.EMAIL_FROM,
        to=[outgoing.to],
        # RFC 3834 keeps holiday answers away.
        headers={
            "Message-ID": f"<{outgoing.id}@{host}>",
            "Auto-Submitted": "auto-generated",
            "Importance": "high",
        },
    )


def _classify(error: Exception, dialogue: _Dialogue) -> Outcome:
    """What an error proves. Before the text was begun nothing went out; a code says whether to try again."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _by_code(next(iter(error.recipients.values()))[0])
    if isinstance(error, smtplib.SMTPAuthenticationError):
        logger.error("The mail server refused our sign-in with code %s", error.smtp_code)
        return not_sent("smtp_sign_in")
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return _by_code(error.smtp_code)
    if isinstance(error, smtplib.SMTPException | OSError | ssl.SSLError):
        logger.warning("An e-mail did not get through: %s", type(error).__name__)
        return unknown("smtp_lost") if dialogue.is_begun else not_sent("smtp_unreachable")
    # A header or an address that is none: it would be refused again.
    logger.error("An e-mail could not be written: %s", type(error).__name__)
    return rejected("smtp_unwritable")


def _by_code(code: int) -> Outcome:
    """5xx is for good, everything else for now (RFC 5321, 4.2.1)."""
    if 500 <= code < 600:
        logger.error("The mail server refused an e-mail with code %s", code)
        return rejected("smtp_refused")
    return not_sent("smtp_busy")
