"""What becomes worse after somebody has taken it: opened again, sounding, and its holder asked first."""

from datetime import timedelta

import pytest
from django.db import transaction

from clinic.models import Clinic, PagingLadder, Suppression
from clinic.models.escalation import Cause
from clinic.queries.desk import worklist
from clinic.queries.escalations import panel
from clinic.queries.paging import ledger
from clinic.receivers import on_message_state, on_sms
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.escalations import leases, lifecycle
from clinic.services.paging import chain, undelivered
from notifications.models import Message, OptOut, PhoneTrouble
from notifications.rules.text import health_words
from tests import cases, factories

MINUTE = timedelta(minutes=1)
BLEEDING = {"temp_value": "36.8", "temp_unit": "C", "bleeding": 2}
FEVER_AND_BLEEDING = {**cases.FEVER, "bleeding": 2}


@pytest.fixture
def ana(clinic):
    return factories.CoveringStaffFactory(clinic=clinic, user__name="Ana First")


@pytest.fixture
def ben(clinic):
    """On call; who has taken it is not."""
    staff = factories.CoveringStaffFactory(clinic=clinic, user__name="Ben Second")
    factories.OnCallFactory(staff=staff, position=0)
    return staff


@pytest.fixture
def taken(escalate, ana, ben, now):
    return lifecycle.acknowledge(escalation_id=escalate(cases.FEVER).pk, by=ana.user, now=now)


@pytest.fixture
def set_aside(taken, ana, now):
    return leases.snooze(
        escalation_id=taken.pk, by=ana.user, until=now + 15 * MINUTE, reason="Waits for the lab", now=now
    )


def kinds(escalation):
    return list(escalation.events.order_by("pk").values_list("kind", flat=True))


def sounding(user, now):
    waiting = worklist.worklist(user=user, clinic_slug="", now=now).waiting
    return [row.id for row in waiting if row.is_sounding]


def test_second_problem_ends_the_setting_aside_sounds_texts_the_holder_and_pages_on(
    set_aside, escalate, ana, ben, now
):
    later = now + 5 * MINUTE
    version = Clinic.objects.get().live_version
    assert sounding(ben.user, now) == []

    worse = escalate(BLEEDING, at=later)

    assert (worse.pk, worse.level, worse.state) == (set_aside.pk, "urgent", "open")
    assert (worse.snoozed_until, worse.snooze_reason, worse.lease_until) == (None, "", None)
    assert worse.waiting_since == later
    assert kinds(worse) == ["opened", "acknowledged", "snoozed", "worsened"]
    assert sounding(ben.user, later) == [worse.pk]
    assert Clinic.objects.get().live_version > version
    cases.run_engine(later, minutes=1.5)
    assert cases.pages_sent() == [("Ana First", "sms", 0)]
    cases.run_engine(later + 2 * MINUTE, minutes=2)
    assert cases.pages_sent() == [
        ("Ana First", "sms", 0),
        ("Ben Second", "sms", 120),
        ("Ben Second", "voice", 240),
    ]


def test_text_to_the_holder_names_nobody_and_no_illness(taken, escalate, ana, patient, now):
    worse = escalate(BLEEDING, at=now + MINUTE)
    chain.send_due(now=now + MINUTE)

    body = Message.objects.get(purpose="page").body

    code = worse.pages.get(to_holder=True).code
    assert body == (
        "Kinwatch: something new on an alert you took. "
        f"Reply 1 {code} to keep it, or open http://testserver/console/escalations/{worse.pk}/"
    )
    assert not health_words(body)


@pytest.mark.parametrize("door", ["console", "text"])
def test_holder_who_answers_in_time_keeps_it_and_nobody_is_paged(taken, escalate, ana, ben, now, door):
    worse = escalate(BLEEDING, at=now + MINUTE)
    cases.run_engine(now + MINUTE, minutes=1)

    if door == "console":
        lifecycle.acknowledge(escalation_id=worse.pk, by=ana.user, now=now + 2 * MINUTE)
    else:
        code = worse.pages.get(to_holder=True).code
        answer = on_sms(
            inbound_id=1, from_phone=str(ana.phone), body=f"1 {code}", kind="text", now=now + 2 * MINUTE
        )
        assert answer.startswith("You have it.")
    cases.run_engine(now + 2 * MINUTE, minutes=10)

    worse.refresh_from_db()
    assert (worse.state, worse.acknowledged_by) == ("acknowledged", ana.user)
    assert worse.lease_until == now + 22 * MINUTE
    assert [name for name, _, _ in cases.pages_sent()] == ["Ana First"]


def test_holder_who_says_no_hands_it_to_the_first_person_at_once(taken, escalate, ana, ben, now):
    escalate(BLEEDING, at=now + MINUTE)
    cases.run_engine(now + MINUTE, minutes=0.5)

    on_sms(inbound_id=1, from_phone=str(ana.phone), body="2", kind="text", now=now + 2 * MINUTE)
    cases.run_engine(now + 2 * MINUTE, minutes=0)

    assert cases.pages_sent() == [("Ana First", "sms", 0), ("Ben Second", "sms", 60)]


