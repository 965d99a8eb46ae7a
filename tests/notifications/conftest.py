"""The fake Twilio, with the settings that lead the real SDK to it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from config import env
from tests.fakes import smtp
from tests.fakes import twilio as fakes


@pytest.fixture
def now() -> datetime:
    """The present: the fake stamps its texts with the real clock."""
    return datetime.now(tz=UTC)


@pytest.fixture
def webhook_settings(settings: Any) -> Any:
    """A configured account; nothing is sent."""
    settings.TWILIO_ACCOUNT_SID = fakes.ACCOUNT
    settings.TWILIO_AUTH_TOKEN = fakes.TOKEN
    settings.TWILIO_AUTH_TOKEN_OLD = ""
    settings.TWILIO_MESSAGING_SERVICES = fakes.SERVICES
    settings.TWILIO_VOICE_FROM = "+15555550100"
    settings.PUBLIC_BASE_URL = "https://kin.example.org"
    return settings


@pytest.fixture
def twilio(webhook_settings: Any) -> Iterator[fakes.Twilio]:
    """The real provider against a fake account."""
    with fakes.running() as fake:
        webhook_settings.MESSAGE_PROVIDER = "twilio"
        webhook_settings.TWILIO_API_BASE = fake.url
        webhook_settings.TWILIO_TIMEOUT_SECONDS = 1
        yield fake
        assert fake.problems == [], "the fake or a request of ours is not as Twilio describes it"


@pytest.fixture
def mail(settings: Any) -> Iterator[smtp.MailServer]:
    """The real way by SMTP, to a server on this machine."""
    with smtp.running() as fake:
        settings.EMAIL_SERVER = env.email_server(fake.url)
        settings.EMAIL_FROM = "kinwatch@kin.example.org"
        yield fake
        assert fake.problems == [], "an e-mail or a command of ours is not as the standard has it"
