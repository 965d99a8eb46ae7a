from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from clinic.models import Report, ReportMistake
from clinic.services.escalations import scoring
from tests import cases, factories

pytestmark = pytest.mark.django_db


def test_put_new_report_answers_201_with_advice(as_caregiver, body, report_url):
    response = as_caregiver.put(report_url, body(), format="json")

    data = response.json()
    assert response.status_code == 201, data
    assert data["id"] in report_url
    assert data["replayed"] is False
    assert data["advice"]["level"] == "emergency"
    assert data["advice"]["title"]
    assert data["advice"]["steps"]
    assert {"kind", "label", "phone", "display"} == set(data["advice"]["call"][0])
    assert Report.objects.count() == 1


def test_put_same_body_again_answers_200_replayed(as_caregiver, body, report_url):
    sent = body()
    first = as_caregiver.put(report_url, sent, format="json")

    again = as_caregiver.put(report_url, sent, format="json")

    assert again.status_code == 200
    assert again.json() == {**first.json(), "replayed": True}
    assert Report.objects.count() == 1


def test_put_other_body_under_same_id_answers_409(as_caregiver, body, report_url):
    as_caregiver.put(report_url, body(), format="json")

    response = as_caregiver.put(report_url, body(answers={}), format="json")

    assert response.status_code == 409
    assert response.json()["error"]["code"] == "report_conflict"
    assert Report.objects.count() == 1