def test_holder_who_is_first_on_call_is_called_next_and_not_texted_twice(escalate, ana, ben, now):
    factories.OnCallFactory(staff=ana, position=1)
    lifecycle.acknowledge(escalation_id=escalate(cases.FEVER).pk, by=ben.user, now=now)

    escalate(BLEEDING, at=now + MINUTE)
    cases.run_engine(now + MINUTE, minutes=5)

    assert cases.pages_sent() == [
        ("Ben Second", "sms", 0),
        ("Ben Second", "voice", 120),
        ("Ana First", "sms", 300),
    ]


def test_tenth_is_of_the_lease_of_that_level(escalate, ana, ben, now):
    PagingLadder.objects.create(
        clinic=ana.clinic,
        changed_by=ana.user,
        document=ladder.to_json(
            ladder.Ladder({**ladder.DEFAULT.rungs, Level.URGENT: ladder.Rung(hold_minutes=50)})
        ),
    )
    lifecycle.acknowledge(escalation_id=escalate(cases.FEVER).pk, by=ana.user, now=now)

    escalate(BLEEDING, at=now + MINUTE)
    chain.send_due(now=now + MINUTE)

    assert ana.pages.get().escalation.pages.get(state="due").due_at == now + 6 * MINUTE


def test_higher_level_asks_the_holder_first_too(taken, escalate, ben, now):
    worse = escalate(cases.FEVER_AND_CONFUSION, at=now + MINUTE)
    cases.run_engine(now + MINUTE, minutes=2)

    assert (worse.level, worse.state) == ("emergency", "open")
    assert cases.pages_sent() == [("Ana First", "sms", 0), ("Ben Second", "sms", 120)]


def test_rise_of_what_nobody_has_taken_pages_at_once(escalate, ana, ben, now):
    escalate(cases.NAUSEA)

    escalate(cases.FEVER, at=now + MINUTE)
    cases.run_engine(now + MINUTE, minutes=0)

    assert cases.pages_sent() == [("Ben Second", "sms", 0)]


def test_worse_again_before_the_holder_has_answered_pages_at_once(taken, escalate, ben, now):
    escalate(BLEEDING, at=now + MINUTE)
    cases.run_engine(now + MINUTE, minutes=0.5)

    escalate(cases.FEVER_AND_CONFUSION, at=now + 2 * MINUTE)
    cases.run_engine(now + 2 * MINUTE, minutes=0)

    assert cases.pages_sent() == [("Ana First", "sms", 0), ("Ben Second", "sms", 60)]


@pytest.mark.parametrize("answers", [cases.FEVER, cases.NAUSEA, {"temp_value": "36.8", "temp_unit": "C"}])
def test_same_rule_again_and_what_is_less_joins_silently(set_aside, escalate, answers, now):
    after = escalate(answers, at=now + MINUTE)

    assert (after.state, after.snoozed_until) == ("acknowledged", now + 15 * MINUTE)
    chain.send_due(now=now + MINUTE)
    assert not Message.objects.filter(purpose="page").exists()


def signs(*ticked):
    return {"temp_value": "36.8", "temp_unit": "C", "red_flags": ticked[0] if len(ticked) == 1 else ticked}


@pytest.mark.parametrize(
    ("ticked", "state"),
    [
        (signs("cannot_wake"), "open"),
        (signs("bleeding_wont_stop", "cannot_wake"), "open"),
        (signs("not_a_sign_of_ours"), "open"),
        (signs("bleeding_wont_stop"), "acknowledged"),
        ({**signs("bleeding_wont_stop"), "red_flags": ["bleeding_wont_stop"]}, "acknowledged"),
        (signs("seizure"), "acknowledged"),
    ],
)
def test_danger_sign_that_was_not_there_is_something_new(escalate, ana, ben, now, ticked, state):
    """One rule stands for all of them, and it had fired when somebody took the patient."""
    escalation = escalate(signs("bleeding_wont_stop", "seizure"))
    lifecycle.acknowledge(escalation_id=escalation.pk, by=ana.user, now=now)

    after = escalate(ticked, at=now + MINUTE)

    assert after.state == state
    chain.send_due(now=now + MINUTE)
    texted = [str(ana.phone)] if state == "open" else []
    assert list(Message.objects.filter(purpose="page").values_list("to", flat=True)) == texted


def test_what_came_before_it_was_taken_is_nothing_new(escalate, ana, ben, now):
    escalation = escalate(cases.FEVER)
    escalate(BLEEDING, at=now + MINUTE)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=ana.user, now=now + 2 * MINUTE)

    after = escalate(BLEEDING, at=now + 3 * MINUTE)

    assert after.state == "acknowledged"


