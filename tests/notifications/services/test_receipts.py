import logging
import uuid
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.hooks import message_state_changed
from notifications.models import Message, MessageEvent, OptOut
from notifications.services import dispatch, receipts
from tests.examples import examples
from tests.fakes import twilio as fakes
from tests.notifications.builders import FAMILY, queue

pytestmark = pytest.mark.django_db

SID = "SM" + "1" * 32


@pytest.fixture
def accepted(now: datetime) -> Message:
    """A page that the provider has taken."""
    message = queue(now=now)
    Message.objects.update(state="accepted", due_at=None, provider_sid=SID)
    return message


def tell(message: Message, now: datetime, status: str, error_code: str = "", sid: str = SID) -> bool:
    told = receipts.record(message_id=message.id, sid=sid, status=status, error_code=error_code, now=now)
    message.refresh_from_db()
    return told


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_every_order_of_callbacks_ends_delivered(
    accepted: Message, now: datetime, order: tuple[str, ...]
) -> None:
    for status in order:
        tell(accepted, now, status)

    assert accepted.state == "delivered"
    assert MessageEvent.objects.filter(source="provider").count() == 3


@settings(
    max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.sampled_from(
            [("queued", ""), ("sending", ""), ("sent", ""), ("undelivered", "30003"), ("failed", "30008")]
        ),
        min_size=1,
        max_size=5,
    ),
    st.randoms(use_true_random=False),
)
def test_order_and_repeats_do_not_matter(now: datetime, told: list[tuple[str, str]], random: Any) -> None:
    straight, shuffled = queue(now=now), queue(now=now)
    mixed = told * 2
    random.shuffle(mixed)

    for status, code in told:
        tell(straight, now, status, code)
    for status, code in mixed:
        tell(shuffled, now, status, code)

    assert straight.state == shuffled.state


def test_repeated_callback_is_stored_once(accepted: Message, now: datetime) -> None:
    assert [tell(accepted, now, "sent"), tell(accepted, now, "sent")] == [True, False]

    assert MessageEvent.objects.filter(source="provider").count() == 1
    assert accepted.state == "sent"


def test_failure_keeps_its_code(accepted: Message, now: datetime) -> None:
    tell(accepted, now, "sent")
    tell(accepted, now, "undelivered", "30003")
    tell(accepted, now, "sent", "30008")

    assert (accepted.state, accepted.error_code) == ("failed", "30003")


def test_copy_that_arrives_outweighs_one_that_failed(accepted: Message, now: datetime) -> None:
    tell(accepted, now, "undelivered", "30003", sid="SM" + "2" * 32)
    tell(accepted, now, "delivered")

    assert (accepted.state, accepted.error_code, accepted.provider_sid) == ("delivered", "", SID)


def test_message_that_is_not_here_is_no_error(now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    unknown = uuid.uuid4()

    assert receipts.record(message_id=unknown, sid=SID, status="sent", error_code="", now=now) is False

    assert [record.getMessage() for record in caplog.records] == [
        f"A callback came for message {unknown}, which is not here"
    ]
    assert not MessageEvent.objects.exists()


def test_status_that_nobody_knows_is_stored_and_changes_nothing(
    accepted: Message, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    assert tell(accepted, now, "teleported") is True

    assert accepted.state == "accepted"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_carriers_stop_in_a_callback_is_remembered(now: datetime) -> None:
    message = queue(purpose="reminder", now=now)

    tell(message, now, "failed", "21610")

    assert [(o.phone, o.service, o.source) for o in OptOut.objects.all()] == [
        (FAMILY, "reminders", "carrier")
    ]


def test_code_that_asks_for_somebody_is_logged_as_an_error(
    accepted: Message,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tell(accepted, now, "undelivered", "30007")

    assert [record.getMessage() for record in caplog.records] == [
        "A message of purpose page failed with code 30007"
    ]


def test_listeners_hear_of_each_new_state_after_the_commit(
    django_capture_on_commit_callbacks: Any, accepted: Message, now: datetime
) -> None:
    heard: list[tuple[Any, ...]] = []

    def listen(**told: Any) -> None:
        heard.append((told["message_id"], told["purpose"], told["state"], told["error_code"], told["now"]))

    def broken(**told: Any) -> None:
        raise ZeroDivisionError

    message_state_changed.connect(broken)
    message_state_changed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        tell(accepted, now, "sent")
        tell(accepted, now, "queued")
        tell(accepted, now, "undelivered", "30006")
        assert heard == []
    message_state_changed.disconnect(broken)
    message_state_changed.disconnect(listen)

    assert heard == [
        (accepted.id, "page", "sent", "", now),
        (accepted.id, "page", "failed", "30006", now),
    ]


def test_callback_settles_a_text_whose_answer_was_lost(twilio: fakes.Twilio, now: datetime) -> None:
    twilio.faults = ["500 after accept"]
    message = queue(now=now)
    dispatch.send_due(now=now)

    tell(message, now, "sent", sid=twilio.texts[0]["sid"])

    assert (message.state, message.due_at, message.provider_sid) == ("sent", None, twilio.texts[0]["sid"])
    assert dispatch.send_due(now=now.replace(year=2027)) == 0