def test_put_advice_is_in_the_language_of_the_report(as_caregiver, body, report_url):
    response = as_caregiver.put(report_url, body(language="es"), format="json")

    english = as_caregiver.put(f"/api/v1/reports/{uuid4()}/", body(), format="json")
    assert response.json()["advice"]["title"] != english.json()["advice"]["title"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"severity": "none"}, "severity"),
        ({"received_at": "2026-01-01T00:00:00Z"}, "received_at"),
        ({"answers": {"favourite_colour": 1}}, "answers.favourite_colour"),
        ({"answers": {"confusion": "very"}}, "answers.confusion"),
        ({"answers": {"confusion": {"a": 1}}}, "answers.confusion"),
        ({"answers": {"pulse": 10**30}}, "answers.pulse"),
        ({"answers": []}, "answers"),
        ({"answers": None}, "answers"),
        ({"patient": "walter"}, "patient"),
        ({"patient": 7}, "patient"),
        ({"protocol_version": 9}, "protocol_version"),
        ({"protocol_version": "1"}, "protocol_version"),
        ({"protocol_version": True}, "protocol_version"),
        ({"protocol_version": 10**12}, "protocol_version"),
        ({"language": "tlh"}, "language"),
        ({"language": ["en"]}, "language"),
        ({"observed_at": "2026-11-22T08:30:00"}, "observed_at"),
        ({"observed_at": "yesterday"}, "observed_at"),
        ({"observed_at": 1700000000}, "observed_at"),
        ({"observed_at": "0001-01-01T00:00:00+14:00"}, "observed_at"),
        ({"sent_at": "9999-12-31T23:59:59-12:00"}, "sent_at"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_put_what_is_not_right_answers_400_and_names_it(as_caregiver, body, report_url, changes, field):
    response = as_caregiver.put(report_url, body(**changes), format="json")

    error = response.json()["error"]
    assert response.status_code == 400, error
    assert error["code"] == "invalid"
    assert list(error["fields"]) == [field]
    assert Report.objects.count() == 0


def test_put_without_a_field_names_every_missing_one(as_caregiver, report_url):
    response = as_caregiver.put(report_url, {}, format="json")

    assert set(response.json()["error"]["fields"]) == {
        "patient", "protocol_version", "observed_at", "sent_at", "language", "answers",
    }  # fmt: skip


@pytest.mark.parametrize("years", [-1900, -2, 5, 7000])
def test_put_with_a_wrong_clock_is_stored_and_flagged(as_caregiver, body, report_url, years):
    moment = (timezone.now() + timedelta(days=365 * years)).isoformat()

    response = as_caregiver.put(report_url, body(observed_at=moment, sent_at=moment), format="json")

    data = response.json()
    assert response.status_code == 201, data
    assert data["is_late"] is (years < 0)
    assert (data["clock_skew_seconds"] > 0) is (years > 0)
    assert data["clock_skew_seconds"] != 0
    assert as_caregiver.get(report_url).status_code == 200


def test_put_unreadable_temperature_is_stored_and_not_taken_for_normal(as_caregiver, body, report_url):
    response = as_caregiver.put(report_url, body(answers={"temp_value": 3860}), format="json")

    assert response.status_code == 201, response.json()
    assert response.json()["advice"]["level"] != "none"


def test_put_on_an_older_version_is_scored_by_that_version(as_caregiver, body, report_url, clinic):
    protocol = clinic.protocols.get()
    factories.ProtocolVersionFactory(protocol=protocol, number=2)

    as_caregiver.put(report_url, body(protocol_version=1), format="json")
    scoring.score(report_id=Report.objects.get().pk, now=timezone.now())

    shown = as_caregiver.get(report_url).json()
    assert shown["protocol_version"] == 1
    assert shown["assessment"]["protocol_version"] == 1


@pytest.mark.parametrize("who", ["as_other_nurse", "as_stranger"])
def test_put_for_a_patient_of_others_answers_404(request, body, report_url, who):
    response = request.getfixturevalue(who).put(report_url, body(), format="json")

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"
    assert Report.objects.count() == 0


def test_get_before_and_after_scoring(as_caregiver, body, report_url):
    as_caregiver.put(report_url, body(), format="json")
    before = as_caregiver.get(report_url).json()

    scoring.score(report_id=Report.objects.get().pk, now=timezone.now())

    after = as_caregiver.get(report_url).json()
    assert (before["state"], before["assessment"], before["escalation"]) == ("received", None, None)
    assert after["state"] == "scored"
    assert after["assessment"]["level"] == "emergency"
    assert "temp" in after["assessment"]["rules"]
    assert after["escalation"]["state"] == "open"
    assert after["escalation"]["level"] == "emergency"


@pytest.mark.parametrize("who", ["as_other_nurse", "as_stranger"])
def test_get_by_outsiders_answers_404(request, as_caregiver, body, report_url, who):
    as_caregiver.put(report_url, body(), format="json")

    assert request.getfixturevalue(who).get(report_url).status_code == 404


def test_get_of_what_was_about_another_person_tells_staff_alone(
    as_caregiver, as_nurse, report_url, patient, nurse, now
):
    report = factories.ReportFactory(patient=patient, author=nurse, answers={"pulse": 71, "temp_value": "x"})
    address = f"/api/v1/reports/{report.pk}/"
    before = as_caregiver.get(address).json()
    ReportMistake.objects.create(
        report=report, at=now, by=nurse, of_another_person=True, reason="Wrong chart"
    )

    of_family, of_staff = (caller.get(address).json() for caller in (as_caregiver, as_nurse))

    assert (before["answers"], bool(before["problems"])) == (report.answers, True)
    assert (of_family["answers"], of_family["problems"]) == ({}, [])
    assert (of_staff["answers"], of_staff["entered_in_error"]) == (report.answers, True)


def test_put_after_access_has_ended_says_whom_to_call_and_nothing_of_the_patient(
    as_caregiver, body, report_url, patient, caregiver, nurse, now
):
    caregiver.care_links.update(ended_at=now, ended_by=nurse)

    response = as_caregiver.put(
        report_url, body(answers={"red_flags": ["seizure"]}, language="es"), format="json"
    )

    assert response.status_code == 404
    advice = response.json()["error"]["advice"]
    assert (advice["level"], advice["title"]) == ("emergency", "Llame al 911 ahora")
    assert [call["phone"] for call in advice["call"]] == [
        "911",
        str(patient.clinic.line_phone),
        str(patient.clinic.clinic_phone),
    ]
    assert patient.family_name not in response.content.decode()
    assert Report.objects.count() == 0


@pytest.mark.parametrize(
    ("answers", "level", "title"),
    [
        ({"temp_value": "38.6", "temp_unit": "C"}, "urgent", "Call the 24-hour line now"),
        ({"temp_value": "36.8", "temp_unit": "C"}, "none", "Call for help"),
    ],
)
def test_put_for_a_patient_who_is_not_theirs_is_judged_by_the_strictest_reading(
    as_stranger, body, report_url, stranger, answers, level, title
):
    response = as_stranger.put(report_url, body(answers=answers), format="json")

    advice = response.json()["error"]["advice"]
    assert (response.status_code, advice["level"], advice["title"]) == (404, level, title)
    line = str(stranger.care_links.get().patient.clinic.line_phone)
    assert line in [call["phone"] for call in advice["call"]]


def test_put_by_somebody_who_was_never_with_a_clinic_still_gets_numbers(body, report_url, clinic):
    newcomer = factories.CaregiverFactory()

    caller = APIClient()
    caller.force_authenticate(newcomer)
    response = caller.put(report_url, body(), format="json")

    assert response.status_code == 404
    assert response.json()["error"]["advice"]["call"][0]["phone"] == "911"


def test_put_with_a_moment_to_come_is_stored_by_arrival_and_says_so(as_caregiver, body, report_url):
    response = as_caregiver.put(report_url, body(observed_at="2038-01-20T00:00:00Z"), format="json")

    data = response.json()
    assert response.status_code == 201, data
    assert [(one["key"], one["code"]) for one in data["problems"]] == [("observed_at", "in_future")]
    assert data["problems"][0]["text"]
    stored = as_caregiver.get(report_url).json()
    assert stored["observed_at"] == stored["received_at"]
    assert stored["problems"] == data["problems"]


@pytest.mark.parametrize("minutes", [-55, -7, 7, 55])
def test_put_with_a_clock_within_the_hour_is_accepted_with_its_skew(as_caregiver, body, report_url, minutes):
    moment = (timezone.now() + timedelta(minutes=minutes)).isoformat()

    data = as_caregiver.put(report_url, body(observed_at=moment, sent_at=moment), format="json").json()

    assert data["problems"] == []
    assert abs(data["clock_skew_seconds"] - minutes * 60) <= 60
    stored = as_caregiver.get(report_url).json()
    assert stored["observed_at"] <= stored["received_at"]


def test_get_tells_both_readings_of_a_report_that_came_past_midnight(as_caregiver, body, report_url, patient):
    """Day 30 when it was seen, day 31 when it came."""
    zone = ZoneInfo(patient.time_zone)
    now = timezone.now()
    patient.infusion_date = now.astimezone(zone).date() - timedelta(days=31)
    patient.save(update_fields=["infusion_date"])
    seen_at = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone) - timedelta(minutes=10)
    told = body(observed_at=seen_at.isoformat(), answers={"confusion": 1})

    assert as_caregiver.put(report_url, told, format="json").json()["advice"]["level"] == "urgent"
    scoring.score(report_id=Report.objects.get().pk, now=now)

    data = as_caregiver.get(report_url).json()
    assert (data["assessment"]["level"], data["assessment"]["as_observed"]) == ("urgent", "urgent")
    assert data["assessment"]["as_received"] == "same_day"
    assert datetime.fromisoformat(data["observed_at"]) == seen_at


