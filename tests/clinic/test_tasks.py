from datetime import timedelta
from uuid import uuid4

import pytest
from celery import current_app
from django.utils import timezone

from clinic import tasks
from clinic.models import Checkin, EscalationEvent, Page, Report, Tick
from clinic.services.escalations import scoring
from clinic.services.reports import intake
from notifications.services import nudge
from tests import cases, factories


def test_score_report_scores_by_id(patient):
    report = factories.ReportFactory(patient=patient)

    tasks.score_report(str(report.pk))
    tasks.score_report(str(uuid4()))

    assert Report.objects.get().state == "scored"


def queue_of(name):
    return current_app.connection_for_write().SimpleQueue(name)


def taken_from(waiting, number):
    """So many of what waits there, and no more wait."""
    found = []
    for _one in range(number):
        message = waiting.get(timeout=5)
        message.ack()
        found.append((message.headers["task"], message.payload[0]))
    with pytest.raises(waiting.Empty):
        waiting.get_nowait()
    return found


def test_an_emergency_goes_past_reports_that_nobody_waits_for(patient, django_capture_on_commit_callbacks):
    for name in ("celery", "in_turn"):
        with queue_of(name) as waiting:
            waiting.clear()
    quiet, emergency = (
        factories.ReportFactory(patient=patient, answers=answers, received_at=timezone.now())
        for answers in (cases.NAUSEA, cases.FEVER_AND_CONFUSION)
    )

    with django_capture_on_commit_callbacks(execute=True):
        for report in (quiet, emergency):
            nudge.after_commit("clinic.tasks.score_report", report.pk)
            intake.advise_on_report(report=report, now=timezone.now())

    with queue_of("celery") as waiting:
        assert taken_from(waiting, 1) == [("clinic.tasks.score_emergency", [str(emergency.pk)])]
    with queue_of("in_turn") as waiting:
        both = [("clinic.tasks.score_report", [str(report.pk)]) for report in (quiet, emergency)]
        assert taken_from(waiting, 2) == both


def test_reports_that_come_before_the_task_begins_wake_one_and_are_scored_by_it(
    patient, clinic, django_capture_on_commit_callbacks
):
    def come_in():
        report = factories.ReportFactory(
            patient=factories.PatientFactory(clinic=clinic), received_at=timezone.now()
        )
        with django_capture_on_commit_callbacks(execute=True):
            nudge.after_commit(scoring.SCORE, report.pk, once=True)
        return report

    with queue_of("in_turn") as waiting:
        waiting.clear()
        first, second = come_in(), come_in()
        assert taken_from(waiting, 1) == [(scoring.SCORE, [str(first.pk)])]

        tasks.score_report(str(first.pk))
        assert set(Report.objects.filter(state="scored")) == {first, second}

        third = come_in()
        assert taken_from(waiting, 1) == [(scoring.SCORE, [str(third.pk)])]


def test_an_emergency_scored_in_both_queues_is_scored_once(patient):
    report = factories.ReportFactory(patient=patient, answers=cases.FEVER_AND_CONFUSION)

    tasks.score_emergency(str(report.pk))
    tasks.score_report(str(report.pk))

    assert EscalationEvent.objects.filter(report=report, kind="opened").count() == 1


def test_tick_finishes_what_is_due_and_notes_that_it_moved(patient):
    now = timezone.now()
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=patient.clinic))
    factories.ReportFactory(
        patient=patient,
        answers={"temp_value": "38.6", "temp_unit": "C"},
        received_at=now - timedelta(seconds=30),
    )

    tasks.tick()

    assert Report.objects.get().state == "scored"
    assert list(Page.objects.order_by("number").values_list("state", flat=True)) == ["sent", "due"]
    assert Tick.objects.get(name="clinic").at >= now


def test_send_page_by_id_is_idempotent(patient):
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=patient.clinic))
    report = factories.ReportFactory(patient=patient, answers={"temp_value": "38.6", "temp_unit": "C"})
    tasks.score_report(str(report.pk))
    page = Page.objects.get()

    tasks.send_page(str(page.pk))
    tasks.send_page(str(page.pk))

    assert Page.objects.filter(state="sent").count() == 1


def test_plan_plans(patient, caregiver):
    patient.infusion_date = timezone.now().date()
    patient.save(update_fields=["infusion_date"])

    tasks.plan()

    assert Checkin.objects.filter(patient=patient).count() >= 3
