import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery import Celery, current_app
from django.db import transaction

from config.settings.jobs import broker
from notifications.hooks import message_state_changed
from notifications.models import Message, MessageEvent
from notifications.services import outbox
from tests.notifications.builders import NURSE, queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead_broker() -> Iterator[None]:
    """Celery points at a port where nobody listens."""
    address = "redis://127.0.0.1:1/0"
    broken = Celery("broken", broker=address, set_as_current=False)
    broken.conf.broker_transport_options = broker(address)["options"]
    before = current_app._get_current_object()
    broken.set_current()
    yield
    before.set_current()


def test_queued_text_waits_with_all_that_sending_needs(now: datetime) -> None:
    message = queue(purpose="page", now=now, dedupe_key="page:1", language="es")

    stored = Message.objects.get()
    assert stored == message
    assert (stored.to, stored.state, stored.priority, stored.language) == (NURSE, "pending", 0, "es")
    assert (stored.due_at, stored.expires_at) == (now, now + timedelta(hours=1))
    assert [event.status for event in MessageEvent.objects.all()] == ["pending"]


def test_same_key_gives_the_first_row(now: datetime) -> None:
    first = queue(now=now, dedupe_key="page:1", body="One")
    second = queue(now=now + timedelta(minutes=1), dedupe_key="page:1", body="Two")

    assert first == second
    assert [message.body for message in Message.objects.all()] == ["One"]
    assert MessageEvent.objects.count() == 1


def test_text_for_later_is_due_later_and_lasts_from_then(now: datetime) -> None:
    later = now + timedelta(hours=3)

    message = queue(purpose="reminder", now=now, not_before=later)

    assert (message.due_at, message.expires_at) == (later, later + timedelta(hours=1))


def test_caller_names_the_end(now: datetime) -> None:
    end = now + timedelta(minutes=7)

    assert queue(now=now, expires_at=end).expires_at == end


def test_row_dies_with_the_transaction_of_its_cause(now: datetime) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue(now=now)
        raise ZeroDivisionError

    assert not Message.objects.exists()


@pytest.mark.parametrize(("minutes", "nudges"), [(None, 1), (0, 1), (5, 0)])
def test_worker_is_nudged_after_commit_for_what_is_due(
    django_capture_on_commit_callbacks: Any, now: datetime, minutes: int | None, nudges: int
) -> None:
    not_before = None if minutes is None else now + timedelta(minutes=minutes)

    with django_capture_on_commit_callbacks() as callbacks:
        queue(now=now, not_before=not_before)

    assert len(callbacks) == nudges


def test_reminders_of_an_evening_do_not_queue_up_before_a_report(
    django_capture_on_commit_callbacks: Any, now: datetime
) -> None:
    """Hundreds are due at one moment; the tick sends them, and stops early when the provider hangs."""
    with django_capture_on_commit_callbacks() as callbacks:
        queue(purpose="reminder", now=now)

    assert callbacks == []


@pytest.mark.usefixtures("dead_broker")
def test_dead_broker_costs_nothing(
    django_capture_on_commit_callbacks: Any, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        message = queue(now=now)

    assert list(Message.objects.all()) == [message]
    assert [record.getMessage() for record in caplog.records] == ["broker unreachable, the tick will do it"]


@pytest.mark.tells_of_health
def test_word_about_health_is_noticed_without_being_repeated(
    now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    queue(now=now, body="River Oncology: open the console.")

    assert [record.getMessage() for record in caplog.records] == [
        "A text of purpose page holds a word about health"
    ]


def test_unknown_purpose_is_refused(now: datetime) -> None:
    with pytest.raises(ValueError, match="poem"):
        outbox.queue(
            to=NURSE, body="…", purpose="poem", dedupe_key="1", service="paging", expires_at=None, now=now
        )


def test_waiting_text_is_taken_back(django_capture_on_commit_callbacks: Any, now: datetime) -> None:
    heard: list[dict[str, Any]] = []
    message_state_changed.connect(listen := lambda **told: heard.append(told))
    message = queue(now=now)

    with django_capture_on_commit_callbacks(execute=True):
        taken_back = outbox.cancel(message_id=message.id, now=now)
    message_state_changed.disconnect(listen)

    message.refresh_from_db()
    assert taken_back
    assert (message.state, message.due_at, message.error_code) == ("suppressed", None, "cancelled")
    assert [(told["message_id"], told["state"], told["error_code"]) for told in heard] == [
        (message.id, "suppressed", "cancelled")
    ]


def test_text_that_may_have_left_is_only_never_repeated(now: datetime) -> None:
    message = queue(now=now)
    Message.objects.update(state="unknown", attempts=1, attempted_at=now)

    assert not outbox.cancel(message_id=message.id, now=now)

    message.refresh_from_db()
    assert (message.state, message.expires_at) == ("unknown", now)


def test_delivered_text_stays_as_it_is(now: datetime) -> None:
    message = queue(now=now)
    Message.objects.update(state="delivered", due_at=None)

    assert not outbox.cancel(message_id=message.id, now=now)

    message.refresh_from_db()
    assert message.expires_at > now


def test_no_such_text_is_no_error(now: datetime) -> None:
    assert outbox.cancel(message_id=uuid.uuid4(), now=now) is False


def test_what_waits_under_a_key_goes_to_another_number_and_nothing_else(now: datetime) -> None:
    old, new = str(NURSE), "+16175550166"
    keys = ("reminder:1", "reminder:1:again", "reminder:12", "reminder:2")
    rows = {key: queue(now=now, to=old, dedupe_key=key) for key in keys}
    Message.objects.filter(pk=rows["reminder:1:again"].pk).update(lease_until=now)
    queue(now=now, to="+16175550167", dedupe_key="reminder:1:x")

    assert outbox.redirect_keyed(prefix="reminder:1", old=old, to=new, now=now) == 1

    assert list(Message.objects.filter(to=new).values_list("dedupe_key", flat=True)) == ["reminder:1"]
