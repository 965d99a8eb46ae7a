"""A second opinion moves no responsibility."""

from datetime import timedelta

import pytest

from clinic.services.escalations import lifecycle, opinions
from clinic.services.escalations.changes import NotHolder
from clinic.services.escalations.colleague_requests import NoPendingRequest, NotAColleague
from clinic.services.escalations.leases import ReasonNeeded
from tests import factories

MINUTE = timedelta(minutes=1)


@pytest.fixture
def physician(clinic):
    return factories.StaffFactory(clinic=clinic, role="physician", user__name="Pia Physician")


@pytest.fixture
def taken(escalate, nurse, now):
    return lifecycle.acknowledge(escalation_id=escalate().pk, by=nurse, now=now)


def ask(taken, by, staff, now, text="Steroids?"):
    return opinions.ask(escalation_id=taken.pk, by=by, of_staff_id=staff.pk, text=text, now=now)


def test_question_and_answer_are_in_the_history_and_the_holder_stays(taken, nurse, physician, now):
    asked = ask(taken, nurse, physician, now + MINUTE)
    given = opinions.give(
        escalation_id=taken.pk, by=physician.user, text="Bring him in.", now=now + 2 * MINUTE
    )

    assert (asked.lease_until, given.acknowledged_by) == (now + 21 * MINUTE, nurse)
    lines = list(given.events.order_by("pk").values_list("kind", "text"))[-2:]
    assert lines == [("opinion_asked", "Pia Physician\nSteroids?"), ("opinion_given", "Bring him in.")]


def test_refusals(taken, nurse, physician, other_nurse, clinic, now):
    with pytest.raises(NotHolder):
        ask(taken, physician.user, nurse.staff_roles.get(), now)
    with pytest.raises(ReasonNeeded):
        ask(taken, nurse, physician, now, text=" ")
    with pytest.raises(NotAColleague):
        ask(taken, nurse, other_nurse.staff_roles.get(), now)
    with pytest.raises(NoPendingRequest):
        opinions.give(escalation_id=taken.pk, by=physician.user, text="x", now=now)
    ask(taken, nurse, physician, now)
    with pytest.raises(ReasonNeeded):
        opinions.give(escalation_id=taken.pk, by=physician.user, text=" ", now=now)
