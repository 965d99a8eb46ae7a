"""What a family sees while somebody is in hospital, and after a death."""

from datetime import timedelta
from uuid import uuid4

import pytest

from caregiver.services.phone import packs
from clinic.models import Escalation, Report, Suppression, SystemAlarm, Worry
from clinic.queries.paging import ledger
from clinic.services.escalations import life_events, scoring
from tests import factories


@pytest.fixture
def patient(clinic, now):
    return factories.PatientFactory(clinic=clinic, created_at=now - timedelta(days=9), given_name="Walter")


def record(patient, nurse, kind, now):
    life_events.record(patient_id=patient.pk, kind=kind, by=nurse, at=now, reason="", now=now)


def page_of(device, url):
    answer = device.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_after_a_death_every_page_that_asked_shows_kind_words_and_the_number(
    device, patient, nurse, now, check_in_url
):
    record(patient, nurse, "died", now)

    for url in (
        *("/", f"/patient/{patient.pk}/", check_in_url, f"/worried/{patient.pk}/{uuid4()}/"),
        *(f"/thinking-check/{patient.pk}/", f"/writing/{patient.pk}/", f"/practice/{patient.pk}/"),
        "/card/",
    ):
        page = page_of(device, url)
        assert "We are very sorry" in page, url
        assert str(patient.clinic.clinic_phone) in page, url
        assert "<form" not in page.partition("<main")[2].partition("</main>")[0], url
        assert page.count('id="calls"') == 1 and "tel:911" not in page, url


def test_reports_stay_readable_and_the_checklist_leaves_the_phone(device, patient, caregiver, nurse, now):
    report = factories.ReportFactory(patient=patient, author=caregiver, observed_at=now, received_at=now)
    record(patient, nurse, "died", now)

    history = page_of(device, "/history/")
    assert f"/reports/{report.pk}/" in history
    # Nothing counts down, and nobody is thanked for reporting.
    assert "No driving" not in history
    assert "in the last 7 days" not in history
    # Nor is anything advised, or help called for.
    assert [word in history for word in ("Advice", "today’s advice", "tel:911")] == [False] * 3
    page_of(device, f"/reports/{report.pk}/")
    assert packs.pack(by=caregiver, now=now)["patients"] == []


@pytest.mark.parametrize("answers", [{"red_flags": ["seizure"]}, {"temp_value": 38.6}, {"temp_value": 36.8}])
def test_page_of_a_report_from_before_calls_for_nothing_after_a_death(
    device, patient, caregiver, nurse, now, answers
):
    report = factories.ReportFactory(
        patient=patient,
        author=caregiver,
        answers=answers,
        observed_at=now - timedelta(minutes=5),
        received_at=now - timedelta(minutes=5),
    )
    record(patient, nurse, "died", now)

    page = page_of(device, f"/reports/{report.pk}/")

    assert "<h1" in page and "Your report" in page
    assert str(patient.clinic.clinic_phone) in page
    for word in (
        "911",
        "What to do now",
        "What we told you then",
        "Measure",
        "Send another",
        "emergency card",
    ):
        assert word not in page, word
    assert page.count('id="calls"') == 1
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_danger_sign_sent_after_a_death_was_recorded_calls_for_help_for_an_hour(
    device, patient, caregiver, nurse, now
):
    record(patient, nurse, "died", now - timedelta(hours=3))
    new, old = (
        factories.ReportFactory(
            patient=patient,
            author=caregiver,
            answers={"red_flags": ["seizure"]},
            observed_at=now - ago,
            received_at=now - ago,
        )
        for ago in (timedelta(minutes=2), timedelta(hours=2))
    )

    pages = [page_of(device, f"/reports/{one.pk}/") for one in (new, old)]

    assert ["tel:911" in page for page in pages] == [True, False]


def test_result_of_a_thinking_check_is_not_shown_after_a_death(device, patient, nurse, now):
    record(patient, nurse, "died", now)

    assert "We are very sorry" in page_of(device, f"/thinking-check/{patient.pk}/{uuid4()}/")


def test_report_that_was_on_its_way_is_kept_and_pages_nobody(device, patient, nurse, now, check_in_url):
    device.get(check_in_url)
    record(patient, nurse, "died", now)

    sent = device.post(
        check_in_url, {"report_id": str(uuid4()), "action": "alarm", "red_flags": "seizure"}, follow=True
    )
    report = Report.objects.get()
    scoring.score(report_id=report.pk, now=now)

    assert "Call 911 now" in sent.content.decode()
    report.refresh_from_db()
    assert (report.state, report.assessment.level) == ("scored", "emergency")
    assert not Escalation.objects.exists()
    assert Suppression.objects.get().rule == "died"
    tally = ledger.count_alarms(patient.clinic, now - timedelta(hours=1), now + timedelta(hours=1))
    assert (tally.alarms, tally.held_back, tally.unaccounted) == (1, 1, 0)


def test_danger_sign_in_a_half_filled_form_says_whom_to_call_first(device, patient, nurse, now, check_in_url):
    device.get(check_in_url)
    record(patient, nurse, "died", now)

    page = device.post(
        check_in_url, {"report_id": str(uuid4()), "action": "go", "red_flags": "seizure"}, follow=True
    ).content.decode()

    assert "Call 911 now" in page
    assert Report.objects.count() == 1


def test_worry_of_a_family_in_mourning_asks_staff_to_call(device, patient, nurse, now):
    record(patient, nurse, "died", now)
    SystemAlarm.objects.update(cleared_at=now)

    answer = device.post(f"/worried/{patient.pk}/{uuid4()}/", {}, follow=True)

    assert "We are very sorry" in answer.content.decode()
    assert (Worry.objects.get().escalation, Escalation.objects.count()) == (None, 0)
    assert SystemAlarm.objects.get(cleared_at=None).kind == "call_family"
    tally = ledger.count_alarms(patient.clinic, now - timedelta(hours=1), now + timedelta(hours=1))
    assert (tally.alarms, tally.held_back, tally.unaccounted) in {(0, 0, 0), (1, 1, 0)}


def test_in_hospital_nobody_waits_for_a_report(device, patient, nurse, now, check_in_url):
    record(patient, nurse, "admitted", now)

    page, form = page_of(device, "/"), page_of(device, check_in_url)

    assert "Walter is in the hospital" in page
    assert "You do not need to report now. The team there is taking care of Walter." in page
    assert "Do you see a danger sign? Tell a nurse there right away." in page
    assert "Is Walter home again?" in page
    assert "Thinking and writing" not in page
    assert str(patient.clinic.line_phone) in page
    assert "You do not need to report while they are in the hospital." in form


def test_of_two_patients_each_is_shown_as_they_are(device, patient, caregiver, nurse, now):
    factories.CareTeamMemberFactory(user=caregiver, patient__clinic=patient.clinic)
    record(patient, nurse, "admitted", now)

    assert "In the hospital: no check-ins now" in page_of(device, "/")
