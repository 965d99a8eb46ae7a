"""An event and the engine in the same moment: nothing leaves after the event's commit, in either order."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clinic.models import LifeEvent
from clinic.services.checkins import nights, plan, reminders
from clinic.services.escalations import life_events, lifecycle
from clinic.services.patients import invitations, preparation
from notifications.models import Message
from tests import cases, factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(*acts: Callable[[], object]) -> list[str]:
    """Run them in the same moment; the names of what they raised."""
    return sorted(type(one).__name__ for one in at_once(*acts) if isinstance(one, Exception))


@pytest.mark.parametrize("time", range(3))
def test_nothing_that_is_queued_at_that_moment_leaves(clinic, nurse, now, time):
    patient = factories.PatientFactory(clinic=clinic, created_at=now - timedelta(days=9))
    for _ in range(2):
        factories.CareTeamMemberFactory(patient=patient)
    plan.plan_all(now=now - timedelta(hours=3))
    guest = {"phone": "+16175550140", "name": "Ana", "relation": "sister", "language": "en"}
    death = {"patient_id": patient.pk, "kind": "died", "by": nurse, "at": now, "reason": "", "now": now}

    raised = refusals(
        lambda: life_events.record(**death),
        lambda: life_events.record(**death),
        lambda: plan.plan_patient(patient=patient, now=now),
        lambda: reminders.queue_due(now=now),
        lambda: nights.follow_up_due(now=now),
        lambda: invitations.invite(patient=patient, by=nurse, now=now, **guest),
        lambda: preparation.send_trial_texts(patient_id=patient.pk, by=nurse, now=now),
    )
    reminders.queue_due(now=now)
    nights.follow_up_due(now=now)

    assert LifeEvent.objects.count() == 1
    assert "Refused" in raised
    assert set(raised) <= {"Refused", "CareOver"}
    assert not Message.objects.filter(due_at__isnull=False).exclude(purpose="page").exists()


def test_answer_and_death_at_once_leave_one_closed_alert(clinic, nurse, now):
    patient = factories.PatientFactory(clinic=clinic, created_at=now - timedelta(days=9))
    colleague = factories.StaffFactory(clinic=clinic).user
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=colleague, now=now)

    raised = refusals(
        lambda: life_events.record(patient_id=patient.pk, kind="died", by=nurse, at=now, reason="", now=now),
        lambda: lifecycle.resolve(
            escalation_id=escalation.pk, by=colleague, outcome="admitted", note="", now=now
        ),
    )

    escalation.refresh_from_db()
    patient.refresh_from_db()
    assert (escalation.state, patient.status) == ("resolved", "died")
    assert (raised, escalation.outcome) in [(["AlreadyResolved"], "died"), ([], "admitted")]
    assert not Message.objects.filter(purpose="news", due_at__isnull=False).exists()
