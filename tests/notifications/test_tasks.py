from datetime import datetime, timedelta
from typing import Any

import pytest
from celery import current_app

from notifications import tasks
from notifications.models import Message
from tests.notifications.builders import queue

pytestmark = pytest.mark.django_db


def test_task_sends_the_text_that_it_is_given(now: datetime) -> None:
    message, other = queue(now=now), queue(now=now)

    tasks.send_message(str(message.id))

    assert dict(Message.objects.values_list("pk", "state")) == {message.pk: "delivered", other.pk: "pending"}


def test_task_for_no_text_is_no_error() -> None:
    tasks.send_message("00000000-0000-4000-8000-000000000000")


def test_tick_sends_what_is_due(now: datetime) -> None:
    due, later = queue(now=now), queue(now=now, not_before=now + timedelta(hours=1))

    tasks.tick()

    assert dict(Message.objects.values_list("pk", "state")) == {due.pk: "delivered", later.pk: "pending"}


def test_nudge_names_a_task_that_exists_and_holds_only_an_id(
    django_capture_on_commit_callbacks: Any, now: datetime
) -> None:
    with current_app.connection_for_write().SimpleQueue("celery") as waiting:
        waiting.clear()
        with django_capture_on_commit_callbacks(execute=True):
            message = queue(now=now)
        received = waiting.get(timeout=5)
        received.ack()

    assert received.headers["task"] in current_app.tasks
    assert received.headers["task"] == "notifications.tasks.send_message"
    assert received.payload[:2] == [[str(message.id)], {}]
    assert message.to.encode() not in received.body
