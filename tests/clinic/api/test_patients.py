from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.models import AuditEvent, CareTeamMember
from tests import factories

pytestmark = pytest.mark.django_db


def names(response) -> list[str]:
    return [row["id"] for row in response.json()["results"]]


def test_list_shows_staff_their_clinic_and_family_their_patients(as_nurse, as_caregiver, patient, stranger):
    colleague = factories.PatientFactory(clinic=patient.clinic, created_at=timezone.now() + timedelta(1))

    assert names(as_nurse.get("/api/v1/patients/")) == [str(patient.pk), str(colleague.pk)]
    assert names(as_caregiver.get("/api/v1/patients/")) == [str(patient.pk)]


def test_list_pages_by_cursor_without_names_in_the_address(as_nurse, clinic):
    for _ in range(120):
        factories.PatientFactory(clinic=clinic)
    seen: list[str] = []

    address = "/api/v1/patients/"
    while address:
        page = as_nurse.get(address)
        seen += names(page)
        address = page.json()["next"]
        assert "Patient" not in (address or "")

    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("cursor", ["x", "cD0yMDI2", "%00", "a:b:c", ""])
def test_list_with_a_made_up_cursor_answers_400(as_nurse, cursor):
    response = as_nurse.get(f"/api/v1/patients/?cursor={cursor}")

    assert response.status_code == 400
    assert list(response.json()["error"]["fields"]) == ["cursor"]


def test_list_takes_as_many_queries_for_three_rows_as_for_one(as_nurse, clinic, django_assert_num_queries):
    factories.PatientFactory(clinic=clinic)
    as_nurse.get("/api/v1/patients/")

    with django_assert_num_queries(3):
        as_nurse.get("/api/v1/patients/")
    factories.PatientFactory.create_batch(2, clinic=clinic)
    with django_assert_num_queries(3):
        as_nurse.get("/api/v1/patients/")


def test_detail_shows_staff_what_scoring_uses_and_family_not(as_nurse, as_caregiver, patient):
    address = f"/api/v1/patients/{patient.pk}/"
    patient.nearest_emergency = "San Juan Regional"
    patient.save(update_fields=["nearest_emergency"])

    monitoring = as_nurse.get(address).json()["monitoring"]
    assert monitoring["tier"] == "standard"
    assert monitoring["nearest_emergency"] == "San Juan Regional"
    assert as_caregiver.get(address).json()["monitoring"] is None
    viewed = AuditEvent.objects.filter(action="patient.viewed", patient_id=patient.pk)
    assert viewed.count() == 1


@pytest.mark.parametrize("who", ["as_other_nurse", "as_stranger"])
@pytest.mark.parametrize("address", ["/api/v1/patients/{}/", "/api/v1/patients/{}/checklist/"])
def test_outsiders_get_404(request, patient, who, address):
    assert request.getfixturevalue(who).get(address.format(patient.pk)).status_code == 404


def test_ended_link_ends_access_at_once(as_caregiver, caregiver, nurse, patient):
    CareTeamMember.objects.filter(user=caregiver).update(ended_at=timezone.now(), ended_by=nurse)

    assert as_caregiver.get(f"/api/v1/patients/{patient.pk}/").status_code == 404
    assert names(as_caregiver.get("/api/v1/patients/")) == []


def test_ended_role_ends_access_at_once(as_nurse, nurse, patient):
    nurse.staff_roles.update(ended_at=timezone.now(), ended_by=nurse)

    assert as_nurse.get(f"/api/v1/patients/{patient.pk}/").status_code == 404


def test_checklist_has_what_a_phone_needs_in_the_language_asked_for(as_caregiver, patient):
    english = as_caregiver.get(f"/api/v1/patients/{patient.pk}/checklist/").json()
    spanish = as_caregiver.get(f"/api/v1/patients/{patient.pk}/checklist/?language=es").json()

    assert english["protocol_version"] == 1
    assert english["language"] == "en"
    assert len(english["questions"]) >= 24
    assert english["questions"][0]["key"] == "red_flags"
    assert english["decision_table"]["content_hash"] == english["content_hash"]
    assert [row["kind"] for row in english["call"]] == ["emergency", "line", "clinic"]
    assert spanish["questions"][0]["text"] != english["questions"][0]["text"]
    keys = {key for question in english["questions"] for key in question["answer_keys"]}
    assert {"temp_value", "temp_unit", "pulse", "confusion"} <= keys


@pytest.mark.parametrize(
    ("query", "field"), [("language=xx", "language"), ("lang=es", "lang"), ("language=", "language")]
)
def test_checklist_with_a_wrong_parameter_answers_400(as_caregiver, patient, query, field):
    response = as_caregiver.get(f"/api/v1/patients/{patient.pk}/checklist/?{query}")

    assert response.status_code == 400
    assert list(response.json()["error"]["fields"]) == [field]


def test_checklist_of_a_clinic_without_a_protocol_answers_409(call_as):
    clinic = factories.ClinicFactory(protocol=False)
    nurse = factories.StaffFactory(clinic=clinic).user
    bare = factories.PatientFactory(clinic=clinic)

    response = call_as(nurse).get(f"/api/v1/patients/{bare.pk}/checklist/")

    assert response.status_code == 409
    assert response.json()["error"]["code"] == "no_protocol"
