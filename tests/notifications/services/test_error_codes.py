"""The golden table: what every code leads to, refused at once or told later (docs/messages.md)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from notifications.hooks import message_state_changed
from notifications.models import Message, OptOut, PhoneTrouble, SenderHold
from notifications.rules.errors import ACTIONS
from notifications.services import dispatch, outbox, receipts
from tests.fakes import twilio as fakes
from tests.notifications.builders import FAMILY, queue

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NEVER = None

# code: state, retried after seconds, opted out, problem of the task, alarm, number takes no texts
REFUSED = {
    "20003": ("sending", 60, False, "", True, False),
    "20005": ("sending", 60, False, "", True, False),
    "20404": ("sending", 60, False, "", True, False),
    "20429": ("sending", 1, False, "", False, False),
    "21211": ("failed", NEVER, False, "bad_number", False, True),
    "21408": ("failed", NEVER, False, "bad_number", False, True),
    "21603": ("sending", 60, False, "", True, False),
    "21610": ("failed", NEVER, True, "opted_out", False, False),
    "21611": ("sending", 1, False, "", False, False),
    "21612": ("failed", NEVER, False, "bad_number", False, True),
    "21614": ("failed", NEVER, False, "bad_number", False, True),
    "21703": ("sending", 60, False, "", True, False),
    "99999": ("failed", NEVER, False, "", True, False),
}

# code: tried again after minutes, opted out, problem of the task once nothing more is tried, alarm,
#       number takes no texts, sender held
TOLD_LATER = {
    "14107": (NEVER, False, "", False, False, False),
    "21610": (NEVER, True, "opted_out", False, False, False),
    "30001": (1, False, "", False, False, False),
    "30002": (NEVER, False, "", True, False, True),
    "30003": (15, False, "unreachable", False, False, False),
    "30004": (NEVER, False, "blocked", False, False, False),
    "30005": (NEVER, False, "bad_number", False, False, False),
    "30006": (NEVER, False, "bad_number", False, True, False),
    "30007": (NEVER, False, "blocked", True, False, False),
    "30008": (1, False, "unreachable", False, False, False),
    "30034": (NEVER, False, "", True, False, True),
    "30039": (NEVER, False, "", False, False, False),
    "30410": (1, False, "unreachable", False, False, False),
    "30500": (1, False, "unreachable", False, False, False),
    "99999": (NEVER, False, "", True, False, False),
}


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What the clinic hears."""
    heard: list[dict[str, Any]] = []
    message_state_changed.connect(listen := lambda **one: heard.append(one))
    yield heard
    message_state_changed.disconnect(listen)


def tasks(told: list[dict[str, Any]]) -> str:
    return "".join(one["problem"] for one in told if one["task"])


def fail(message: Message, code: str, now: datetime, sid: str = "SM1") -> None:
    receipts.record(message_id=message.id, sid=sid, status="undelivered", error_code=code, now=now)


def test_every_code_stands_in_the_golden_table() -> None:
    assert {code for code in ACTIONS if code.isdigit()} | {"99999"} == set(REFUSED) | set(TOLD_LATER)


@pytest.mark.parametrize("code", REFUSED)
def test_refusal(
    twilio: fakes.Twilio,
    now: datetime,
    told: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,
    code: str,
) -> None:
    twilio.faults = [code]
    message = queue(purpose="reminder", now=now)

    with django_capture_on_commit_callbacks(execute=True):
        dispatch.send_due(now=now)

    message.refresh_from_db()
    retried = round((message.due_at - now).total_seconds()) if message.due_at else NEVER
    assert (
        message.state,
        retried,
        OptOut.objects.filter(phone=FAMILY, source="carrier").exists(),
        tasks(told),
        any(one["alarm"] for one in told),
        PhoneTrouble.objects.filter(phone=FAMILY, no_texts_at__isnull=False).exists(),
    ) == REFUSED[code]
    assert message.error_code == code


