"""The provider is down: pages and texts to staff go by e-mail and push, once, and come back to it.

With the real SDK against the fake account, and real SMTP against a mail server of ours.
"""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.demo_keys import vapid
from notifications.models import Message, RouteTrouble
from notifications.queries import has_unsent_page, push_targets, routes_down, states_of
from notifications.rules.channels import OtherWay
from notifications.services import dispatch, outbox, push_subscriptions
from tests.fakes import push as push_fakes
from tests.fakes import smtp
from tests.fakes import twilio as fakes
from tests.notifications.builders import NURSE, queue

# Committed, because what follows a commit is part of it.
pytestmark = pytest.mark.django_db(transaction=True)

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
ANA = "ana@clinic.example"
WORDS = "River Line: someone needs your answer now. Code 4821. Sign in: https://kin.example.org/console/"
BY_EMAIL = OtherWay(WORDS, (("email", ANA),))


def page(now: datetime, **changes: Any) -> Message:
    expires_at = changes.pop("expires_at", now + 10 * MINUTE)
    return queue(now=now, other_way=BY_EMAIL, expires_at=expires_at, **changes)


def tick(start: datetime, seconds: int, every: int = 10) -> datetime:
    """The tick, as beat sends it, for so long; gives the moment of the last."""
    for second in range(0, seconds + 1, every):
        dispatch.send_due(now=start + second * SECOND)
    return start + seconds * SECOND


