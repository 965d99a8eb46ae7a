"""Who gets a text, when, and how often: with the real SDK against the fake account."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from notifications.models import Message, OptOut
from notifications.services import dispatch, outbox
from tests.fakes import twilio as fakes
from tests.notifications.builders import FAMILY, NURSE, queue

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def reload(message: Message) -> Message:
    message.refresh_from_db()
    return message


def test_due_text_is_handed_over_with_all_that_twilio_needs(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(purpose="reminder", now=now, body="Time for the check-in.")

    assert dispatch.send_due(now=now) == 1

    assert twilio.forms == [
        {
            "To": FAMILY,
            "Body": "Time for the check-in.",
            "MessagingServiceSid": fakes.SERVICES["reminders"],
            "StatusCallback": f"https://kin.example.org/hooks/twilio/status/{message.id}/#rc=5&rp=all",
            "ValidityPeriod": "3600",
        }
    ]
    reload(message)
    assert (message.state, message.provider_sid) == ("accepted", twilio.texts[0]["sid"])
    assert (message.attempts, message.due_at, message.lease_until) == (1, None, None)


def test_demo_says_that_everything_arrived(now: datetime) -> None:
    message = queue(now=now)

    dispatch.send_message_if_due(message_id=message.id, now=now)

    assert (reload(message).state, message.provider_sid) == ("delivered", f"demo-{message.id}")


def test_one_text_is_sent_by_its_id_once(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(now=now)
    other = queue(now=now)

    assert dispatch.send_message_if_due(message_id=message.id, now=now) is True
    assert dispatch.send_message_if_due(message_id=message.id, now=now) is False

    assert (twilio.posts, reload(other).state) == (1, "pending")


def test_text_for_later_waits(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(purpose="reminder", now=now, not_before=now + MINUTE)

    assert dispatch.send_due(now=now) == 0
    assert dispatch.send_message_if_due(message_id=message.id, now=now) is False

    assert dispatch.send_due(now=now + MINUTE) == 1
    assert twilio.posts == 1


def test_pages_jump_the_queue(twilio: fakes.Twilio, now: datetime) -> None:
    for number in range(5):
        queue(purpose="reminder", now=now - MINUTE, to=f"+1555555020{number}")
    queue(purpose="code", now=now)
    queue(purpose="page", now=now)

    dispatch.send_due(now=now)

    assert [form["To"] for form in twilio.forms[:2]] == [NURSE, FAMILY]
    assert len(twilio.forms) == 7


def test_one_drain_is_bounded(twilio: fakes.Twilio, now: datetime) -> None:
    for number in range(53):
        queue(purpose="reminder", now=now, to=f"+155555502{number:02}")

    assert (dispatch.send_due(now=now), dispatch.send_due(now=now)) == (50, 3)
    assert twilio.posts == 53


def test_late_reminder_is_dropped(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(purpose="reminder", now=now)

    dispatch.send_due(now=now + timedelta(hours=1))

    assert (reload(message).state, message.due_at, twilio.posts) == ("expired", None, 0)


@pytest.mark.parametrize(
    ("purpose", "state"),
    [
        ("reminder", "suppressed"),
        ("invite", "suppressed"),
        ("reply", "suppressed"),
        ("code", "accepted"),
        ("page", "accepted"),
    ],
)
def test_stop_suppresses_all_but_what_somebody_asked_for_and_pages(
    twilio: fakes.Twilio, now: datetime, purpose: str, state: str
) -> None:
    message = queue(purpose=purpose, now=now)
    OptOut.objects.create(phone=message.to, service=message.service, source="keyword")

    dispatch.send_due(now=now)

    assert reload(message).state == state


@pytest.mark.parametrize(
    "opt_out",
    [
        {"phone": FAMILY, "service": "codes"},
        {"phone": NURSE, "service": "reminders"},
        {"phone": FAMILY, "service": "reminders", "ended_at": datetime.fromisoformat("2026-01-01T00:00Z")},
    ],
    ids=["another sender", "another number", "ended"],
)
def test_other_stops_do_not_count(twilio: fakes.Twilio, now: datetime, opt_out: dict[str, Any]) -> None:
    OptOut.objects.create(**opt_out, source="keyword")
    message = queue(purpose="reminder", now=now)

    dispatch.send_due(now=now)

    assert reload(message).state == "accepted"


def test_stop_that_comes_after_queueing_still_counts(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(purpose="reminder", now=now)
    OptOut.objects.create(phone=FAMILY, service="reminders", source="keyword")

    dispatch.send_message_if_due(message_id=message.id, now=now)

    assert (reload(message).state, message.error_code, twilio.posts) == ("suppressed", "opted_out", 0)


def test_number_in_another_country_costs_nothing(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(purpose="code", now=now, to="+18764561234")

    dispatch.send_due(now=now)

    assert (reload(message).state, message.error_code, twilio.posts) == ("failed", "country", 0)


@pytest.mark.parametrize("code", ["21211", "99999"])
def test_refused_text_has_failed_for_good(twilio: fakes.Twilio, now: datetime, code: str) -> None:
    twilio.faults = [code]
    message = queue(now=now)

    dispatch.send_due(now=now)
    dispatch.send_due(now=now + MINUTE)

    assert (reload(message).state, message.error_code, message.due_at, twilio.posts) == (
        "failed",
        code,
        None,
        1,
    )
    assert not OptOut.objects.exists()


def test_carriers_word_for_stop_is_remembered(twilio: fakes.Twilio, now: datetime) -> None:
    twilio.faults = ["21610"]
    queue(purpose="reminder", now=now)
    later = queue(purpose="reminder", now=now)

    dispatch.send_due(now=now)

    opt_out = OptOut.objects.get()
    assert (opt_out.phone, opt_out.service, opt_out.source) == (FAMILY, "reminders", "carrier")
    assert (reload(later).state, twilio.posts) == ("suppressed", 1)


@pytest.mark.parametrize(("fault", "code", "pause"), [("20429", "20429", 1), ("20003", "20003", 60)])
def test_text_that_provably_did_not_leave_is_sent_later(
    twilio: fakes.Twilio, now: datetime, fault: str, code: str, pause: int
) -> None:
    twilio.faults = [fault]
    message = queue(purpose="reminder", now=now)

    dispatch.send_due(now=now)
    assert (reload(message).state, message.error_code, message.lease_until) == ("sending", code, None)
    assert dispatch.send_due(now=now + 0.89 * pause * SECOND) == 0

    dispatch.send_due(now=now + 1.1 * pause * SECOND)
    assert (reload(message).state, message.error_code, message.attempts) == ("accepted", "", 2)
    assert len(twilio.texts) == 1


def test_nobody_listens_so_it_is_tried_ever_more_slowly(webhook_settings: Any, now: datetime) -> None:
    webhook_settings.MESSAGE_PROVIDER = "twilio"
    webhook_settings.TWILIO_API_BASE = "http://127.0.0.1:1"
    message = queue(now=now)

    pauses, at = [], now
    for _ in range(3):
        dispatch.send_due(now=at)
        assert (reload(message).state, message.error_code) == ("sending", "unreachable")
        pauses.append((message.due_at - at) / SECOND)
        at = message.due_at

    assert (message.attempts, [round(pause) for pause in pauses]) == (3, [1, 2, 4])


def test_text_that_never_left_can_still_be_taken_back(twilio: fakes.Twilio, now: datetime) -> None:
    twilio.faults = ["20429"]
    message = queue(now=now)
    dispatch.send_due(now=now)

    assert outbox.cancel(message_id=message.id, now=now) is True

    dispatch.send_due(now=now + MINUTE)
    assert (reload(message).state, twilio.texts) == ("suppressed", [])


def test_drain_ends_at_the_first_trouble(twilio: fakes.Twilio, now: datetime) -> None:
    twilio.faults = ["20429"]
    for number in range(3):
        queue(purpose="reminder", now=now, to=f"+1555555020{number}")

    assert (dispatch.send_due(now=now), twilio.posts) == (1, 1)
    assert (dispatch.send_due(now=now), twilio.posts) == (2, 3)


LOST = [
    "500",
    "500 after accept",
    "reset",
    "reset after accept",
    "hang",
    "hang after accept",
    "garbage",
    "no sid",
]
TAKEN = {"500 after accept", "reset after accept", "hang after accept", "garbage", "no sid"}


@pytest.mark.parametrize("fault", LOST)
def test_page_with_a_lost_answer_arrives_at_least_once(
    twilio: fakes.Twilio, now: datetime, fault: str
) -> None:
    twilio.faults = [fault]
    message = queue(now=now)

    dispatch.send_due(now=now)
    assert reload(message).state == "unknown"
    dispatch.send_due(now=now + 2 * SECOND)

    assert (reload(message).state, message.due_at) == ("accepted", None)
    assert len(twilio.texts) == 1
    assert twilio.posts == (1 if fault in TAKEN else 2)
    assert message.provider_sid == twilio.texts[0]["sid"]


@pytest.mark.parametrize("purpose", ["reminder", "code", "invite", "reply"])
@pytest.mark.parametrize("fault", ["500", "500 after accept", "reset", "reset after accept"])
def test_any_other_text_with_a_lost_answer_is_posted_once(
    twilio: fakes.Twilio, now: datetime, fault: str, purpose: str
) -> None:
    twilio.faults = [fault]
    message = queue(purpose=purpose, now=now)

    for half_minutes in range(12):
        dispatch.send_due(now=now + half_minutes * timedelta(seconds=30))

    assert twilio.posts == 1
    expected = ("accepted", "") if fault in TAKEN else ("unknown", "unresolved")
    assert (reload(message).state, message.error_code) == expected
    assert message.due_at is None


def test_lost_text_is_looked_for_during_three_minutes(twilio: fakes.Twilio, now: datetime) -> None:
    twilio.faults = ["500"]
    message = queue(purpose="reminder", now=now)

    for seconds in range(0, 400, 10):
        dispatch.send_due(now=now + seconds * SECOND)

    assert len(twilio.lists) == 6
    assert twilio.lists[0]["To"] == FAMILY
    assert reload(message).due_at is None


def test_page_is_not_repeated_while_it_may_be_found_under_another_name(
    twilio: fakes.Twilio, now: datetime
) -> None:
    first = queue(now=now)
    dispatch.send_due(now=now)
    twilio.faults = ["500"]
    second = queue(now=now)

    dispatch.send_due(now=now)
    dispatch.send_due(now=now + 2 * SECOND)

    assert len(twilio.texts) == 2
    assert reload(first).provider_sid != reload(second).provider_sid


def test_text_of_yesterday_with_the_same_words_is_not_taken_for_this_one(
    twilio: fakes.Twilio, now: datetime
) -> None:
    queue(now=now)
    dispatch.send_due(now=now)
    Message.objects.all().delete()
    twilio.texts[0]["date_created"] = "Sat, 21 Nov 2020 08:00:00 +0000"
    twilio.faults = ["500"]
    message = queue(now=now)

    dispatch.send_due(now=now)
    dispatch.send_due(now=now + 2 * SECOND)

    assert (len(twilio.texts), reload(message).provider_sid) == (2, twilio.texts[1]["sid"])


@pytest.mark.parametrize("fault", ["hang", "500"])
def test_page_is_sent_again_even_if_nobody_can_look_for_it(
    twilio: fakes.Twilio, now: datetime, fault: str
) -> None:
    twilio.faults, twilio.list_faults = ["500 after accept"], [fault]
    message = queue(now=now)

    dispatch.send_due(now=now)
    dispatch.send_due(now=now + 2 * SECOND)

    assert (reload(message).state, message.attempts, len(twilio.texts)) == ("accepted", 2, 2)


def test_page_is_tried_until_it_is_too_old_then_left_unknown(twilio: fakes.Twilio, now: datetime) -> None:
    twilio.faults = ["500"] * 200
    message = queue(now=now, expires_at=now + 5 * MINUTE)

    for seconds in range(0, 800, 10):
        dispatch.send_due(now=now + seconds * SECOND)

    assert (reload(message).state, message.error_code, message.due_at) == ("unknown", "unresolved", None)
    assert 9 <= message.attempts == twilio.posts <= 16


def test_page_whose_repeat_cannot_leave_is_tried_again(twilio: fakes.Twilio, now: datetime) -> None:
    twilio.faults = ["500", "20429"]
    message = queue(now=now)

    dispatch.send_due(now=now)
    dispatch.send_due(now=now + 2 * SECOND)
    assert (reload(message).state, message.error_code) == ("unknown", "20429")

    dispatch.send_due(now=now + 9 * SECOND)
    assert (reload(message).state, message.error_code, len(twilio.texts)) == ("accepted", "", 1)


def test_page_whose_repeat_is_refused_has_failed(twilio: fakes.Twilio, now: datetime) -> None:
    twilio.faults = ["500", "21211"]
    message = queue(now=now)

    dispatch.send_due(now=now)
    dispatch.send_due(now=now + 2 * SECOND)

    assert (reload(message).state, message.error_code) == ("failed", "21211")


def test_answered_page_is_not_repeated(twilio: fakes.Twilio, now: datetime) -> None:
    twilio.faults = ["500"]
    message = queue(now=now)
    dispatch.send_due(now=now)
    outbox.cancel(message_id=message.id, now=now)

    for seconds in range(1, 400, 10):
        dispatch.send_due(now=now + seconds * SECOND)

    assert (twilio.posts, reload(message).state, message.due_at) == (1, "unknown", None)


def die_in_the_call(message: Message, now: datetime) -> None:
    """Leave the row as a worker does that is killed between the claim and the store."""
    Message.objects.filter(pk=message.pk).update(
        state="sending",
        attempts=1,
        attempted_at=now,
        lease_until=now + 30 * SECOND,
        due_at=now + 30 * SECOND,
    )


def test_row_that_somebody_holds_is_left_alone(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(now=now)
    die_in_the_call(message, now)

    assert dispatch.send_due(now=now + 29 * SECOND) == 0
    assert dispatch.send_message_if_due(message_id=message.id, now=now + 29 * SECOND) is False
    assert outbox.cancel(message_id=message.id, now=now) is False
    assert (reload(message).state, twilio.posts) == ("sending", 0)


def test_page_of_a_dead_worker_is_sent_again(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(now=now)
    die_in_the_call(message, now)

    dispatch.send_due(now=now + 30 * SECOND)

    assert (reload(message).state, message.attempts, twilio.posts) == ("accepted", 2, 1)
    assert [event.status for event in message.events.order_by("id")] == ["pending", "unknown", "accepted"]


def test_reminder_of_a_dead_worker_is_not_sent_again(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(purpose="reminder", now=now)
    die_in_the_call(message, now)

    for seconds in range(30, 400, 10):
        dispatch.send_due(now=now + seconds * SECOND)

    assert (reload(message).state, message.error_code, twilio.posts) == ("unknown", "unresolved", 0)


def test_reminder_of_a_dead_worker_is_found_if_it_left(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(purpose="reminder", now=now)
    die_in_the_call(message, now)
    sent = twilio.accept(
        {"To": FAMILY, "Body": message.body, "MessagingServiceSid": fakes.SERVICES["reminders"]}
    )
    sent["status"] = "delivered"

    dispatch.send_due(now=now + 30 * SECOND)

    assert (reload(message).state, message.provider_sid, twilio.posts) == ("delivered", sent["sid"], 0)


def test_looking_for_lost_texts_ends_at_the_first_that_nobody_answers(
    twilio: fakes.Twilio, now: datetime
) -> None:
    """Each look would wait for the same time-out, and hold the worker that pages are sent by."""
    messages = [queue(purpose="reminder", now=now, to=f"+1555555020{number}") for number in range(3)]
    for message in messages:
        die_in_the_call(message, now)
    twilio.list_faults = ["reset"] * 3

    assert dispatch.send_due(now=now + 30 * SECOND) == 1
    assert len(twilio.lists) == 1


def test_worker_that_dies_while_looking_leaves_it_to_the_next(twilio: fakes.Twilio, now: datetime) -> None:
    message = queue(now=now)
    held = {"lease_until": now + 30 * SECOND, "due_at": now + 30 * SECOND}
    Message.objects.update(state="unknown", attempts=1, attempted_at=now, **held)

    assert dispatch.send_due(now=now + 29 * SECOND) == 0
    dispatch.send_due(now=now + 30 * SECOND)

    assert (reload(message).state, twilio.posts) == ("accepted", 1)


def test_dead_worker_in_the_demo(now: datetime) -> None:
    message = queue(now=now)
    die_in_the_call(message, now)

    dispatch.send_due(now=now + 30 * SECOND)

    assert (reload(message).state, message.attempts) == ("delivered", 2)


def test_calls_that_waited_for_one_number_leave_one_after_the_other(
    twilio: fakes.Twilio, now: datetime
) -> None:
    calls = [queue(now=now, channel="voice", body=f"Kinwatch {n}.") for n in range(3)]
    elsewhere = queue(now=now, channel="voice", to="+15555550199")

    for seconds, placed in ((0, 2), (30, 2), (60, 3), (90, 3), (120, 4)):
        dispatch.send_due(now=now + seconds * SECOND)
        assert len(twilio.calls) == placed

    assert {reload(one).state for one in [*calls, elsewhere]} == {"accepted"}


def test_text_waits_for_no_call_and_a_call_that_failed_holds_nothing_up(
    twilio: fakes.Twilio, now: datetime
) -> None:
    first = queue(now=now, channel="voice")
    dispatch.send_due(now=now)
    queue(now=now, body="Kinwatch: a text.")
    dispatch.send_due(now=now + SECOND)
    assert len(twilio.texts) == 1

    Message.objects.filter(pk=first.pk).update(state="failed")
    queue(now=now + SECOND, channel="voice")
    dispatch.send_due(now=now + 2 * SECOND)

    assert len(twilio.calls) == 2