@pytest.mark.parametrize("code", TOLD_LATER)
def test_failure_reported_later(
    now: datetime, told: list[dict[str, Any]], django_capture_on_commit_callbacks: Any, code: str
) -> None:
    message = queue(purpose="reminder", now=now)
    dispatch.send_due(now=now)
    Message.objects.update(state="sent")

    with django_capture_on_commit_callbacks(execute=True):
        fail(message, code, now)
    again = Message.objects.exclude(pk=message.pk).first()
    planned = again.due_at if again else None
    if again:
        assert tasks(told) == ""
        Message.objects.filter(pk=again.pk).update(due_at=None)
        with django_capture_on_commit_callbacks(execute=True):
            fail(again, code, now, sid="SM2")

    message.refresh_from_db()
    assert (message.state, message.error_code, Message.objects.count()) == ("failed", code, 2 if again else 1)
    assert (
        round((planned - now) / MINUTE) if planned else NEVER,
        OptOut.objects.filter(phone=FAMILY, source="carrier").exists(),
        tasks(told),
        any(one["alarm"] for one in told),
        PhoneTrouble.objects.filter(phone=FAMILY, no_texts_at__isnull=False).exists(),
        SenderHold.objects.filter(service="reminders", until__gt=now).exists(),
    ) == TOLD_LATER[code]


@pytest.mark.parametrize(("purpose", "code"), [("page", "30003"), ("code", "30003"), ("reply", "30003")])
def test_what_is_urgent_is_not_tried_again_by_text(now: datetime, purpose: str, code: str) -> None:
    fail(queue(purpose=purpose, now=now), code, now)

    assert Message.objects.count() == 1


def test_new_try_that_would_come_too_late_is_not_planned(now: datetime) -> None:
    fail(queue(purpose="reminder", now=now, expires_at=now + 15 * MINUTE), "30003", now)

    assert Message.objects.count() == 1


def test_new_try_is_taken_back_with_the_reminder(now: datetime) -> None:
    message = queue(purpose="reminder", now=now)
    fail(message, "30003", now)

    assert outbox.cancel(message_id=message.id, now=now) is False

    dispatch.send_due(now=now + 20 * MINUTE)
    assert Message.objects.exclude(pk=message.pk).get().state == "suppressed"


def test_number_is_believed_to_be_gone_after_two_strikes(now: datetime) -> None:
    for number in range(2):
        dispatch.send_due(now=now)
        fail(queue(purpose="reminder", now=now), "30005", now, sid=f"SM{number}")
    reminder, code = queue(purpose="reminder", now=now), queue(purpose="code", now=now)

    dispatch.send_due(now=now)

    reminder.refresh_from_db()
    code.refresh_from_db()
    assert (reminder.state, reminder.error_code, code.state) == ("suppressed", "bad_number", "delivered")


def test_text_that_arrives_ends_the_trouble(now: datetime) -> None:
    fail(queue(purpose="reminder", now=now), "30006", now)

    receipts.record(
        message_id=queue(purpose="code", now=now).id, sid="SM9", status="delivered", error_code="", now=now
    )

    assert not PhoneTrouble.objects.exists()


def test_sender_that_is_shut_down_is_left_alone_but_for_what_is_urgent(now: datetime) -> None:
    fail(queue(purpose="page", now=now), "30034", now)
    for purpose in ("page", "reply"):
        queue(purpose=purpose, service="paging", to=FAMILY, now=now)

    dispatch.send_due(now=now)
    assert set(Message.objects.filter(to=FAMILY).values_list("purpose", "state")) == {
        ("page", "delivered"),
        ("reply", "pending"),
    }

    dispatch.send_due(now=now + 14 * MINUTE)
    assert Message.objects.get(purpose="reply").state == "pending"


@pytest.mark.parametrize("fault", ["500", "reset", "garbage"])
def test_lost_answer_alarms_nobody(
    twilio: fakes.Twilio,
    now: datetime,
    told: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,
    fault: str,
) -> None:
    twilio.faults = [fault]
    queue(now=now)

    with django_capture_on_commit_callbacks(execute=True):
        dispatch.send_due(now=now)

    assert [(one["state"], one["alarm"], one["task"]) for one in told] == [("unknown", False, False)]
