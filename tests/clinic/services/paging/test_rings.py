"""No more rings than needed: one call at a time, two people on one number, the newest page only."""

from datetime import timedelta
from itertools import groupby
from operator import itemgetter

import pytest

from clinic.models import Page, Suppression
from clinic.queries.paging import ledger
from clinic.rules.paging.channels import Channel, ChannelTurn
from clinic.services.escalations import leases, lifecycle
from clinic.services.paging import bundles, chain, ladders
from notifications.models import Message
from tests import cases, factories

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def people(clinic):
    """Three on call; Ana and Ann share a number."""
    found = [
        factories.CoveringStaffFactory(clinic=clinic, user__name=name)
        for name in ("Ana First", "Ann Same", "Ben Last")
    ]
    found[1].phone = found[0].phone
    found[1].save(update_fields=["phone"])
    for position, staff in enumerate(found):
        factories.OnCallFactory(staff=staff, position=position)
    return found


@pytest.fixture
def ana(clinic):
    staff = factories.CoveringStaffFactory(clinic=clinic, user__name="Ana First")
    factories.OnCallFactory(staff=staff, position=0)
    return staff


def open_many(clinic, count, at, answers=cases.FEVER_AND_CONFUSION):
    return [cases.escalate(factories.PatientFactory(clinic=clinic), answers, at) for _ in range(count)]


def use(staff, now, *turns):
    ladders.set_channel_order(
        clinic_id=staff.clinic_id,
        by=staff.user,
        turns=[ChannelTurn(channel, 60) for channel in turns],
        now=now,
    )


def test_two_people_on_one_number_ring_once_and_the_chain_moves_on(people, escalate, now):
    escalation = escalate()

    cases.run_engine(now, minutes=16)

    assert cases.pages_sent() == [
        ("Ana First", "sms", 0),
        ("Ana First", "voice", 120),
        ("Ben Last", "sms", 300),
        ("Ben Last", "voice", 420),
        ("the line", "voice", 600),
        ("Ana First", "sms", 900),
    ]
    passed_over = Suppression.objects.get()
    assert (passed_over.rule, passed_over.would_page, passed_over.escalation) == (
        "same_phone",
        people[1],
        escalation,
    )


def on_shift(clinic, name, starts_at, ends_at, layer="primary"):
    staff = factories.CoveringStaffFactory(clinic=clinic, user__name=name)
    factories.ShiftFactory(staff=staff, layer=layer, starts_at=starts_at, ends_at=ends_at)
    return staff


@pytest.mark.parametrize(
    ("begins_after", "order"),
    [
        (2 * MINUTE, ["Nora Night", "Dana Day", "Ben Backup", "the line", "Dana Day"]),
        (7 * MINUTE, ["Nora Night", "Ben Backup", "Dana Day", "the line", "Dana Day"]),
    ],
    ids=["first step", "second step"],
)
def test_whoever_comes_on_shift_while_it_waits_is_paged_next(clinic, escalate, now, begins_after, order):
    """Not passed over until the round is through, and nobody twice by one channel but by the next round."""
    changes_at = now + begins_after
    on_shift(clinic, "Nora Night", now - 8 * 60 * MINUTE, changes_at)
    on_shift(clinic, "Dana Day", changes_at, changes_at + 8 * 60 * MINUTE)
    on_shift(clinic, "Ben Backup", now - MINUTE, now + 60 * MINUTE, layer="backup")
    escalate()

    cases.run_engine(now, minutes=5 * (len(order) - 1))

    assert [name for name, _ in groupby(cases.pages_sent(), key=itemgetter(0))] == order


def test_second_person_is_paged_by_what_has_not_rung_their_phone(people, escalate, now):
    use(people[0], now, Channel.SMS)
    use(people[1], now, Channel.SMS, Channel.VOICE)
    escalate()

    cases.run_engine(now, minutes=5)

    assert cases.pages_sent() == [("Ana First", "sms", 0), ("Ann Same", "voice", 300)]


def test_second_person_is_paged_when_the_first_page_rang_nobody(people, escalate, now):
    escalate()
    chain.send_due(now=now)
    Message.objects.update(state="failed", due_at=None)
    Page.objects.filter(state="due").update(step=1, attempt=0, began_at=None, staff=None, due_at=now)

    chain.send_due(now=now + SECOND)

    assert cases.pages_sent()[-1] == ("Ann Same", "sms", 1)


