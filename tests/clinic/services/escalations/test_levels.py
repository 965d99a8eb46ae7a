"""Only a person lowers a level."""

from datetime import timedelta

import pytest

from clinic.services.escalations import levels, lifecycle
from clinic.services.escalations.changes import NotHolder
from clinic.services.escalations.leases import ReasonNeeded
from clinic.services.escalations.outcomes import OutcomeNeeded
from tests import cases, factories


@pytest.fixture
def taken(escalate, nurse, now):
    return lifecycle.acknowledge(escalation_id=escalate(cases.FEVER_AND_CONFUSION).pk, by=nurse, now=now)


def lower(taken, by, now, level="same_day", reason="Thermometer was wrong.", outcome="mistaken_entry"):
    return levels.lower(escalation_id=taken.pk, by=by, level=level, reason=reason, outcome=outcome, now=now)


def test_person_lowers_with_a_reason_and_a_worse_report_raises_again(taken, escalate, nurse, now):
    lowered = lower(taken, nurse, now)

    assert (lowered.level, lowered.severity, lowered.state) == ("same_day", 2, "acknowledged")
    assert lowered.lease_until == now + timedelta(hours=4)
    event = lowered.events.get(kind="lowered")
    assert (event.by, event.level, event.text) == (nurse, "same_day", "Thermometer was wrong.")
    assert event.outcome == "mistaken_entry"
    assert escalate(cases.FEVER, at=now + timedelta(minutes=5)).level == "urgent"


@pytest.mark.parametrize(
    ("level", "reason", "refusal"),
    [
        ("emergency", "x", levels.NotLower),
        ("none", "x", levels.NotLower),
        ("made_up", "x", levels.NotLower),
        ("urgent", " ", ReasonNeeded),
    ],
)
def test_refusals(taken, nurse, now, level, reason, refusal):
    with pytest.raises(refusal):
        lower(taken, nurse, now, level=level, reason=reason)


def test_only_the_holder_lowers(taken, clinic, now):
    with pytest.raises(NotHolder):
        lower(taken, factories.StaffFactory(clinic=clinic).user, now)


@pytest.mark.parametrize("outcome", ["", "made_up", "could_not_reach"])
def test_below_urgent_it_asks_for_the_same_outcome_as_closing(taken, nurse, now, outcome):
    with pytest.raises(OutcomeNeeded):
        lower(taken, nurse, now, outcome=outcome)

    taken.refresh_from_db()
    assert taken.level == "emergency"
    assert lower(taken, nurse, now, level="urgent", outcome="").level == "urgent"


def test_outcome_of_the_lowering_is_that_of_the_closing_unless_another_is_chosen(taken, nurse, now):
    lower(taken, nurse, now)

    closed = lifecycle.resolve(escalation_id=taken.pk, by=nurse, outcome="", note="", now=now)

    assert (closed.state, closed.outcome) == ("resolved", "mistaken_entry")


def test_outcome_of_a_lowering_does_not_close_what_has_risen_since(taken, escalate, nurse, now):
    lower(taken, nurse, now)
    risen = escalate(cases.FEVER_AND_CONFUSION, at=now + timedelta(minutes=5))
    lifecycle.acknowledge(escalation_id=risen.pk, by=nurse, now=now + timedelta(minutes=6))
    close = {"escalation_id": risen.pk, "by": nurse, "note": "", "now": now + timedelta(minutes=7)}

    with pytest.raises(OutcomeNeeded):
        lifecycle.resolve(**close, outcome="")

    assert lifecycle.resolve(**close, outcome="clinic_visit").outcome == "clinic_visit"


def test_below_urgent_already_it_asks_for_none(escalate, nurse, now):
    escalation = escalate({**cases.NAUSEA, "vomiting": 2})
    assert escalation.level == "same_day"
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    assert lower(escalation, nurse, now, level="watch", outcome="").level == "watch"
