from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from clinic import tasks
from clinic.models import Checkin, Page, Report, Tick
from tests import factories


def test_score_report_scores_by_id(patient):
    report = factories.ReportFactory(patient=patient)

    tasks.score_report(str(report.pk))
    tasks.score_report(str(uuid4()))

    assert Report.objects.get().state == "scored"


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