def test_each_role_on_a_shared_number_gets_its_own_text(people, clinic, escalate, now):
    """Each role owes an answer of its own, with a code of its own."""
    people[1].role = "physician"
    people[1].save(update_fields=["role"])
    escalation = escalate()
    for role in ("nurse", "physician"):
        escalation.required_answers.create(role=role)
    chain.start(escalation=escalation, now=now)

    cases.run_engine(now, minutes=2)

    assert sorted(cases.pages_sent())[:3] == [
        ("Ana First", "sms", 0),
        ("Ana First", "voice", 120),
        ("Ann Same", "sms", 0),
    ]
    # Both calls would fall on one minute: the second waits for the first.
    assert Suppression.objects.get().rule == "on_the_phone"
    cases.run_engine(now + 150 * SECOND, minutes=0.5)
    assert ("Ann Same", "voice", 180) in cases.pages_sent()


def test_one_call_at_a_time_to_one_phone(clinic, ana, now):
    use(ana, now, Channel.VOICE, Channel.SMS)
    open_many(clinic, 3, now)

    cases.run_engine(now, minutes=0)
    assert [channel for _, channel, _ in cases.pages_sent()] == ["voice"]
    waiting = list(Page.objects.filter(state="due", due_at=now + MINUTE, attempt=0))
    assert len(waiting) == 2
    cases.run_engine(now + MINUTE, minutes=1)

    calls = [at for _, channel, at in cases.pages_sent() if channel == "voice"]
    assert calls == [0, 60, 120]
    assert {one.rule for one in Suppression.objects.all()} == {"on_the_phone"}
    assert Suppression.objects.count() == 2


def test_one_person_at_two_clinics_is_called_once_at_a_time(clinic, other_clinic, ana, now):
    there = factories.CoveringStaffFactory(clinic=other_clinic, user=ana.user)
    factories.OnCallFactory(staff=there, position=0)
    for staff in (ana, there):
        use(staff, now, Channel.VOICE, Channel.SMS)
    for one in (clinic, other_clinic):
        open_many(one, 1, now)

    cases.run_engine(now, minutes=1)

    assert sorted(at for _, channel, at in cases.pages_sent() if channel == "voice") == [0, 60]


def test_clinics_line_is_called_once_at_a_time(clinic, now):
    open_many(clinic, 2, now)

    cases.run_engine(now, minutes=1)

    assert cases.pages_sent() == [("the line", "voice", 0), ("the line", "voice", 60)]


def test_call_that_cannot_ring_within_its_step_gives_way_to_the_next_person(clinic, ana, now):
    ben = factories.CoveringStaffFactory(clinic=clinic, user__name="Ben Second")
    factories.OnCallFactory(staff=ben, position=1)
    use(ana, now, Channel.VOICE)
    # With five minutes a person, five calls of a minute fit in.
    escalations = open_many(clinic, 7, now)

    cases.run_engine(now, minutes=5.5)

    rung = {page.escalation_id for page in Page.objects.filter(state="sent")}
    assert rung == {one.pk for one in escalations}
    by_ben = Page.objects.filter(state="sent", staff=ben, sent_at__lte=now + 5 * MINUTE)
    assert by_ben.exists()


def test_call_that_failed_leaves_the_phone_free(clinic, ana, now):
    use(ana, now, Channel.VOICE)
    open_many(clinic, 1, now)
    chain.send_due(now=now)
    Message.objects.update(state="failed", due_at=None)
    open_many(clinic, 1, now)

    chain.send_due(now=now + SECOND)

    assert [at for _, _, at in cases.pages_sent()] == [0, 1]


def test_outbox_that_stood_still_sends_the_newest_page_of_a_chain_only(escalate, people, now):
    escalation = escalate()

    cases.run_engine(now, minutes=5.5, arriving=False)

    assert list(Message.objects.order_by("created_at").values_list("state", flat=True)) == [
        *["suppressed"] * (Message.objects.count() - 1),
        "pending",
    ]
    rows = Suppression.objects.filter(rule="overtaken")
    assert rows.count() == Message.objects.count() - 1
    assert {row.escalation for row in rows} == {escalation}


