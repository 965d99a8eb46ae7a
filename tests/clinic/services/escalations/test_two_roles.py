"""Where a nurse and a physician must both answer, each has a chain of its own."""

from datetime import timedelta

import pytest

from clinic.models import SystemAlarm
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.escalations import leases, levels, lifecycle
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


def test_lowering_below_urgent_owes_no_second_answer(escalation, people, now):
    take(escalation, people[0], now)

    levels.lower(escalation_id=escalation.pk, by=people[0].user, level="same_day", reason="Wrong.", now=now)

    assert escalation.pages.filter(state="due").count() == 0
    closed = lifecycle.resolve(
        escalation_id=escalation.pk, by=people[0].user, outcome="mistaken_entry", note="", now=now
    )
    assert closed.state == "resolved"


def test_role_that_nobody_on_call_has_is_an_alarm_and_calls_the_line(both, escalate, clinic, now):
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic, user__name="Nick Nurse"))
    escalate(cases.FEVER_AND_CONFUSION)

    cases.run_engine(now, minutes=0)

    assert [(alarm.kind, alarm.subject) for alarm in SystemAlarm.objects.all()] == [
        ("no_role_on_call", "physician")
    ]
    assert sorted(name for name, _, _ in cases.pages_sent()) == ["Nick Nurse", "the line"]
