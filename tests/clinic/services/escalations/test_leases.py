"""Taking is a lease, and setting aside has an end; both page again."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.models import AuditEvent, Escalation, EscalationEvent
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.escalations import contacts, leases, lifecycle
from clinic.services.escalations.changes import AlreadyResolved, NotHolder
from clinic.services.paging import ladders
from tests import cases, factories

MINUTE = timedelta(minutes=1)


@pytest.fixture
def person(clinic):
    return factories.OnCallFactory(staff__clinic=clinic, staff__user__name="Ana First", position=0).staff


@pytest.fixture
def taken(escalate, person, nurse, now):
    return lifecycle.acknowledge(escalation_id=escalate().pk, by=nurse, now=now)


def test_taking_starts_a_lease_of_twenty_minutes(taken, now):
    assert (taken.state, taken.lease_until) == ("acknowledged", now + 20 * MINUTE)


def test_lease_without_a_sign_of_work_waits_again_and_pages_from_the_first_step(taken, nurse, now):
    assert leases.end_expired(now=now + 19 * MINUTE) == 0

    cases.run_engine(now + 20 * MINUTE, minutes=1)

    taken.refresh_from_db()
    assert (taken.state, taken.acknowledged_by, taken.lease_until) == ("open", None, None)
    assert taken.waiting_since == now + 20 * MINUTE
    assert cases.pages_sent() == [("Ana First", "sms", 0)]
    event = EscalationEvent.objects.get(kind="lease_ended")
    assert (event.text, event.by) == ("Nora Nurse", None)
    assert AuditEvent.objects.filter(action="escalation.lease_ended").count() == 1


def test_lease_that_ran_out_while_the_worker_was_down_ends_when_it_is_back(taken, now):
    cases.run_engine(now + timedelta(hours=3), minutes=0)

    taken.refresh_from_db()
    assert (taken.state, taken.waiting_since) == ("open", now + 20 * MINUTE)
    assert cases.pages_sent() == [("Ana First", "sms", 0)]


@pytest.mark.parametrize("work", ["note", "call", "renew"])
def test_work_of_the_holder_starts_a_new_lease(taken, nurse, now, work):
    at, facts = now + 15 * MINUTE, {"escalation_id": taken.pk, "by": nurse}
    if work == "note":
        lifecycle.add_note(**facts, text="Calling now.", now=at)
    elif work == "call":
        contacts.log(**facts, member_id=None, who="Neighbour", reached=True, note="", now=at)
    else:
        leases.renew(**facts, now=at)

    assert leases.end_expired(now=now + 34 * MINUTE) == 0
    assert leases.end_expired(now=now + 35 * MINUTE) == 1


def test_note_of_somebody_else_does_not_keep_a_lost_holders_lease_alive(taken, clinic, now):
    other = factories.StaffFactory(clinic=clinic).user

    lifecycle.add_note(escalation_id=taken.pk, by=other, text="I called the lab.", now=now + 15 * MINUTE)

    assert leases.end_expired(now=now + 20 * MINUTE) == 1
    with pytest.raises(NotHolder) as refused:
        leases.renew(escalation_id=taken.pk, by=other, now=now + 21 * MINUTE)
    assert refused.value.holder == ""


def test_only_the_holder_renews(taken, clinic, now):
    other = factories.StaffFactory(clinic=clinic).user

    with pytest.raises(NotHolder) as refused:
        leases.renew(escalation_id=taken.pk, by=other, now=now)
    assert refused.value.holder == "Nora Nurse"


def test_length_of_the_lease_is_the_clinics_and_stays_what_it_was_at_the_opening(
    escalate, clinic, nurse, now
):
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user

    def set_hold(minutes):
        rungs = {**ladder.DEFAULT.rungs, Level.URGENT: ladder.Rung(hold_minutes=minutes)}
        ladders.change(clinic=clinic, by=administrator, to=ladder.Ladder(rungs), now=now)

    set_hold(30)
    escalation = escalate()
    set_hold(10)

    taken = lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    assert taken.lease_until == now + 30 * MINUTE


def test_level_that_pages_nobody_waits_again_without_a_page(escalate, person, nurse, now):
    escalation = escalate(cases.NAUSEA)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    assert leases.end_expired(now=now + timedelta(hours=24)) == 1
    escalation.refresh_from_db()
    assert (escalation.state, escalation.pages.count()) == ("open", 0)


def test_snooze_ends_and_pages_though_the_worker_was_down_then(taken, nurse, now):
    until = now + 15 * MINUTE
    leases.snooze(escalation_id=taken.pk, by=nurse, until=until, reason="Waits for a platelet count", now=now)

    taken.refresh_from_db()
    assert (taken.snoozed_until, taken.lease_until) == (until, until)
    assert leases.end_expired(now=until - MINUTE) == 0
    cases.run_engine(now + timedelta(hours=1), minutes=0)

    taken.refresh_from_db()
    assert (taken.state, taken.snoozed_until, taken.snooze_reason) == ("open", None, "")
    assert cases.pages_sent() == [("Ana First", "sms", 0)]
    assert [e.kind for e in taken.events.order_by("pk")][-3:] == ["snoozed", "snooze_ended", "paged"]


def test_work_takes_up_again_what_was_set_aside(taken, nurse, now):
    leases.snooze(escalation_id=taken.pk, by=nurse, until=now + 5 * MINUTE, reason="Lab", now=now)

    renewed = leases.renew(escalation_id=taken.pk, by=nurse, now=now + MINUTE)

    assert (renewed.snoozed_until, renewed.lease_until) == (None, now + 21 * MINUTE)


@pytest.mark.parametrize(
    ("minutes", "reason", "refusal"),
    [(16, "Lab", leases.SnoozeTooLong), (0, "Lab", leases.SnoozeTooLong), (10, "  ", leases.ReasonNeeded)],
    ids=["too long", "not ahead", "no reason"],
)
def test_snooze_out_of_bounds_is_refused(taken, nurse, now, minutes, reason, refusal):
    with pytest.raises(refusal):
        leases.snooze(escalation_id=taken.pk, by=nurse, until=now + minutes * MINUTE, reason=reason, now=now)


def test_nobody_sets_aside_what_they_do_not_have_or_what_is_closed(taken, clinic, nurse, now):
    other = factories.StaffFactory(clinic=clinic).user
    facts = {"escalation_id": taken.pk, "until": now + MINUTE, "reason": "Lab", "now": now}

    with pytest.raises(NotHolder):
        leases.snooze(by=other, **facts)
    lifecycle.resolve(escalation_id=taken.pk, by=nurse, outcome="admitted", note="", now=now)
    with pytest.raises(AlreadyResolved):
        leases.snooze(by=nurse, **facts)


def test_rise_ends_snooze_and_lease(taken, escalate, nurse, now):
    leases.snooze(escalation_id=taken.pk, by=nurse, until=now + 10 * MINUTE, reason="Lab", now=now)

    raised = escalate(cases.FEVER_AND_CONFUSION, at=now + MINUTE)

    assert (raised.state, raised.lease_until, raised.snoozed_until) == ("open", None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"lease_until": None},
        {"state": "open", "acknowledged_by": None, "acknowledged_at": None},
        {"snooze_reason": "Lab"},
    ],
    ids=["taken for ever", "lease of nobody", "reason without an end"],
)
def test_database_refuses_a_lease_that_breaks_the_rules(taken, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.filter(pk=taken.pk).update(**fields)


@pytest.mark.django_db(transaction=True)
def test_lease_that_ends_while_four_workers_look_pages_once(taken, now):
    barrier, at = Barrier(4), now + 20 * MINUTE

    def look() -> None:
        barrier.wait()
        try:
            leases.end_expired(now=at)
        finally:
            connection.close()

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert EscalationEvent.objects.filter(kind="lease_ended").count() == 1
    assert taken.pages.filter(state="due").count() == 1
