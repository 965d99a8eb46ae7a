"""What a worker finds out when it comes late: callbacks and other workers were faster."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from notifications.models import Message
from notifications.providers.base import Outcome, accepted, not_sent, rejected, unknown
from notifications.services import dispatch, outbox, receipts, send_results
from tests.fakes import twilio as fakes
from tests.notifications.builders import queue

pytestmark = pytest.mark.django_db

SID = "SM" + "1" * 32
SECOND = timedelta(seconds=1)


@pytest.fixture
def held(now: datetime) -> Message:
    """A page in the hands of a worker that waits for its answer."""
    message = queue(now=now)
    lease = {"lease_until": now + 30 * SECOND, "due_at": now + 30 * SECOND}
    Message.objects.update(state="sending", attempts=1, attempted_at=now, **lease)
    message.refresh_from_db()
    return message


@pytest.mark.parametrize("outcome", [accepted(SID), unknown("20500"), not_sent("20429"), rejected("21211")])
def test_callback_that_came_first_is_not_undone(held: Message, now: datetime, outcome: Outcome) -> None:
    receipts.record(message_id=held.id, sid=SID, status="delivered", error_code="", now=now)

    send_results.store(message=held, outcome=outcome, now=now)

    held.refresh_from_db()
    assert (held.state, held.provider_sid, held.error_code, held.due_at) == ("delivered", SID, "", None)


def test_failure_that_a_callback_told_first_keeps_its_code(held: Message, now: datetime) -> None:
    receipts.record(message_id=held.id, sid=SID, status="undelivered", error_code="30003", now=now)

    send_results.store(message=held, outcome=accepted(SID), now=now)

    held.refresh_from_db()
    assert (held.state, held.error_code) == ("failed", "30003")


@pytest.mark.parametrize("outcome", [unknown(), not_sent(), rejected("21211")])
def test_worker_that_was_given_up_does_not_speak_for_the_next_try(
    held: Message, now: datetime, outcome: Outcome
) -> None:
    Message.objects.update(state="unknown", attempts=2)

    send_results.store(message=held, outcome=outcome, now=now)

    held.refresh_from_db()
    assert (held.state, held.attempts, held.lease_until) == ("unknown", 2, now + 30 * SECOND)


def test_worker_that_was_given_up_may_still_tell_that_it_left(held: Message, now: datetime) -> None:
    Message.objects.update(state="unknown", attempts=2)

    send_results.store(message=held, outcome=accepted(SID), now=now)

    held.refresh_from_db()
    assert (held.state, held.provider_sid) == ("accepted", SID)


def test_nothing_is_given_up_that_a_callback_has_settled(held: Message, now: datetime) -> None:
    receipts.record(message_id=held.id, sid=SID, status="sent", error_code="", now=now)

    send_results.look_again_or_give_up(message=held, now=now + timedelta(hours=1))

    held.refresh_from_db()
    assert (held.state, held.error_code) == ("sent", "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["sent", "acknowledged"])
def test_page_is_not_repeated_when_it_is_settled_during_the_look(
    twilio: fakes.Twilio, held: Message, now: datetime, end: str
) -> None:
    Message.objects.update(state="unknown", lease_until=None, due_at=now)

    def meanwhile() -> None:
        if end == "sent":
            receipts.record(message_id=held.id, sid=SID, status="sent", error_code="", now=now)
        else:
            outbox.cancel(message_id=held.id, now=now)
        connection.close()

    twilio.during_list = meanwhile

    dispatch.send_due(now=now)

    held.refresh_from_db()
    assert (held.state, twilio.posts) == ("sent" if end == "sent" else "unknown", 0)
