from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings

from caregiver.services.household import go_home_drills
from clinic.models import Escalation, Page, Patient, WeeklyTest
from clinic.queries.watch.engine_audit import CAN_WAIT, problems
from clinic.services.core import ticks
from clinic.services.escalations import lifecycle, scoring
from clinic.services.paging import chain
from tests import cases, factories


@pytest.fixture
def ticking(db, now):
    for name in ("clinic", "notifications"):
        ticks.record(name=name, now=now)


def test_everything_in_motion_passes(ticking, now):
    assert problems(now=now) == ()


def test_engine_that_stands_still_fails(db, now):
    assert problems(now=now) == ("tick:clinic", "tick:notifications")
    ticks.record(name="clinic", now=now)
    ticks.record(name="notifications", now=now)

    assert problems(now=now + timedelta(seconds=60)) == ()
    assert problems(now=now + timedelta(seconds=61)) == ("tick:clinic", "tick:notifications")


def test_audit_after_an_outage_does_not_fail_for_its_own_absence(ticking, now):
    ticks.record(name="audit", now=now - timedelta(hours=1))

    assert problems(now=now) == ()


@pytest.mark.parametrize("name", sorted(CAN_WAIT))
def test_round_on_which_no_alarm_hangs_wakes_nobody(ticking, now, name):
    ticks.record(name=name, now=now - timedelta(days=1))

    assert name in settings.CELERY_BEAT_SCHEDULE
    assert problems(now=now) == ()


def test_page_that_is_not_sent_and_report_that_is_not_scored_fail(ticking, clinic, patient, now):
    cases.escalate(patient, cases.FEVER, now - timedelta(seconds=31))
    factories.ReportFactory(
        patient=factories.PatientFactory(clinic=clinic), received_at=now - timedelta(seconds=121)
    )

    assert problems(now=now) == ("unsent_pages", "unscored_reports")


def test_urgent_row_without_a_next_step_fails_until_somebody_answers(ticking, patient, nurse, now):
    escalation = cases.escalate(patient, cases.FEVER, now - timedelta(minutes=1))
    Page.objects.update(due_at=now + timedelta(minutes=1))
    assert problems(now=now) == ()

    Page.objects.all().delete()
    assert problems(now=now) == ("no_next_step",)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    assert problems(now=now) == ()


def test_row_that_pages_nobody_needs_no_next_step(ticking, patient, now):
    cases.escalate(patient, cases.NAUSEA, now - timedelta(hours=1))

    assert problems(now=now) == ()


def test_unanswered_go_home_drill_needs_no_next_step(ticking, patient, now):
    factories.EscalationFactory(patient=patient, is_drill=True, waiting_since=now - timedelta(hours=1))

    assert problems(now=now) == ()


@pytest.mark.parametrize("hours", [0, 1, 12])
def test_go_home_drill_that_nobody_answers_leaves_the_outside_monitor_alone(
    ticking, patient, caregiver, clinic, now, hours
):
    """From the family's own button on: it pages nobody, and no engine waits for it."""
    factories.OnCallFactory(staff=factories.CoveringStaffFactory(clinic=clinic), position=0)
    Patient.objects.update(status="preparing")
    sent = go_home_drills.send(by=caregiver, patient_id=patient.pk, report_id=uuid4(), now=now)
    scoring.score(report_id=sent.pk, now=now)
    at = now + timedelta(hours=hours)
    cases.run_engine(now, minutes=2)
    chain.restart_lost(now=at)
    for name in ("clinic", "notifications"):
        ticks.record(name=name, now=at)

    drill = Escalation.objects.get()
    assert (drill.is_drill, drill.state) == (True, "open")
    assert problems(now=at) == ()
    assert Page.objects.count() == 0


def test_test_page_that_nobody_answers_leaves_it_alone(ticking, clinic, now):
    """It is told on the console and to the leads; nobody waits behind it."""
    factories.PagerDrillFactory(staff__clinic=clinic, sent_at=now - timedelta(days=1))

    assert problems(now=now) == ()


def test_weekly_test_that_nobody_answers_fails_after_ten_minutes(ticking, patient, now):
    report = factories.ReportFactory(patient=patient, state="scored", scored_at=now)
    WeeklyTest.objects.create(clinic=patient.clinic, report=report, sent_at=now - timedelta(minutes=9))
    assert problems(now=now) == ()

    WeeklyTest.objects.update(sent_at=now - timedelta(minutes=10))
    assert problems(now=now) == ("test_unanswered",)


def test_outside_monitor_misses_workers_that_are_away_though_others_do_their_work(ticking, now):
    ticks.begin(name="clinic", now=now - timedelta(seconds=20))
    assert problems(now=now) == ()

    assert ticks.claim_first_overdue(every={"clinic": timedelta(seconds=10)}, now=now) == "clinic"

    assert problems(now=now) == ("rounds_taken_up",)
    assert problems(now=now + timedelta(seconds=60)) == ("rounds_taken_up",)
    ticks.record(name="clinic", now=now + timedelta(seconds=50))
    ticks.record(name="notifications", now=now + timedelta(seconds=50))
    assert problems(now=now + timedelta(seconds=61)) == ()
