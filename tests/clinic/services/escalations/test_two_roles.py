"""Where a nurse and a physician must both answer, each has a chain of its own."""

from datetime import timedelta

import pytest

from clinic.models import SystemAlarm
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.escalations import leases, levels, lifecycle, outcomes, transfers
from clinic.services.paging import ladders
from tests import cases, factories

MINUTE = timedelta(minutes=1)


@pytest.fixture
def both(clinic, now):
    """Both roles for an emergency, and for one rule."""
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user
    rungs = {**ladder.DEFAULT.rungs, Level.EMERGENCY: ladder.Rung(hold_minutes=20, both_roles=True)}
    ladders.change(clinic=clinic, by=administrator, to=ladder.Ladder(rungs, frozenset({"temp"})), now=now)


@pytest.fixture
def people(clinic):
    found = [
        factories.StaffFactory(clinic=clinic, role=role, user__name=name)
        for name, role in (("Nick Nurse", "nurse"), ("Pia Physician", "physician"))
    ]
    for position, staff in enumerate(found):
        factories.OnCallFactory(staff=staff, position=position)
    return found


@pytest.fixture
def escalation(both, people, escalate):
    return escalate(cases.FEVER_AND_CONFUSION)


def take(escalation, staff, at):
    return lifecycle.acknowledge(escalation_id=escalation.pk, by=staff.user, now=at)


def names(escalation):
    return [name for name, channel, _ in cases.pages_sent() if channel == "sms"]


def test_both_are_paged_and_the_second_chain_runs_until_its_answer_is_in(escalation, people, now):
    cases.run_engine(now, minutes=0)
    assert sorted(names(escalation)) == ["Nick Nurse", "Pia Physician"]

    take(escalation, people[0], now + MINUTE)
    cases.run_engine(now + 2 * MINUTE, minutes=9)
    assert [page.role for page in escalation.pages.filter(state="due")] == ["physician"]
    assert names(escalation).count("Nick Nurse") == 1
    assert names(escalation).count("Pia Physician") == 2

    joined = take(escalation, people[1], now + 12 * MINUTE)

    assert joined.acknowledged_by == people[0].user
    assert joined.events.order_by("pk").last().kind == "joined"
    assert escalation.pages.filter(state="due").count() == 0


def test_it_closes_only_with_both_answers(escalation, people, now):
    take(escalation, people[0], now)
    close = {
        "escalation_id": escalation.pk,
        "by": people[0].user,
        "outcome": "admitted",
        "note": "",
        "now": now,
    }

    with pytest.raises(lifecycle.AnswerMissing) as missing:
        lifecycle.resolve(**close)
    assert missing.value.role == "physician"
    take(escalation, people[1], now)

    assert lifecycle.resolve(**close).state == "resolved"


def test_third_person_is_told_who_has_it(escalation, people, clinic, now):
    take(escalation, people[0], now)

    with pytest.raises(lifecycle.AlreadyTaken):
        take(escalation, factories.StaffFactory(clinic=clinic, role="nurse"), now)


def test_lease_that_ends_owes_both_answers_anew(escalation, people, now):
    for staff in people:
        take(escalation, staff, now)

    leases.end_expired(now=now + 20 * MINUTE)

    assert sorted(page.role for page in escalation.pages.filter(state="due")) == ["nurse", "physician"]


def test_rule_alone_can_ask_for_both(both, people, escalate, now):
    escalation = escalate(cases.FEVER)

    assert escalation.level == "urgent"
    assert sorted(escalation.required_answers.values_list("role", flat=True)) == ["nurse", "physician"]


def test_lowering_below_urgent_is_no_way_round_the_second_answer(escalation, people, now):
    take(escalation, people[0], now)
    lower = {
        "escalation_id": escalation.pk,
        "by": people[0].user,
        "level": "same_day",
        "reason": "Wrong.",
        "outcome": "mistaken_entry",
        "now": now,
    }

    with pytest.raises(outcomes.AnswerMissing) as missing:
        levels.lower(**lower)
    assert missing.value.role == "physician"
    assert escalation.pages.filter(state="due", role="physician").exists()
    take(escalation, people[1], now)

    assert levels.lower(**lower).level == "same_day"
    assert escalation.pages.filter(state="due").count() == 0