@pytest.mark.parametrize(
    ("value", "unit", "level"),
    [
        ("38.5C", "°C", "urgent"),
        ("101.3 F", "C", "urgent"),
        ("38,5", "C", "urgent"),
        ("３８．５", "C", "urgent"),
        ("٣٨٫٥", "C", "urgent"),
        ("36.8 °C", "F", "none"),
    ],
)
def test_put_reads_a_temperature_as_it_is_meant(as_caregiver, body, report_url, value, unit, level):
    sent = body(answers={"temp_value": value, "temp_unit": unit})

    data = as_caregiver.put(report_url, sent, format="json").json()

    assert (data["advice"]["level"], data["problems"]) == (level, [])


@pytest.mark.parametrize(
    ("answers", "key", "code"),
    [
        ({"temp_value": "38.5 K", "temp_unit": "C"}, "temp", "reject"),
        ({"temp_value": "hot", "temp_unit": "C"}, "temp", "reject"),
        ({"temp_value": 98.6, "temp_unit": "C"}, "temp", "unit_suspect_f"),
        ({"temp_value": 36.8, "pulse": "98%"}, "pulse", "wrong_type"),
        ({"temp_value": 36.8, "pulse": 999}, "pulse", "out_of_range"),
        ({"temp_value": 36.8, "sbp": 120, "dbp": 130}, "dbp", "not_below"),
    ],
)
def test_put_says_which_reading_could_not_be_taken_as_meant(
    as_caregiver, body, report_url, answers, key, code
):
    response = as_caregiver.put(report_url, body(answers=answers, language="es"), format="json")

    assert response.status_code == 201, response.json()
    [problem] = response.json()["problems"]
    assert (problem["key"], problem["code"]) == (key, code)
    assert problem["text"]
    assert Report.objects.get().answers == answers


