from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.models import LifeEvent, Patient
from tests import factories


@pytest.fixture
def patient(clinic):
    return factories.PatientFactory(clinic=clinic, created_at=timezone.now() - timedelta(days=9))


@pytest.fixture
def url(patient):
    return f"/api/v1/patients/{patient.pk}/events/"


def test_event_is_recorded_listed_and_taken_back(as_nurse, patient, url):
    at = timezone.now() - timedelta(hours=3)
    made = as_nurse.post(url, {"kind": "died", "at": at.isoformat(), "reason": "At home"}, format="json")
    [listed] = as_nurse.get(url).json()["results"]
    back = as_nurse.post(f"{url}{listed['id']}/take-back/", {"reason": "Somebody else"}, format="json")

    assert (made.status_code, made.json()["status"], listed) == (201, "died", made.json())
    assert (back.status_code, back.json()["status"]) == (200, "active")
    assert back.json()["taken_back_reason"] == "Somebody else"
    assert Patient.objects.get().status == "active"
    again = as_nurse.post(f"{url}{listed['id']}/take-back/", {}, format="json")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "taken_back_already")


def test_without_a_time_it_happened_now(as_nurse, patient, url):
    made = as_nurse.post(url, {"kind": "admitted"}, format="json")

    event = LifeEvent.objects.get()
    assert (made.json()["status"], event.at) == ("admitted", event.recorded_at)
    assert as_nurse.get(f"/api/v1/patients/{patient.pk}/").json()["status"] == "admitted"


def test_second_infusion_is_a_course_of_the_patient(as_nurse, patient, url):
    # Now, or just after midnight there it would be yesterday.
    at = timezone.now()

    made = as_nurse.post(
        url,
        {"kind": "infused", "at": at.isoformat(), "product": "Carvykti", "reason": "Relapse"},
        format="json",
    )

    shown = as_nurse.get(f"/api/v1/patients/{patient.pk}/").json()
    assert (made.status_code, made.json()["status"]) == (201, "active")
    assert shown["courses"] == [
        {
            "infusion_date": "2026-11-17",
            "product": "axi-cel",
            "target": "CD19",
            "disease": "",
            "protocol": "car-t",
        },
        {
            "infusion_date": shown["infusion_date"],
            "product": "cilta-cel",
            "target": "BCMA",
            "disease": "",
            "protocol": "car-t",
        },
    ]
    assert (shown["day"], shown["product"]) == (0, "cilta-cel")
    assert shown["infusion_date"] != "2026-11-17"
    back = as_nurse.post(f"{url}{made.json()['id']}/take-back/", {"reason": "Another row"}, format="json")
    shown = as_nurse.get(f"/api/v1/patients/{patient.pk}/").json()
    assert (back.status_code, len(shown["courses"]), shown["product"]) == (200, 1, "axi-cel")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"kind": "infused", "at": "2001-01-01T00:00:00Z"}, 400, "at"),
        ({"kind": "infused", "product": "so", "near_centre_days": 1, "no_driving_days": 1}, 400, "target"),
        ({"kind": "infused", "product": "cilta-cel", "target": "CD19"}, 400, "target"),
        ({"kind": "infused", "protocol": "children"}, 400, "protocol"),
        ({"kind": "relapsed", "product": "cilta-cel"}, 400, "product"),
        ({"kind": "transferred"}, 400, "kind"),
        ({"kind": "born"}, 400, "kind"),
        ({"kind": "ended"}, 400, "reason"),
        ({"kind": "died", "at": "2099-01-01T00:00:00Z"}, 400, "at"),
        ({"kind": "died", "at": "2001-01-01T00:00:00Z"}, 400, "at"),
        ({"kind": "discharged"}, 409, None),
        ({}, 400, "kind"),
    ],
)
def test_refusal_says_what_is_wrong_and_stores_nothing(as_nurse, url, body, code, field):
    refused = as_nurse.post(url, body, format="json")

    assert refused.status_code == code
    assert list(refused.json()["error"]["fields"]) == ([field] if field else [])
    assert not LifeEvent.objects.exists()


def test_family_and_outsiders_read_and_record_nothing(as_caregiver, as_other_nurse, as_stranger, url):
    for caller, code in ((as_caregiver, 403), (as_other_nurse, 404), (as_stranger, 404)):
        assert caller.get(url).status_code == code
        assert caller.post(url, {"kind": "died"}, format="json").status_code == code
    assert not LifeEvent.objects.exists()


def test_event_of_another_patient_is_not_found_here(as_nurse, patient, url):
    other = factories.PatientFactory(clinic=patient.clinic, created_at=patient.created_at)
    as_nurse.post(f"/api/v1/patients/{other.pk}/events/", {"kind": "admitted"}, format="json")

    taken = as_nurse.post(f"{url}{LifeEvent.objects.get().pk}/take-back/", {}, format="json")

    assert (taken.status_code, LifeEvent.objects.get().taken_back_at) == (404, None)


def test_family_of_somebody_who_died_is_asked_nothing(as_nurse, as_caregiver, patient, url):
    as_nurse.post(url, {"kind": "died"}, format="json")

    asked = as_caregiver.get(f"/api/v1/patients/{patient.pk}/checklist/")

    assert (asked.status_code, asked.json()["error"]["code"]) == (409, "care_over")
