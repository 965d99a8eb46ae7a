"""Thinking checks and sentences on the patient's page and in the panel."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.models import Patient
from clinic.rules.reports.home_checks import TASKS
from clinic.services.reports import home_checks
from tests import cases, factories
from tests.clinic.console.escalations.test_lifecycle import signed_in, text_of


@pytest.fixture
def done(patient, caregiver):
    """A baseline in English, a check in Spanish two points lower, two sentences."""
    now = timezone.now()
    patient.infusion_date = (now - timedelta(days=4)).date()
    patient.save(update_fields=["infusion_date"])
    before = now - timedelta(days=7)
    facts = {"patient_id": patient.pk, "by": caregiver}
    home_checks.record(language="en", results=dict.fromkeys(TASKS, True), now=before, **facts)
    wrong = {**dict.fromkeys(TASKS, True), "year": False, "town": False}
    home_checks.record(language="es", results=wrong, now=now, **facts)
    first = factories.WritingSampleFactory(patient=patient, is_baseline=True, written_at=before)
    newest = factories.WritingSampleFactory(patient=patient, written_at=now)
    return first, newest


def test_patient_page_lays_today_beside_the_baseline(nurse, patient, done):
    answer = signed_in(nurse).get(f"/console/patients/{patient.pk}/")

    text = text_of(answer)
    for said in (
        "10 of 10 · Carla Caregiver",
        "8 of 10 · 2 below the usual score",
        "The last check was spoken in Spanish, the baseline in English. The points may not compare.",
        "It is not the validated clinical instrument.",
    ):
        assert said in text
    page = answer.content.decode()
    assert page.index(f"/pictures/{done[0].pk}/") < page.index(f"/pictures/{done[1].pk}/")


def test_panel_shows_the_same(nurse, patient, done):
    escalation = cases.escalate(patient, cases.FEVER, timezone.now())

    text = text_of(signed_in(nurse).get(f"/console/escalations/{escalation.pk}/"))

    assert "2 below the usual score" in text and "The points may not compare." in text


def test_staff_put_the_usual_score_on_file(nurse, patient):
    browser = signed_in(nurse)
    url = f"/console/patients/{patient.pk}/thinking-baseline/"
    assert "None on file" in text_of(browser.get(f"/console/patients/{patient.pk}/"))

    refused = browser.post(url, {"baseline-score": "11", "baseline-language": "en"})
    browser.post(url, {"baseline-score": "9", "baseline-language": "es"})

    assert (refused.status_code, "Enter a whole number from 0 to 10." in text_of(refused)) == (422, True)
    assert Patient.objects.get(pk=patient.pk).baseline == {"home_check": 9}
    page = text_of(browser.get(f"/console/patients/{patient.pk}/"))
    assert "9 of 10 · Nora Nurse" in page
    assert "Done at home by the family" not in page
