"""Codes and links do not stay in the outbox."""

from datetime import datetime, timedelta

import pytest

from notifications import queries
from notifications.models import Message, MessageEvent
from notifications.services import outbox, secrets
from tests.notifications.builders import FAMILY, queue

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=13)


@pytest.fixture(autouse=True)
def _for_real(settings):
    settings.DEMO = False


def settled(state: str, purpose: str = "code", **changes: object) -> Message:
    message = queue(purpose=purpose, body="Your code is 123456.", now=changes.pop("now"))
    Message.objects.filter(pk=message.pk).update(state=state, due_at=None, **changes)
    message.refresh_from_db()
    return message


@pytest.mark.parametrize("purpose", ["code", "invite"])
@pytest.mark.parametrize("state", ["delivered", "failed", "expired", "suppressed"])
def test_final_code_or_link_is_blanked_and_all_else_stays(now: datetime, purpose: str, state: str) -> None:
    message = settled(state, purpose, now=now, provider_sid="SM1", error_code="30003")
    before = Message.objects.values().get()

    assert secrets.blank(now=now) == 1
    assert secrets.blank(now=now) == 0

    assert Message.objects.values().get() == {**before, "body": ""}
    assert MessageEvent.objects.filter(message=message).count() == 1


@pytest.mark.parametrize("state", ["accepted", "sent", "unknown"])
def test_one_of_which_nothing_more_is_heard_is_blanked_when_its_time_is_over(
    now: datetime, state: str
) -> None:
    message = settled(state, now=now)

    assert secrets.blank(now=message.expires_at + timedelta(minutes=14)) == 0
    assert secrets.blank(now=message.expires_at + timedelta(minutes=15)) == 1


def test_what_is_still_to_be_sent_keeps_its_words(now: datetime) -> None:
    queue(purpose="code", now=now)

    assert secrets.blank(now=now + LATER) == 0


@pytest.mark.parametrize("purpose", ["page", "reminder", "reply"])
def test_other_messages_keep_theirs(now: datetime, purpose: str) -> None:
    settled("delivered", purpose, now=now)

    assert secrets.blank(now=now + LATER) == 0


def test_demo_keeps_them_for_its_page(now: datetime, settings) -> None:
    settings.DEMO = True
    settled("delivered", now=now)

    assert secrets.blank(now=now + LATER) == 0


def test_second_try_of_a_link_has_its_words_and_none_is_made_of_a_blanked_one(now: datetime) -> None:
    message = settled("failed", "invite", now=now)
    again = outbox.queue_again(message=message, at=now + timedelta(minutes=1), now=now)
    assert again and again.body

    assert secrets.blank(now=now) == 1

    again.refresh_from_db()
    assert again.body == "Your code is 123456."
    again.delete()
    message.refresh_from_db()
    assert outbox.queue_again(message=message, at=now + timedelta(minutes=1), now=now) is None


def test_a_blanked_text_is_none_that_an_answer_could_quote(now: datetime) -> None:
    settled("delivered", now=now)
    secrets.blank(now=now)

    assert queries.last_bodies_to(FAMILY) == []