def state(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.error_code


def bring_down(twilio: fakes.Twilio, now: datetime) -> None:
    """Three failures, of a text that nobody reads any more."""
    twilio.faults = ["20003"]
    lost = queue(now=now - MINUTE, to="+15555550199", expires_at=now + SECOND)
    dispatch.send_message_if_due(message_id=lost.id, now=now)
    assert routes_down() == ["paging"]


@pytest.mark.parametrize("fault", ["500", "reset", "hang", "garbage"])
def test_page_goes_by_email_after_three_failures(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime, fault: str
) -> None:
    twilio.faults = [fault] * 30
    twilio.list_faults = ["500"] * 30
    message = page(now)

    tick(now, 10)
    assert mail.kept == [], "two failures are no outage"
    tick(now + 20 * SECOND, 10)

    assert [(one.to, one.text.strip()) for one in mail.kept] == [((ANA,), WORDS)]
    assert twilio.posts == 3
    assert state(message) == ("suppressed", "other_way")
    assert states_of([message.id]) == {message.id: "accepted"}
    assert has_unsent_page(queued_before=now + MINUTE) is False


def test_provider_that_cannot_be_reached_at_all(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime, settings: Any
) -> None:
    settings.TWILIO_API_BASE = "http://127.0.0.1:9"
    message = page(now)

    tick(now, 30)

    assert (len(mail.kept), state(message)) == (1, ("suppressed", "other_way"))


def test_too_many_requests_for_two_minutes_are_an_outage(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    twilio.faults = ["20429"] * 50
    page(now)

    tick(now, 110)
    assert (mail.kept, routes_down()) == ([], [])
    tick(now + 120 * SECOND, 40)

    assert len(mail.kept) == 1


def test_next_pages_go_by_email_at_once_and_leave_the_provider_alone(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    bring_down(twilio, now)
    posts = twilio.posts
    pages = [page(now, to=f"+1555555020{number}") for number in range(3)]

    dispatch.send_due(now=now)

    assert (len(mail.kept), twilio.posts) == (3, posts)
    assert {state(one) for one in pages} == {("suppressed", "other_way")}


def test_only_the_route_that_is_down_is_left(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    bring_down(twilio, now)
    call = page(now, channel="voice")

    dispatch.send_due(now=now)

    assert (state(call), len(twilio.calls), mail.kept) == (("accepted", ""), 1, [])


def test_families_texts_are_tried_as_ever(twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime) -> None:
    bring_down(twilio, now)
    code = queue(purpose="code", now=now)
    plain = queue(now=now)

    dispatch.send_due(now=now)

    assert (state(code)[0], state(plain)[0], mail.kept) == ("accepted", "accepted", [])


def test_when_it_is_back_pages_go_by_it_again_and_none_twice(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    bring_down(twilio, now)
    before = page(now)
    dispatch.send_due(now=now)
    recovery = queue(purpose="recovery", now=now)
    twilio.faults = ["500"] * 2
    tick(now, 60)

    after = page(now + MINUTE)
    last = tick(now + MINUTE, 120)

    assert (state(recovery)[0], routes_down(), RouteTrouble.objects.count()) == ("accepted", [], 0)
    assert (state(before), state(after)) == (("suppressed", "other_way"), ("accepted", ""))
    assert len(mail.kept) == 1
    assert [form["To"] for form in twilio.forms].count(NURSE) == 1
    assert Message.objects.filter(due_at__lte=last).count() == 0


def test_without_any_try_for_a_while_the_next_page_is_the_try(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    bring_down(twilio, now)
    first = page(now + 89 * SECOND)
    second, third = (page(now + 95 * SECOND, to=f"+1555555020{number}") for number in range(2))

    dispatch.send_due(now=now + 89 * SECOND)
    assert state(first) == ("suppressed", "other_way")
    twilio.faults = ["500"]
    dispatch.send_due(now=now + 95 * SECOND)

    # One tries and finds it down; nobody else does, and the one that tried takes the other way at once.
    assert twilio.posts == 2
    dispatch.send_due(now=now + 95 * SECOND)
    assert {state(second), state(third)} == {("suppressed", "other_way")}
    assert len(mail.kept) == 3


def test_mail_server_down_too_loses_nothing(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    bring_down(twilio, now)
    mail.faults = ["421"] * 4
    twilio.faults = ["500"] * 2
    message = page(now)

    tick(now, 120)

    assert states_of([message.id]) == {message.id: "accepted"}
    assert len(mail.kept) + len([f for f in twilio.forms if f["To"] == NURSE]) == 1


def test_email_that_is_refused_leaves_the_page_to_the_provider(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    bring_down(twilio, now)
    mail.faults = ["rcpt 550"]
    message = page(now)

    tick(now, 40)

    assert (state(message), mail.kept, len(twilio.forms)) == (("accepted", ""), [], 1)


@pytest.mark.parametrize("fault", ["cut in data", "cut after accept"])
def test_email_with_a_lost_answer_is_sent_again_under_the_same_name(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime, fault: str
) -> None:
    bring_down(twilio, now)
    mail.faults = [fault]
    page(now)

    tick(now, 10)

    assert len({one.email["Message-ID"] for one in mail.kept}) == 1
    assert len(mail.kept) == (2 if fault == "cut after accept" else 1)


def test_worker_that_dies_with_an_email_in_its_hands_loses_none(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    bring_down(twilio, now)
    message = page(now)
    dispatch.send_message_if_due(message_id=message.id, now=now)
    lease = now + 30 * SECOND
    Message.objects.filter(channel="email").update(
        state="sending", attempts=1, attempted_at=now, lease_until=lease, due_at=lease
    )
    twilio.faults = ["500"] * 3

    tick(now, 40)

    assert (len(mail.kept), state(message)) == (1, ("suppressed", "other_way"))


def test_answer_takes_back_the_email_that_has_not_left(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    bring_down(twilio, now)
    message = page(now)
    dispatch.send_message_if_due(message_id=message.id, now=now)

    outbox.cancel(message_id=message.id, now=now)
    tick(now, 60)

    assert mail.kept == []
    assert state(message) == ("suppressed", "cancelled")


def test_without_a_mail_server_pages_are_tried_as_ever(
    twilio: fakes.Twilio, now: datetime, settings: Any
) -> None:
    settings.EMAIL_SERVER = None
    bring_down(twilio, now)
    message = page(now)

    dispatch.send_due(now=now)

    assert (state(message), Message.objects.filter(channel="email").count()) == (("accepted", ""), 0)


def test_push_goes_beside_the_email_and_settles_nothing_alone(
    twilio: fakes.Twilio, now: datetime, settings: Any, tmp_path: Any
) -> None:
    owner = uuid.UUID(int=7)
    settings.VAPID_PRIVATE_KEY = vapid(tmp_path / "vapid.key")
    settings.EMAIL_SERVER = None
    with push_fakes.running() as pushes:
        settings.PUSH_TEST_PEER = pushes.url
        push_subscriptions.subscribe(owner_id=owner, label="Firefox", now=now, **pushes.browser)
        bring_down(twilio, now)
        twilio.faults = ["500"]
        way = OtherWay(WORDS, (("email", ANA), ("push", push_targets(owner)[0].id)))
        message = queue(now=now, other_way=way)

        dispatch.send_due(now=now)

        [note] = pushes.opened()
    assert "4821" in json.dumps(note)
    assert (state(message)[0], states_of([message.id])) == ("unknown", {message.id: "sent"})
    dispatch.send_due(now=now + 10 * SECOND)
    assert state(message) == ("accepted", "")


def test_one_thing_in_trouble_keeps_no_other_waiting(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    """A mail server that is down must not end a round before the calls that still go."""
    bring_down(twilio, now)
    page(now)
    mail.faults = ["421"] * 20
    dispatch.send_due(now=now)
    calls = [queue(now=now, channel="voice", to=f"+1555555020{number}") for number in range(3)]

    dispatch.send_due(now=now + 2 * SECOND)

    assert {state(call)[0] for call in calls} == {"accepted"}


def test_page_that_is_too_late_goes_no_way(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    bring_down(twilio, now)
    message = page(now, expires_at=now + 5 * SECOND)

    dispatch.send_due(now=now + 5 * SECOND)

    assert (state(message)[0], mail.kept) == ("expired", [])


def test_success_ends_a_streak(twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime) -> None:
    twilio.faults = ["500", "500", "", "500", "500", ""]
    for number in range(6):
        queue(now=now + number * SECOND, to=f"+1555555020{number}", other_way=BY_EMAIL)
        dispatch.send_due(now=now + number * SECOND)

    tick(now, 60)

    assert (mail.kept, routes_down()) == ([], [])


def test_calls_are_believed_again_when_texts_are_back(
    twilio: fakes.Twilio, mail: smtp.MailServer, now: datetime
) -> None:
    bring_down(twilio, now)
    twilio.faults = ["20003"]
    queue(now=now, channel="voice")
    dispatch.send_due(now=now)
    assert routes_down() == ["calls", "paging"]

    queue(now=now)
    dispatch.send_due(now=now)

    assert routes_down() == []
    twilio.faults = ["500"]
    queue(now=now + MINUTE, channel="voice")
    dispatch.send_due(now=now + MINUTE)
    assert routes_down() == ["calls"], "one more failure is enough"
