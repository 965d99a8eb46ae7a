"""Calls to the family, and what follows when nobody answers."""

from datetime import timedelta

import pytest

from clinic.models import Contact
from clinic.services.escalations import contacts, lifecycle
from clinic.services.escalations.changes import AlreadyResolved
from tests import cases, factories

MINUTE = timedelta(minutes=1)


@pytest.fixture
def chain(clinic, nurse):
    """The nurse of the cast first, another nurse, then a physician."""
    people = [
        nurse.staff_roles.get(),
        factories.StaffFactory(clinic=clinic, user__name="Ben Second"),
        factories.StaffFactory(clinic=clinic, role="physician", user__name="Pia Physician"),
    ]
    for position, staff in enumerate(people):
        factories.OnCallFactory(staff=staff, position=position)
    return people


@pytest.fixture
def taken(escalate, chain, nurse, now):
    return lifecycle.acknowledge(escalation_id=escalate().pk, by=nurse, now=now)


def call(escalation, by, at, *, reached=False, member=None, who="The neighbour"):
    return contacts.log(
        escalation_id=escalation.pk, by=by, member_id=member, who=who, reached=reached, note="", now=at
    )


def could_not_reach(escalation, by, at):
    return lifecycle.resolve(
        escalation_id=escalation.pk, by=by, outcome="could_not_reach", note="Nobody picks up.", now=at
    )


def test_call_is_kept_with_who_by_whom_and_how_it_ended(taken, patient, nurse, now):
    member = patient.care_team.get()

    call(taken, nurse, now, member=member.pk, reached=True)

    contact = Contact.objects.get()
    assert (contact.who, contact.member, contact.by, contact.reached, contact.at) == (
        "Carla Caregiver",
        member,
        nurse,
        True,
        now,
    )
    event = taken.events.order_by("pk").last()
    assert (event.kind, event.text) == ("called", "Carla Caregiver")


def test_call_needs_somebody_of_this_patient(taken, nurse, now, stranger):
    with pytest.raises(contacts.CalledPersonMissing):
        call(taken, nurse, now, member=stranger.care_links.get().pk, who=" ")


@pytest.mark.parametrize("calls", [[], [False], [False, False, True]])
def test_could_not_reach_needs_two_calls_in_vain(taken, nurse, now, calls):
    for reached in calls:
        call(taken, nurse, now, reached=reached)

    with pytest.raises(contacts.CallsNeeded) as refused:
        could_not_reach(taken, nurse, now)
    assert refused.value.logged == (1 if calls == [False] else 0)


def test_could_not_reach_closes_nothing_and_pages_a_physician_next_and_the_caller_last(taken, nurse, now):
    for minutes in (1, 2):
        call(taken, nurse, now + minutes * MINUTE)

    after = could_not_reach(taken, nurse, now + 3 * MINUTE)
    cases.run_engine(now + 3 * MINUTE, minutes=11)

    assert (after.state, after.acknowledged_by, after.outcome) == ("open", None, "")
    assert after.waiting_since == now + 3 * MINUTE
    assert cases.pages_sent()[0::2] == [
        ("Pia Physician", "sms", 0),
        ("Ben Second", "sms", 300),
        ("Nora Nurse", "sms", 600),
    ]
    event = after.events.get(kind="could_not_reach")
    assert (event.by, event.text) == (nurse, "Nobody picks up.")


def test_next_person_owes_two_calls_of_their_own(taken, chain, nurse, now):
    for _ in range(2):
        call(taken, nurse, now)
    could_not_reach(taken, nurse, now + MINUTE)
    physician = chain[2].user
    lifecycle.acknowledge(escalation_id=taken.pk, by=physician, now=now + 2 * MINUTE)

    with pytest.raises(contacts.CallsNeeded):
        could_not_reach(taken, physician, now + 3 * MINUTE)


def test_family_that_is_reached_puts_the_chain_back_in_its_order(taken, chain, nurse, now):
    for _ in range(2):
        call(taken, nurse, now)
    could_not_reach(taken, nurse, now + MINUTE)

    call(taken, nurse, now + 2 * MINUTE, reached=True)

    taken.refresh_from_db()
    assert (taken.unreached_at, taken.unreached_by) == (None, None)


def test_below_urgent_nobody_is_paged_when_nobody_is_reached(escalate, chain, nurse, now):
    escalation = escalate(cases.NAUSEA)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    for _ in range(2):
        call(escalation, nurse, now)

    after = could_not_reach(escalation, nurse, now)

    assert (after.state, after.pages.count()) == ("open", 0)


def test_closed_escalation_takes_no_call(taken, nurse, now):
    lifecycle.resolve(escalation_id=taken.pk, by=nurse, outcome="admitted", note="", now=now)

    with pytest.raises(AlreadyResolved):
        call(taken, nurse, now)