def test_report_beyond_all_need_is_not_stored_but_advised_on(as_caregiver, body, patient, settings):
    settings.REPORTS_PER_HOUR = 1
    first, second = f"/api/v1/reports/{uuid4()}/", f"/api/v1/reports/{uuid4()}/"
    sent = body()
    as_caregiver.put(first, sent, format="json")

    refused = as_caregiver.put(second, body(answers={"red_flags": ["seizure"]}), format="json")

    error = refused.json()["error"]
    assert (refused.status_code, error["code"], refused["Retry-After"]) == (429, "too_many_reports", "3600")
    assert error["advice"]["title"] == "Call 911 now"
    assert [call["phone"] for call in error["advice"]["call"]][:2] == ["911", str(patient.clinic.line_phone)]
    assert as_caregiver.put(first, sent, format="json").status_code == 200
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [(b'{"answers": NaN}', 400, "malformed"), (b"1" * 300_000, 413, "too_large")],
    ids=["malformed", "too large"],
)
def test_body_that_nobody_can_read_is_answered_with_whom_to_call(
    as_caregiver, report_url, patient, raw, status, code
):
    response = as_caregiver.put(report_url, raw, content_type="application/json")

    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code)
    assert [call["phone"] for call in error["advice"]["call"]][:2] == ["911", str(patient.clinic.line_phone)]


def test_calls_of_one_person_have_a_pace_and_reports_have_none(
    as_caregiver, as_stranger, body, report_url, settings
):
    settings.API_CALLS_PER_MINUTE = 2
    statuses = [as_caregiver.get("/api/v1/patients/").status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    assert as_stranger.get("/api/v1/patients/").status_code == 200
    assert as_caregiver.put(report_url, body(), format="json").status_code == 201


def test_record_of_before_leads_to_the_clinic_that_goes_on(
    as_caregiver, as_nurse, body, report_url, patient, other_clinic
):
    sent = body()
    new = cases.transfer(patient, other_clinic, timezone.now())

    taken = as_caregiver.put(report_url, sent, format="json")
    repeated = as_caregiver.put(report_url, sent, format="json")
    refused = as_nurse.put(f"/api/v1/reports/{uuid4()}/", sent, format="json")

    assert [one.status_code for one in (taken, repeated, refused)] == [201, 200, 403]
    assert Report.objects.get().patient == new
    assert as_nurse.get(report_url).status_code == 404
    assert as_caregiver.get(f"/api/v1/patients/{patient.pk}/").json()["id"] == str(new.pk)
