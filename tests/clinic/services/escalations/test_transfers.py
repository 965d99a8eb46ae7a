"""Handing over: the sender has it until the colleague accepts."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from clinic.models import ColleagueRequest
from clinic.services.escalations import leases, lifecycle, transfers
from clinic.services.escalations.changes import AlreadyResolved, NotHolder
from clinic.services.escalations.colleague_requests import NoPendingRequest, NotAColleague
from clinic.services.escalations.leases import ReasonNeeded
from notifications.models import Message
from tests import cases, factories

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ben(clinic):
    return factories.StaffFactory(clinic=clinic, user__name="Ben Second")


@pytest.fixture
def taken(escalate, nurse, now):
    return lifecycle.acknowledge(escalation_id=escalate().pk, by=nurse, now=now)


@pytest.fixture
def offered(taken, nurse, ben, now):
    return transfers.offer(
        escalation_id=taken.pk, by=nurse, to_staff_id=ben.pk, text="My shift ends.", now=now
    )


def test_sender_has_it_until_the_colleague_accepts(offered, nurse, ben, now):
    assert (offered.state, offered.acknowledged_by) == ("acknowledged", nurse)

    accepted = transfers.accept(escalation_id=offered.pk, by=ben.user, now=now + 3 * MINUTE)

    assert (accepted.acknowledged_by, accepted.lease_until) == (ben.user, now + 23 * MINUTE)
    assert [e.kind for e in accepted.events.order_by("pk")][-2:] == ["transfer_offered", "transfer_accepted"]
    assert ColleagueRequest.objects.get().state == "accepted"


def test_colleague_is_texted_without_a_name(offered, ben):
    message = Message.objects.get(purpose="page")
    assert message.to == str(ben.phone)
    assert message.body == (
        "Kinwatch: a colleague asks you for an answer. "
        f"Open http://testserver/console/escalations/{offered.pk}/"
    )


def test_colleague_without_a_phone_sees_it_on_the_console_only(taken, nurse, clinic, now):
    silent = factories.StaffFactory(clinic=clinic, phone=None)

    transfers.offer(escalation_id=taken.pk, by=nurse, to_staff_id=silent.pk, text="", now=now)

    assert Message.objects.filter(purpose="page").count() == 0


def test_lease_of_the_sender_runs_on_and_the_offer_lapses_with_it(offered, ben, now):
    assert leases.end_expired(now=now + 20 * MINUTE) == 1

    assert ColleagueRequest.objects.get().state == "lapsed"
    with pytest.raises(NoPendingRequest):
        transfers.accept(escalation_id=offered.pk, by=ben.user, now=now + 21 * MINUTE)


def test_decline_and_withdraw_leave_it_with_the_sender(offered, nurse, ben, now):
    declined = transfers.decline(escalation_id=offered.pk, by=ben.user, text="In theatre.", now=now)
    assert (declined.acknowledged_by, ColleagueRequest.objects.get().answer) == (nurse, "In theatre.")

    transfers.offer(escalation_id=offered.pk, by=nurse, to_staff_id=ben.pk, text="", now=now)
    kept = transfers.withdraw(escalation_id=offered.pk, by=nurse, now=now)

    assert kept.acknowledged_by == nurse
    assert sorted(ColleagueRequest.objects.values_list("state", flat=True)) == ["declined", "withdrawn"]


def test_new_offer_takes_back_the_one_before(offered, nurse, clinic, ben, now):
    other = factories.StaffFactory(clinic=clinic)

    transfers.offer(escalation_id=offered.pk, by=nurse, to_staff_id=other.pk, text="", now=now)

    with pytest.raises(NoPendingRequest):
        transfers.accept(escalation_id=offered.pk, by=ben.user, now=now)


@pytest.mark.parametrize("who", ["educator", "other clinic", "self", "left"])
def test_only_a_colleague_who_may_act_can_be_asked(taken, nurse, clinic, other_nurse, now, who):
    asked = {
        "educator": lambda: factories.StaffFactory(clinic=clinic, role="educator"),
        "other clinic": other_nurse.staff_roles.get,
        "self": nurse.staff_roles.get,
        "left": lambda: factories.StaffFactory(clinic=clinic, ended_at=now, ended_by=nurse),
    }[who]()

    with pytest.raises(NotAColleague):
        transfers.offer(escalation_id=taken.pk, by=nurse, to_staff_id=asked.pk, text="", now=now)


def test_only_the_holder_offers_and_only_the_asked_accepts(offered, nurse, ben, clinic, now):
    third = factories.StaffFactory(clinic=clinic).user

    with pytest.raises(NotHolder):
        transfers.offer(escalation_id=offered.pk, by=third, to_staff_id=ben.pk, text="", now=now)
    with pytest.raises(NoPendingRequest):
        transfers.accept(escalation_id=offered.pk, by=third, now=now)
    with pytest.raises(NoPendingRequest):
        transfers.withdraw(escalation_id=offered.pk, by=third, now=now)


def test_colleague_takes_over_with_a_reason_and_the_offer_is_gone(offered, ben, clinic, now):
    third = factories.StaffFactory(clinic=clinic, user__name="Tess Third").user

    after = transfers.take_over(escalation_id=offered.pk, by=third, reason="Nora was called away.", now=now)

    assert after.acknowledged_by == third
    event = after.events.order_by("pk").last()
    assert (event.kind, event.text) == ("taken_over", "Nora Nurse\nNora was called away.")
    with pytest.raises(NoPendingRequest):
        transfers.accept(escalation_id=offered.pk, by=ben.user, now=now)


def test_taking_over_needs_a_holder_another_than_oneself_and_a_reason(escalate, nurse, ben, now):
    escalation = escalate()
    facts = {"escalation_id": escalation.pk, "now": now}

    with pytest.raises(transfers.NotHeldByColleague):
        transfers.take_over(by=ben.user, reason="x", **facts)
    lifecycle.acknowledge(by=nurse, **facts)
    with pytest.raises(transfers.NotHeldByColleague):
        transfers.take_over(by=nurse, reason="x", **facts)
    with pytest.raises(ReasonNeeded):
        transfers.take_over(by=ben.user, reason=" ", **facts)
    lifecycle.resolve(by=nurse, outcome="admitted", note="", **facts)
    with pytest.raises(AlreadyResolved):
        transfers.take_over(by=ben.user, reason="x", **facts)


@pytest.mark.django_db(transaction=True)
def test_accept_races_with_a_rise_and_one_of_them_holds(patient, nurse, ben, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    transfers.offer(escalation_id=escalation.pk, by=nurse, to_staff_id=ben.pk, text="", now=now)
    barrier, refused = Barrier(2), []

    def accept() -> None:
        barrier.wait()
        try:
            transfers.accept(escalation_id=escalation.pk, by=ben.user, now=now + MINUTE)
        except NoPendingRequest as error:
            refused.append(error)
        finally:
            connection.close()

    def rise() -> None:
        barrier.wait()
        try:
            cases.report_by_family(patient, cases.FEVER_AND_CONFUSION, now + MINUTE)
        finally:
            connection.close()

    threads = [Thread(target=accept), Thread(target=rise)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    escalation.refresh_from_db()
    # Whichever came first, the worse report waits for a person anew.
    assert (escalation.level, escalation.state, escalation.acknowledged_by) == ("emergency", "open", None)
    assert escalation.pages.filter(state="due").count() == 1
    assert ColleagueRequest.objects.get().state == ("lapsed" if refused else "accepted")
