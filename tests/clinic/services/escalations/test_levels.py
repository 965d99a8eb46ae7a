"""Only a person lowers a level."""

from datetime import timedelta

import pytest

from clinic.services.escalations import levels, lifecycle
from clinic.services.escalations.changes import NotHolder
from clinic.services.escalations.leases import ReasonNeeded
from tests import cases, factories


@pytest.fixture
def taken(escalate, nurse, now):
    return lifecycle.acknowledge(escalation_id=escalate(cases.FEVER_AND_CONFUSION).pk, by=nurse, now=now)


def lower(taken, by, now, level="same_day", reason="Thermometer was wrong."):
    return levels.lower(escalation_id=taken.pk, by=by, level=level, reason=reason, now=now)


def test_person_lowers_with_a_reason_and_a_worse_report_raises_again(taken, escalate, nurse, now):
    lowered = lower(taken, nurse, now)

    assert (lowered.level, lowered.severity, lowered.state) == ("same_day", 2, "acknowledged")
    assert lowered.lease_until == now + timedelta(hours=4)
    event = lowered.events.get(kind="lowered")
    assert (event.by, event.level, event.text) == (nurse, "same_day", "Thermometer was wrong.")
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
