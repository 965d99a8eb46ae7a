import uuid
from datetime import datetime, timedelta

import pytest

from notifications import queries
from notifications.models import Message, PushSubscription
from notifications.services import opt_outs
from tests.notifications.builders import FAMILY, queue

pytestmark = pytest.mark.django_db


def test_stopped_senders_of_a_number(now: datetime) -> None:
    for phone, service in [(FAMILY, "reminders"), (FAMILY, "codes"), ("+15555550199", "paging")]:
        opt_outs.record(phone=phone, service=service, source="person", now=now)
    opt_outs.end(phone=FAMILY, service="codes", now=now)

    assert queries.opted_out_services(FAMILY) == ["reminders"]
    assert queries.is_opted_out(FAMILY, "reminders")
    assert not queries.is_opted_out(FAMILY, "codes")


@pytest.mark.parametrize(
    ("state", "settled", "purpose", "unsent"),
    [
        ("pending", False, "page", True),
        ("sending", False, "page", True),
        ("unknown", False, "page", True),
        ("unknown", True, "page", False),
        ("accepted", True, "page", False),
        ("failed", True, "page", False),
        ("pending", False, "reminder", False),
    ],
)
def test_page_that_waits_too_long_is_noticed(
    now: datetime, state: str, settled: bool, purpose: str, unsent: bool
) -> None:
    queue(purpose=purpose, now=now - timedelta(seconds=31))
    Message.objects.update(state=state, due_at=None if settled else now)

    assert queries.has_unsent_page(queued_before=now - timedelta(seconds=30)) is unsent
    assert queries.has_unsent_page(queued_before=now - timedelta(seconds=31)) is False


def test_stranger_is_spoken_to_in_the_default_language() -> None:
    assert queries.last_language_to(FAMILY) == "en"
    assert queries.last_service_to(FAMILY) is None


def test_push_goes_to_the_browsers_that_their_owner_named(now: datetime) -> None:
    owner, other = uuid.uuid4(), uuid.uuid4()
    for number, one in enumerate([owner, other, owner]):
        PushSubscription.objects.create(
            owner_id=one,
            endpoint=f"https://push.example/{number}",
            label=f"Browser {number}",
            created_at=now + timedelta(seconds=number),
        )

    assert [target.label for target in queries.push_targets(owner)] == ["Browser 0", "Browser 2"]
    assert queries.push_targets(uuid.uuid4()) == []
