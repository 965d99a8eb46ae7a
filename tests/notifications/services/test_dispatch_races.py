"""Several workers at once: one call to the provider for each row."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from notifications.models import Message, RouteTrouble
from notifications.rules.channels import OtherWay
from notifications.services import dispatch, outbox, receipts
from tests.fakes import smtp
from tests.fakes import twilio as fakes
from tests.notifications.builders import queue

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> None:
    """Run each call in its own thread, all from the same moment."""
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        start.wait()
        try:
            call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        for done in [threads.submit(run, call) for call in calls]:
            done.result()


def test_two_workers_drain_the_same_table(twilio: fakes.Twilio, now: datetime) -> None:
    numbers = [f"+155555502{number:02}" for number in range(12)]
    for number in numbers:
        queue(purpose="reminder", now=now, to=number)

    at_once(lambda: dispatch.send_due(now=now), lambda: dispatch.send_due(now=now))
    dispatch.send_due(now=now)

    assert sorted(form["To"] for form in twilio.forms) == numbers
    assert set(Message.objects.values_list("state", "attempts")) == {("accepted", 1)}


def test_many_workers_are_nudged_for_one_row(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(now=now)

    at_once(*[lambda: dispatch.send_message_if_due(message_id=message.id, now=now)] * 6)

    assert twilio.posts == 1


def test_two_workers_find_the_lease_of_a_dead_one(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(now=now)
    lease = now + timedelta(seconds=30)
    Message.objects.update(state="sending", attempts=1, attempted_at=now, lease_until=lease, due_at=lease)

    at_once(*[lambda: dispatch.send_message_if_due(message_id=message.id, now=lease)] * 4)

    assert twilio.posts == 1


def test_callbacks_at_once_end_in_the_highest_state(now: datetime) -> None:
    message = queue(now=now)
    Message.objects.update(state="accepted", due_at=None)

    def tell(status: str) -> Callable[[], object]:
        return lambda: receipts.record(
            message_id=message.id, sid="SM1", status=status, error_code="", now=now
        )

    at_once(tell("delivered"), tell("sent"), tell("queued"), tell("delivered"))

    message.refresh_from_db()
    assert message.state == "delivered"
    assert message.events.filter(source="provider").count() == 3


def test_many_workers_and_an_outage_make_one_email_of_each_page(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    RouteTrouble.objects.create(route="paging", failures=3, since=now, last_at=now, down_at=now)
    for number in range(6):
        way = OtherWay("Kinwatch: open the app.", (("email", f"nurse{number}@clinic.example"),))
        queue(now=now, to=f"+155555502{number:02}", other_way=way)

    at_once(*[lambda: dispatch.send_due(now=now)] * 4)
    dispatch.send_due(now=now)

    assert sorted(one.to[0] for one in mail.kept) == [f"nurse{number}@clinic.example" for number in range(6)]
    assert twilio.posts == 0
    states = set(Message.objects.values_list("channel", "state", "error_code", "due_at"))
    assert states == {("sms", "suppressed", "other_way", None), ("email", "accepted", "", None)}


def test_answer_meets_the_email_that_is_being_sent(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    """Taking back and settling lock the same rows: in one order, so none waits for the other for ever."""
    RouteTrouble.objects.create(route="paging", failures=3, since=now, last_at=now, down_at=now)
    messages = []
    for number in range(6):
        way = OtherWay("Kinwatch: open the app.", (("email", f"nurse{number}@clinic.example"),))
        messages.append(queue(now=now, to=f"+155555502{number:02}", other_way=way))

    def answer() -> None:
        for message in messages:
            outbox.cancel(message_id=message.id, now=now)

    at_once(lambda: dispatch.send_due(now=now), answer, lambda: dispatch.send_due(now=now))
    dispatch.send_due(now=now)

    assert twilio.posts == 0
    assert not Message.objects.filter(due_at__lte=now).exists()
