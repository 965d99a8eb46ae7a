"""Correcting facts and searching, for programs."""

import pytest

from clinic.models import AuditEvent, FactCorrection
from tests import factories

pytestmark = pytest.mark.django_db


def patch(client, patient, **body):
    return client.patch(f"/api/v1/patients/{patient.pk}/", body, format="json")


def test_facts_are_corrected_and_shown(as_nurse, patient):
    response = patch(
        as_nurse,
        patient,
        given_name="Valter",
        birth_date="1960-01-02",
        hospital_number="mrn 12",
        product="Carvykti",
        time_zone="America/Chicago",
        language="es",
        reason="typed wrongly",
    )

    assert response.status_code == 200
    found = response.json()
    assert (found["name"].split()[0], found["birth_date"], found["hospital_number"]) == (
        "Valter",
        "1960-01-02",
        "MRN12",
    )
    assert (found["product"], found["target"], found["time_zone"], found["language"]) == (
        "cilta-cel",
        "BCMA",
        "America/Chicago",
        "es",
    )
    assert as_nurse.get(f"/api/v1/patients/{patient.pk}/").json()["product"] == "cilta-cel"
    assert FactCorrection.objects.get().reason == "typed wrongly"


def test_disease_is_one_of_the_list_or_in_words(as_nurse, patient):
    assert as_nurse.get(f"/api/v1/patients/{patient.pk}/").json()["disease"] == ""

    for typed, kept in (("mcl", "MCL"), (" Hairy  cell leukemia ", "Hairy cell leukemia"), ("", "")):
        response = patch(as_nurse, patient, disease=typed, reason="from the hospital record")
        assert (response.status_code, response.json()["disease"]) == (200, kept)
        assert response.json()["courses"][-1]["disease"] == kept

    trail = AuditEvent.objects.filter(action="patient.facts_corrected").order_by("pk")
    assert [row.detail["disease"]["to"] for row in trail] == ["MCL", "other", ""]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"disease": "x" * 81, "reason": "x"}, "disease"),
        ({"disease": "Other", "reason": "x"}, "disease"),
        ({"diagnosis": "lymphoma", "reason": "x"}, "diagnosis"),
        ({"tier": "high", "reason": "x"}, "tier"),
        ({"given_name": "Ada"}, "reason"),
        ({"given_name": "Ada", "reason": " "}, "reason"),
        ({"given_name": 5, "reason": "x"}, "given_name"),
        ({"given_name": "", "reason": "x"}, "given_name"),
        ({"birth_date": "2999-01-01", "reason": "x"}, "birth_date"),
        ({"birth_date": None, "reason": "x"}, "birth_date"),
        ({"birth_date": "2020-01-01", "reason": "x"}, "birth_date"),
        ({"infusion_date": "1950-01-01", "reason": "x"}, "infusion_date"),
        ({"infusion_date": "yesterday", "reason": "x"}, "infusion_date"),
        ({"time_zone": "Mars/Olympus", "reason": "x"}, "time_zone"),
        ({"language": "xx", "reason": "x"}, "language"),
        ({"target": "BCMA", "reason": "x"}, "target"),
        ({"product": "zevor-cel", "reason": "x"}, "target"),
        ({"product": "zevor-cel", "target": "BCMA", "reason": "x"}, "near_centre_days"),
        ({"hospital_number": " - / ", "reason": "x"}, "hospital_number"),
        ({"reason": "x"}, "body"),
    ],
)
def test_what_cannot_be_is_a_400_that_names_the_field(as_nurse, patient, body, field):
    response = patch(as_nurse, patient, **body)

    assert response.status_code == 400
    assert field in response.json()["error"]["fields"]
    assert not FactCorrection.objects.exists()


def test_number_of_another_is_a_409(as_nurse, patient, clinic):
    factories.PatientFactory(clinic=clinic, hospital_number="MRN-1")

    response = patch(as_nurse, patient, hospital_number="mrn-1", reason="x")

    assert (response.status_code, response.json()["error"]["code"]) == (409, "number_taken")


def test_only_staff_of_the_clinic_correct(as_caregiver, as_other_nurse, as_stranger, patient):
    assert patch(as_caregiver, patient, nonsense=1).status_code == 403
    assert patch(as_other_nurse, patient, given_name="Ada", reason="x").status_code == 404
    assert patch(as_stranger, patient, given_name="Ada", reason="x").status_code == 404
    assert not FactCorrection.objects.exists()


def test_search_finds_and_the_trail_does_not_hold_what_was_typed(as_nurse, clinic, patient):
    brien = factories.PatientFactory(clinic=clinic, family_name="O’Brien")

    found = as_nurse.get("/api/v1/patients/", {"search": "O'Brien"}).json()["results"]
    nobody = as_nurse.get("/api/v1/patients/?search=nobodyhere").json()["results"]

    assert ([row["id"] for row in found], nobody) == ([str(brien.pk)], [])
    assert not AuditEvent.objects.filter(detail__icontains="brien").exists()


def test_family_finds_only_its_own(as_caregiver, clinic, patient):
    factories.PatientFactory(clinic=clinic, given_name=patient.given_name)

    found = as_caregiver.get(f"/api/v1/patients/?search={patient.given_name}").json()["results"]

    assert [row["id"] for row in found] == [str(patient.pk)]


@pytest.mark.parametrize("query", ["search=%00", f"search={'x' * 101}", "q=lin"])
def test_search_that_cannot_be_is_a_400(as_nurse, query):
    assert as_nurse.get(f"/api/v1/patients/?{query}").status_code == 400


def test_search_takes_as_many_queries_for_many_as_for_one(as_nurse, clinic, django_assert_num_queries):
    factories.PatientFactory(clinic=clinic, family_name="Lin")
    as_nurse.get("/api/v1/patients/?search=lin")
    with django_assert_num_queries(3):
        as_nurse.get("/api/v1/patients/?search=lin")
    factories.PatientFactory.create_batch(20, clinic=clinic, family_name="Lin")
    with django_assert_num_queries(3):
        as_nurse.get("/api/v1/patients/?search=lin")
