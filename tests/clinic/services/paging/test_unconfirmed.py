"""Minutes mean minutes: only a delivery that failed brings the next person forward."""

from datetime import timedelta

import pytest

from clinic.models import PagingLadder
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.rules.paging.channels import Channel, ChannelTurn
from clinic.services.paging import chain, ladders, unconfirmed
from notifications.models import Message
from tests import cases, factories


@pytest.fixture
def on_call(clinic, nurse):
    rungs = {**ladder.DEFAULT.rungs, Level.URGENT: ladder.Rung(hold_minutes=20, person_minutes=15)}
    PagingLadder.objects.create(
        clinic=clinic, changed_by=nurse, document=ladder.to_json(ladder.Ladder(rungs))
    )
    people = [
        factories.CoveringStaffFactory(clinic=clinic, user__name=name) for name in ("Ana First", "Ben Second")
    ]
    for position, person in enumerate(people):
        factories.OnCallFactory(staff=person, position=position)
    return people


def run(now, minutes, state):
    """The provider takes every page, and says this of it and no more."""
    for seconds in range(0, int(minutes * 60) + 1, 30):
        at = now + timedelta(seconds=seconds)
        unconfirmed.move_chains_on(now=at)
        chain.send_due(now=at)
        Message.objects.filter(state="pending").update(state=state, due_at=None)


@pytest.mark.parametrize(("state", "call_after"), [("delivered", 120), ("sent", 90), ("accepted", 90)])
def test_fifteen_minutes_to_the_next_person_are_fifteen(escalate, on_call, now, state, call_after):
    escalate()

    run(now, 15, state)

    assert cases.pages_sent() == [
        ("Ana First", "sms", 0),
        ("Ana First", "voice", call_after),
        ("Ben Second", "sms", 900),
    ]


def test_text_without_a_receipt_does_not_hurry_the_next_person(escalate, on_call, now):
    ladders.set_channel_order(
        clinic_id=on_call[0].clinic_id, by=on_call[0].user, turns=[ChannelTurn(Channel.SMS)], now=now
    )
    escalate()

    run(now, 15, "sent")

    assert cases.pages_sent() == [("Ana First", "sms", 0), ("Ben Second", "sms", 900)]


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_page_that_no_provider_takes_hurries_whoever_is_next(escalate, on_call, now, state):
    ladders.set_channel_order(
        clinic_id=on_call[0].clinic_id, by=on_call[0].user, turns=[ChannelTurn(Channel.SMS)], now=now
    )
    escalate()

    run(now, 1.5, state)

    assert cases.pages_sent() == [("Ana First", "sms", 0), ("Ben Second", "sms", 90)]
