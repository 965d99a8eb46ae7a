"""Calls: what is said, what a key does, and what a mailbox does not do."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from notifications.hooks import call_answered
from notifications.models import Message
from notifications.services import calls, dispatch, receipts
from tests.fakes import twilio as fakes
from tests.notifications.builders import NURSE, queue

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
SID = "CA" + "1" * 32


@pytest.fixture
def heard() -> Any:
    """What listeners are told of pressed keys."""
    told: list[tuple[uuid.UUID, str]] = []
    call_answered.connect(listen := lambda **one: told.append((one["message_id"], one["digits"])))
    yield told
    call_answered.disconnect(listen)


def press(message: Message, digits: str, now: datetime) -> str:
    return calls.next_turn(message_id=message.id, sid=SID, digits=digits, now=now).last_words


def state(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def test_call_is_placed_with_all_that_twilio_needs(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(channel="voice", now=now)

    dispatch.send_due(now=now)

    address = f"https://kin.example.org/hooks/twilio/{{}}/{message.id}/#rc=5&rp=all"
    form = twilio.call_forms[0]
    assert form == {
        "To": NURSE,
        "From": "+15555550100",
        "Url": address.format("voice"),
        "Method": "POST",
        "StatusCallback": address.format("status"),
        "StatusCallbackMethod": "POST",
        "StatusCallbackEvent": form["StatusCallbackEvent"],
        "Timeout": "25",
    }
    assert state(message) == "accepted"
    assert message.provider_sid == twilio.calls[0]["sid"]


def test_without_a_number_to_call_from_the_call_has_failed(
    twilio: fakes.Twilio, webhook_settings: Any, now: datetime
) -> None:
    webhook_settings.TWILIO_VOICE_FROM = ""
    message = queue(channel="voice", now=now)

    dispatch.send_due(now=now)

    assert (state(message), message.error_code, twilio.posts) == ("failed", "no_caller", 0)


@pytest.mark.parametrize("fault", ["500 after accept", "reset after accept", "hang after accept"])
def test_call_whose_answer_is_lost_is_found_and_not_placed_again(
    twilio: fakes.Twilio, now: datetime, fault: str
) -> None:
    twilio.faults = [fault]
    message = queue(channel="voice", now=now)

    dispatch.send_due(now=now)
    assert state(message) == "unknown"
    dispatch.send_due(now=now + 2 * SECOND)

    assert (state(message), len(twilio.calls)) == ("accepted", 1)


def test_call_that_never_left_is_placed_again(twilio: fakes.Twilio, now: datetime) -> None:
    twilio.faults = ["500"]
    message = queue(channel="voice", now=now)

    dispatch.send_due(now=now)
    dispatch.send_due(now=now + 2 * SECOND)

    assert (state(message), len(twilio.calls)) == ("accepted", 1)


@pytest.mark.parametrize("digits", ["1", "2", "9", "#"])
def test_key_proves_that_a_person_heard(now: datetime, heard: Any, digits: str) -> None:
    message = queue(channel="voice", now=now)

    words = press(message, digits, now)

    assert words == "Thank you. Open the console for more."
    assert (state(message), message.provider_sid) == ("delivered", SID)
    assert heard == [(message.id, digits)]


def test_call_that_was_completed_proves_nothing(now: datetime, heard: Any) -> None:
    message = queue(channel="voice", now=now)

    for status in ("initiated", "ringing", "in-progress", "completed"):
        receipts.record(message_id=message.id, sid=SID, status=status, error_code="", now=now)

    assert (state(message), heard) == ("sent", [])


def test_repeated_request_is_answered_the_same_and_stored_once(now: datetime, heard: Any) -> None:
    message = queue(channel="voice", now=now)

    assert press(message, "1", now) == press(message, "1", now)

    assert message.events.filter(source="provider").count() == 1
    assert heard == [(message.id, "1")] * 2


def test_key_counts_after_the_call_was_reported_as_over(now: datetime) -> None:
    message = queue(channel="voice", now=now)
    receipts.record(message_id=message.id, sid=SID, status="no-answer", error_code="", now=now)

    press(message, "1", now)
    receipts.record(message_id=message.id, sid=SID, status="completed", error_code="", now=now)

    assert state(message) == "delivered"


def test_listener_that_fails_is_not_taken_for_done(now: datetime) -> None:
    def listen(**told: Any) -> str:
        raise ValueError

    message = queue(channel="voice", now=now)
    call_answered.connect(listen)
    words = press(message, "1", now)
    call_answered.disconnect(listen)

    assert words == "That did not work. Open the console now."


def test_text_cannot_be_answered_with_a_key(now: datetime, heard: Any) -> None:
    message = queue(now=now)

    words = press(message, "1", now)

    assert words.startswith("Nobody answers calls to this number.")
    assert (state(message), heard) == ("pending", [])