def test_physician_who_takes_it_over_has_answered_for_the_physicians(escalation, people, now):
    take(escalation, people[0], now)
    assert escalation.pages.filter(state="due", role="physician").exists()

    transfers.take_over(escalation_id=escalation.pk, by=people[1].user, reason="My patient", now=now + MINUTE)

    assert not escalation.pages.filter(state="due").exists()
    assert not escalation.required_answers.filter(answered_at__isnull=True).exists()


@pytest.fixture
def both_for_bleeding(clinic, now):
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user
    ladders.change(
        clinic=clinic,
        by=administrator,
        to=ladder.Ladder(ladder.DEFAULT.rungs, frozenset({"bleeding"})),
        now=now,
    )


BLEEDING = {"temp_value": "36.8", "temp_unit": "C", "bleeding": 2}


def answers(escalation):
    return dict(escalation.required_answers.values_list("role", "answered_by__name"))


def test_report_that_joins_a_held_patient_owes_and_pages_the_physician(
    both_for_bleeding, people, escalate, now
):
    escalation = escalate(cases.FEVER)
    take(escalation, people[0], now)
    assert answers(escalation) == {}

    escalate(BLEEDING, at=now + MINUTE)
    cases.run_engine(now + MINUTE, minutes=0)

    assert answers(escalation) == {"nurse": None, "physician": None}
    # The nurse had it and is asked alone; the physician never had it.
    assert sorted(names(escalation)) == ["Nick Nurse", "Pia Physician"]
    assert escalation.pages.get(to_holder=True).staff == people[0]
    take(escalation, people[0], now + 2 * MINUTE)
    assert [page.role for page in escalation.pages.filter(state="due")] == ["physician"]
    with pytest.raises(lifecycle.AnswerMissing):
        lifecycle.resolve(
            escalation_id=escalation.pk,
            by=people[0].user,
            outcome="admitted",
            note="",
            now=now + 3 * MINUTE,
        )


def test_report_that_joins_what_is_being_paged_gives_each_role_its_chain(
    both_for_bleeding, people, escalate, now
):
    escalation = escalate(cases.FEVER)
    cases.run_engine(now, minutes=0)

    escalate(BLEEDING, at=now + MINUTE)
    cases.run_engine(now + MINUTE, minutes=0)

    assert answers(escalation) == {"nurse": None, "physician": None}
    assert sorted(page.role for page in escalation.pages.filter(state="due")) == ["nurse", "physician"]
    assert names(escalation).count("Pia Physician") == 1


def test_lesser_rule_beside_one_that_is_known_owes_the_physician_and_the_nurse_keeps_it(
    clinic, people, escalate, now
):
    """The rule that asks for both is no reason to page by itself, so nothing is taken from the nurse."""
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user
    asked = ladder.Ladder(ladder.DEFAULT.rungs, frozenset({"vomiting"}))
    ladders.change(clinic=clinic, by=administrator, to=asked, now=now)
    escalation = escalate(cases.FEVER)
    take(escalation, people[0], now)

    escalate({**cases.FEVER, "vomiting": 1}, at=now + MINUTE)
    cases.run_engine(now + MINUTE, minutes=0)

    escalation.refresh_from_db()
    assert (escalation.state, escalation.acknowledged_by) == ("acknowledged", people[0].user)
    assert answers(escalation) == {"nurse": "Nick Nurse", "physician": None}
    assert names(escalation) == ["Pia Physician"]


def test_role_that_nobody_on_call_has_is_an_alarm_and_calls_the_line(both, escalate, clinic, now):
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic, user__name="Nick Nurse"))
    escalate(cases.FEVER_AND_CONFUSION)

    cases.run_engine(now, minutes=0)

    assert [(alarm.kind, alarm.subject) for alarm in SystemAlarm.objects.all()] == [
        ("no_role_on_call", "physician")
    ]
    assert sorted(name for name, _, _ in cases.pages_sent()) == ["Nick Nurse", "the line"]
