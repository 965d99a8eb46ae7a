"""Two at the same sheet in the same moment, in either order."""

from functools import partial

import pytest

from clinic.models import AuditEvent, Handover, HandoverItem
from clinic.services.desk import handovers
from clinic.services.escalations import lifecycle
from notifications.models import Message
from tests import cases, factories
from tests.at_once import at_once
from tests.clinic.services.desk.handing_over import MINUTE, give, items, late, sign

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_colleagues_sign_at_once_and_one_wins(patient, clinic, nurse, ben, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    tess = factories.StaffFactory(clinic=clinic).user
    [item] = items(give(nurse, ben, now))
    outcomes = at_once(*[partial(sign, item, who, now + MINUTE) for who in (ben.user, tess, ben.user, tess)])

    item.refresh_from_db()
    escalation.refresh_from_db()
    losers = [one for one in outcomes if isinstance(one, handovers.AlreadySigned)]
    assert len(losers) == 2
    assert escalation.acknowledged_by == item.signed_by
    assert escalation.events.filter(kind="handed_over").count() == 1
    assert AuditEvent.objects.filter(action="handover.signed").count() == 1


def test_signing_races_with_closing_and_one_of_them_counts(patient, clinic, nurse, ben, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    [item] = items(give(nurse, ben, now))

    outcomes = at_once(
        lambda: lifecycle.resolve(
            escalation_id=escalation.pk, by=nurse, outcome="admitted", note="", now=now + MINUTE
        ),
        lambda: sign(item, ben.user, now + MINUTE),
    )
    handovers.follow_up_due(now=now + 2 * MINUTE)

    item.refresh_from_db()
    escalation.refresh_from_db()
    [refused] = [one for one in outcomes if isinstance(one, Exception)]
    # Signed first, so it was no longer the nurse's to close; or closed first, and nothing was left to sign.
    if item.signed_at is not None:
        assert isinstance(refused, lifecycle.NotHolder)
        assert (escalation.state, escalation.acknowledged_by, item.ended_at) == (
            "acknowledged",
            ben.user,
            None,
        )
    else:
        assert isinstance(refused, handovers.LineEnded)
        assert escalation.state == "resolved"
        assert item.ended_at is not None
    assert Handover.objects.get().state == "settled"


def test_button_pressed_twice_gives_one_sheet(patient, nurse, ben, now):
    cases.escalate(patient, cases.FEVER, now)

    outcomes = at_once(*[lambda: give(nurse, ben, now)] * 4)

    given = [one for one in outcomes if isinstance(one, Handover)]
    assert len(given) == 1
    assert {one.handover_id for one in outcomes if isinstance(one, handovers.AlreadyGiven)} == {given[0].pk}
    assert HandoverItem.objects.count() == 1


def test_four_schedulers_page_the_lead_once(patient, clinic, nurse, ben, now):
    factories.StaffFactory(clinic=clinic, role="administrator")
    cases.escalate(patient, cases.FEVER, now)
    handover = give(nurse, ben, now)

    counts = at_once(*[lambda: handovers.follow_up_due(now=late(handover))] * 4)

    assert sorted(counts) == [0, 0, 0, 1]
    assert Message.objects.filter(dedupe_key__startswith="handover-unsigned:").count() == 1
