"""Who may change how a clinic pages, within which bounds."""

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, PagingLadder
from clinic.queries.paging import ladders as query
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.rules.paging.channels import BadOrder, Channel, ChannelTurn
from clinic.services.paging import ladders
from tests import factories


@pytest.fixture
def administrator(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


def with_urgent(**numbers):
    return ladder.Ladder(
        {**ladder.DEFAULT.rungs, Level.URGENT: ladder.Rung(**{"hold_minutes": 20, **numbers})}
    )


def test_administrator_changes_it_on_record(clinic, administrator, now):
    ladders.change(clinic=clinic, by=administrator, to=with_urgent(person_minutes=3), now=now)

    assert query.of_clinic(clinic.pk).rung(Level.URGENT).person_minutes == 3
    audit = AuditEvent.objects.get(action="ladder.changed")
    assert audit.detail["from"]["levels"]["urgent"]["person_minutes"] == 5
    assert audit.detail["to"]["levels"]["urgent"]["person_minutes"] == 3
    assert audit.actor_id == administrator.pk


def test_numbers_out_of_bounds_are_refused(clinic, administrator, now):
    with pytest.raises(ladders.OutOfBounds) as refused:
        ladders.change(clinic=clinic, by=administrator, to=with_urgent(person_minutes=16), now=now)

    assert refused.value.problems == [(Level.URGENT, "person_minutes")]
    assert PagingLadder.objects.count() == 0


def test_only_an_administrator_of_the_clinic_changes_it(clinic, other_clinic, nurse, administrator, now):
    for clinic_to_change, person in ((clinic, nurse), (other_clinic, administrator)):
        with pytest.raises(NotAllowed):
            ladders.change(clinic=clinic_to_change, by=person, to=with_urgent(), now=now)


def test_everybody_chooses_their_own_channels(clinic, other_clinic, nurse, now):
    turns = (ChannelTurn(Channel.VOICE, 60), ChannelTurn(Channel.SMS, 90))

    ladders.set_channel_order(clinic_id=clinic.pk, by=nurse, turns=turns, now=now)

    assert query.usable_turns(nurse.staff_roles.get()) == turns
    assert AuditEvent.objects.filter(action="paging_order.changed").count() == 1
    with pytest.raises(BadOrder):
        ladders.set_channel_order(clinic_id=clinic.pk, by=nurse, turns=[], now=now)
    with pytest.raises(NotVisible):
        ladders.set_channel_order(clinic_id=other_clinic.pk, by=nurse, turns=turns, now=now)