def test_what_has_left_the_outbox_is_not_taken_back(escalate, people, now):
    escalate()
    chain.send_due(now=now)
    Message.objects.update(state="accepted", due_at=None)

    chain.send_due(now=now + 2 * MINUTE)

    assert list(Message.objects.order_by("created_at").values_list("state", flat=True)) == [
        "accepted",
        "pending",
    ]
    assert not Suppression.objects.exists()


def test_page_that_waits_for_a_bundle_is_overtaken_by_a_newer_one_of_its_chain(clinic, ana, nurse, now):
    open_many(clinic, 2, now, cases.FEVER)
    chain.send_due(now=now)
    cases.arrive(now)
    held = Page.objects.get(state="held")
    other = Page.objects.get(state="sent").escalation
    lifecycle.acknowledge(escalation_id=other.pk, by=nurse, now=now)

    # The bundle did not leave in its minute: nothing ran.
    chain.send_due(now=now + 3 * MINUTE)
    bundles.send_due(now=now + 3 * MINUTE)
    cases.arrive(now + 3 * MINUTE)

    held.refresh_from_db()
    assert (held.state, held.suppression.rule) == ("cancelled", "overtaken")
    assert [page.channel for page in held.escalation.pages.filter(state="sent")] == ["voice"]
    tally = ledger.count_alarms(clinic, now - MINUTE, now + MINUTE)
    assert (tally.alarms, tally.paged, tally.missing, tally.lost_pages) == (2, 2, (), 0)


def test_bundle_of_one_call_waits_for_the_call_that_is_under_way(clinic, ana, now):
    first = open_many(clinic, 1, now, cases.FEVER)[0]
    cases.run_engine(now, minutes=0)
    open_many(clinic, 1, now + 20 * SECOND)
    cases.run_engine(now + 20 * SECOND, minutes=0)
    open_many(clinic, 1, now + 90 * SECOND, cases.FEVER)
    cases.run_engine(now + 90 * SECOND, minutes=1, every=10)

    # The first patient's call was held back for a text at 90 seconds; then the emergency was called about.
    held = first.pages.get(state="held")
    assert held.due_at == now + 200 * SECOND
    cases.run_engine(now + 160 * SECOND, minutes=1, every=10)

    calls = [at for _, channel, at in cases.pages_sent() if channel == "voice"]
    assert calls[:2] == [140, 200]


def test_chain_that_starts_again_is_not_held_back_by_its_own_bundle(clinic, ana, nurse, now):
    first, second = open_many(clinic, 2, now, cases.FEVER)
    chain.send_due(now=now)
    cases.arrive(now)
    third = open_many(clinic, 1, now, cases.FEVER)[0]
    chain.send_due(now=now + SECOND)
    bundles.send_due(now=now + MINUTE)
    cases.arrive(now + MINUTE)
    lifecycle.acknowledge(escalation_id=first.pk, by=nurse, now=now + MINUTE)

    later = now + MINUTE + 10 * SECOND
    chain.start(escalation=third, now=later)
    chain.send_due(now=later)

    assert second.pages.filter(state="sent").exists()
    assert third.pages.filter(state="sent", sent_at=later).exists()


def test_new_alert_of_the_same_patient_is_not_held_back_by_the_old(clinic, ana, nurse, now):
    escalation = open_many(clinic, 1, now, cases.FEVER)[0]
    chain.send_due(now=now)
    cases.arrive(now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="advice_given", note="", now=now)

    cases.escalate(escalation.patient, cases.FEVER, now + 20 * SECOND)
    chain.send_due(now=now + 20 * SECOND)

    assert [at for _, _, at in cases.pages_sent()] == [0, 20]


def test_lease_that_ran_out_pages_again_though_the_phone_has_just_rung_for_it(clinic, ana, nurse, now):
    escalation = open_many(clinic, 1, now, cases.FEVER)[0]
    chain.send_due(now=now)
    cases.arrive(now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    leases.snooze(escalation_id=escalation.pk, by=nurse, until=now + 30 * SECOND, reason="Lab", now=now)

    cases.run_engine(now + 30 * SECOND, minutes=0)

    assert [at for _, _, at in cases.pages_sent()] == [0, 30]
