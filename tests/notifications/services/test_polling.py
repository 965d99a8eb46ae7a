"""Messages whose last callback was lost."""

from datetime import datetime, timedelta

import pytest

from notifications.models import Message
from notifications.services import dispatch, polling
from tests.fakes import twilio as fakes
from tests.notifications.builders import queue

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def states() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("created_at").values_list("state", "error_code"))


def test_text_and_call_are_asked_about_after_an_hour(twilio: fakes.Twilio, now: datetime) -> None:
    queue(now=now)
    queue(channel="voice", now=now + timedelta(seconds=1))
    dispatch.send_due(now=now + timedelta(seconds=1))
    twilio.texts[0].update(status="undelivered", error_code=30003)
    twilio.calls[0].update(status="no-answer")

    assert polling.poll_provider(now=now + timedelta(minutes=59)) == 0
    assert polling.poll_provider(now=now + 2 * HOUR) == 2

    assert states() == [("failed", "30003"), ("failed", "")]


def test_what_stays_as_it_is_is_asked_about_once(twilio: fakes.Twilio, now: datetime) -> None:
    queue(now=now)
    dispatch.send_due(now=now)
    twilio.texts[0].update(status="sent")

    assert [polling.poll_provider(now=now + HOUR), polling.poll_provider(now=now + 2 * HOUR)] == [1, 0]
    assert states() == [("sent", "")]


def test_no_answer_is_asked_for_again(twilio: fakes.Twilio, now: datetime) -> None:
    for _ in range(2):
        queue(now=now)
    dispatch.send_due(now=now)
    twilio.list_faults = ["500"]

    assert [polling.poll_provider(now=now + HOUR), polling.poll_provider(now=now + HOUR)] == [0, 2]


def test_final_and_old_messages_are_left_alone(twilio: fakes.Twilio, now: datetime) -> None:
    queue(now=now)
    dispatch.send_due(now=now)

    assert polling.poll_provider(now=now + timedelta(hours=25)) == 0

    Message.objects.update(state="delivered")
    assert polling.poll_provider(now=now + HOUR) == 0
    assert twilio.lists == []


def test_demo_asks_nobody(now: datetime) -> None:
    queue(now=now)
    dispatch.send_due(now=now)
    Message.objects.update(state="sent")

    assert polling.poll_provider(now=now + HOUR) == 0
