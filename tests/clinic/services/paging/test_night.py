"""The table of docs/paging.md, line by line; KINWATCH_WRITE=1 writes it anew, for a person to read."""

import os
from datetime import datetime
from typing import Any

import pytest

from config import env
from tests.clinic.services.paging import night as nights
from tests.fakes import smtp
from tests.fakes import twilio as fakes

PAIRS = [(state, event) for state in nights.STATES for event in nights.EVENTS]
WRITES = os.environ.get("KINWATCH_WRITE") == "1"


@pytest.fixture
def night(settings: Any, now: datetime) -> Any:
    settings.MESSAGE_PROVIDER = "console"
    with fakes.running() as twilio, smtp.running() as mail:

        def fail() -> None:
            settings.MESSAGE_PROVIDER, settings.TWILIO_API_BASE = "twilio", twilio.url
            settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = fakes.ACCOUNT, fakes.TOKEN
            settings.TWILIO_MESSAGING_SERVICES = fakes.SERVICES
            settings.TWILIO_VOICE_FROM = "+15555550100"
            twilio.faults = ["500"] * 500
            settings.EMAIL_SERVER = env.email_server(mail.url)

        yield nights.Night(now=now, fail_provider=fail)


@pytest.fixture(scope="module")
def outcomes() -> Any:
    """In the order of the table; written when the last pair was played."""
    played: dict[tuple[str, str], str] = {}
    yield played
    if WRITES:
        nights.write(played)


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_what_comes_of_it_is_what_the_document_says(
    night: nights.Night, outcomes: dict[tuple[str, str], str], state: str, event: str
) -> None:
    found = nights.play(night, state, event)

    outcomes[state, event] = found
    assert nights.told_twice(night) == []
    assert WRITES or nights.line_of(state, event) == found