def test_rule_that_gets_worse_below_the_level_of_another_counts(escalate, ana, ben, now):
    """The escalation is an emergency already; the temperature that was one to watch is urgent now."""
    warm = {"temp_value": "36.8", "temp_unit": "C", "red_flags": ["seizure"]}
    escalation = escalate(warm)
    assert escalation.level == "emergency"
    lifecycle.acknowledge(escalation_id=escalation.pk, by=ana.user, now=now)

    after = escalate(cases.FEVER, at=now + MINUTE)

    assert (after.level, after.state) == ("emergency", "open")
    why = panel.panel(user=ben.user, escalation_id=after.pk, now=now + MINUTE).reasons
    assert why[0].level == "emergency"
    assert "urgent" in {reason.level for reason in why}


def worry(patient, level, at, caregiver):
    with transaction.atomic():
        return lifecycle.open_for_cause(patient=patient, cause=Cause.WORRY, level=level, now=at, by=caregiver)


def test_urgent_worry_and_silence_count_as_something_new_once(set_aside, patient, caregiver, ana, now):
    worse = worry(patient, Level.URGENT, now + MINUTE, caregiver)
    assert (worse.state, kinds(worse)[-1]) == ("open", "worsened")

    lifecycle.acknowledge(escalation_id=worse.pk, by=ana.user, now=now + 2 * MINUTE)
    assert worry(patient, Level.URGENT, now + 3 * MINUTE, caregiver).state == "acknowledged"
    with transaction.atomic():
        again = lifecycle.open_for_cause(
            patient=patient, cause=Cause.MISSED_CHECKIN, level=Level.URGENT, now=now + 4 * MINUTE
        )
    assert again.state == "open"


def test_worry_below_urgent_joins_what_is_held(set_aside, patient, caregiver, now):
    assert worry(patient, Level.SAME_DAY, now + MINUTE, caregiver).state == "acknowledged"


def leave(staff, now):
    staff.ended_at, staff.ended_by = now, staff.user
    staff.save(update_fields=["ended_at", "ended_by"])


def lock_out(staff, now):
    staff.user.is_active = False
    staff.user.save(update_fields=["is_active"])


def lose_phone(staff, now):
    staff.phone = ""
    staff.save(update_fields=["phone"])


def stop_texts(staff, now):
    OptOut.objects.create(phone=str(staff.phone), service="paging", source="carrier", created_at=now)


def landline(staff, now):
    PhoneTrouble.objects.create(phone=str(staff.phone), no_texts_at=now, since=now)


def become_educator(staff, now):
    staff.role = "educator"
    staff.save(update_fields=["role"])


@pytest.mark.parametrize("change", [leave, lock_out, lose_phone, stop_texts, landline, become_educator])
@pytest.mark.parametrize("when", ["before", "between"])
def test_holder_whom_no_text_reaches_is_not_waited_for(taken, escalate, ana, ben, now, change, when):
    if when == "before":
        change(ana, now)
    escalate(BLEEDING, at=now + MINUTE)
    if when == "between":
        change(ana, now)

    cases.run_engine(now + MINUTE, minutes=0)

    assert cases.pages_sent() == [("Ben Second", "sms", 0)]


def test_text_to_the_holder_that_fails_begins_the_chain_at_once(taken, escalate, ben, now):
    escalate(BLEEDING, at=now + MINUTE)
    chain.send_due(now=now + MINUTE)
    Message.objects.filter(purpose="page").update(state="failed", due_at=None)
    later = now + MINUTE + timedelta(seconds=20)

    on_message_state(
        message_id=Message.objects.get(purpose="page").pk,
        purpose="page",
        state="failed",
        error_code="30003",
        now=later,
    )
    chain.send_due(now=later)

    assert cases.pages_sent() == [("Ana First", "sms", 0), ("Ben Second", "sms", 20)]


def test_below_urgent_a_higher_level_waits_again_and_texts_nobody(escalate, ana, ben, now):
    escalation = escalate(cases.NAUSEA)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=ana.user, now=now)

    worse = escalate({**cases.NAUSEA, "vomiting": 2}, at=now + MINUTE)
    chain.send_due(now=now + MINUTE)

    assert (worse.level, worse.state) == ("same_day", "open")
    assert not Message.objects.filter(purpose="page").exists()


def test_ledger_counts_what_became_worse_as_paged(taken, escalate, clinic, now):
    escalate(BLEEDING, at=now + MINUTE)
    cases.run_engine(now + MINUTE, minutes=0)

    tally = ledger.count_alarms(clinic, now - MINUTE, now + 2 * MINUTE)

    assert (tally.alarms, tally.paged, tally.answered_first, tally.held_back) == (2, 2, 0, 0)
    assert tally.missing == ()
    assert Suppression.objects.count() == 0


def test_holder_who_passed_it_on_is_not_taken_back_by_a_late_no(taken, escalate, ana, ben, now):
    worse = escalate(BLEEDING, at=now + MINUTE)
    cases.run_engine(now + MINUTE, minutes=3)

    page = worse.pages.get(to_holder=True)

    assert undelivered.pass_to_next_person(page_id=page.pk, now=now + 4 * MINUTE) is False
