"""The FHIR address: what each call answers, to whom, a page at a time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.patient import Patient as FhirPatient
from rest_framework.test import APIClient

from clinic.models import AuditEvent, Staff
from clinic.rules.fhir import capability
from clinic.services.escalations import scoring
from clinic.services.reports import home_checks
from tests import factories

pytestmark = pytest.mark.django_db

BY_PATIENT = [kind for kind in capability.SEARCHES if kind != "Patient"]


def found(response) -> list[dict]:
    """The resources of a bundle that is valid R4."""
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/fhir+json"
    Bundle.model_validate_json(response.content)
    return [one["resource"] for one in response.json().get("entry", [])]


def refusal(response, status: int) -> str:
    assert response.status_code == status, response.content
    OperationOutcome.model_validate_json(response.content)
    return response.json()["issue"][0]["diagnostics"]


def onward(response) -> str | None:
    links = {one["relation"]: one["url"] for one in response.json()["link"]}
    return links.get("next")


def pages(client, address) -> list[list[dict]]:
    seen = []
    while address:
        response = client.get(address)
        seen.append(found(response))
        address = onward(response)
    return seen


@pytest.fixture
def report(patient, caregiver):
    answers = {"temp_value": 38.6, "temp_unit": "C", "pulse": 104, "confusion": 2}
    made = factories.ReportFactory(patient=patient, author=caregiver, answers=answers)
    scoring.score(report_id=made.pk, now=timezone.now())
    return made


@pytest.fixture
def as_physician(call_as, clinic):
    return call_as(factories.StaffFactory(clinic=clinic, role="physician").user)


def test_metadata_is_for_anybody_and_names_what_there_is():
    response = APIClient().get("/fhir/metadata")

    CapabilityStatement.model_validate_json(response.content)
    told = response.json()
    assert told["fhirVersion"] == "4.0.1"
    assert {one["type"] for one in told["rest"][0]["resource"]} == set(capability.SEARCHES)


def test_every_kind_that_metadata_names_can_be_searched_and_read(as_nurse, patient, report):
    for one in as_nurse.get("/fhir/metadata").json()["rest"][0]["resource"]:
        kind, acts = one["type"], {act["code"] for act in one["interaction"]}
        resources = found(
            as_nurse.get(f"/fhir/{kind}{'' if kind == 'Patient' else f'?patient={patient.pk}'}")
        )
        assert {resource["resourceType"] for resource in resources} <= {kind}
        if "read" in acts:
            key = resources[0]["id"]
            assert as_nurse.get(f"/fhir/{kind}/{key}").json() == resources[0]
        else:
            refusal(as_nurse.get(f"/fhir/{kind}/{uuid4()}"), 404)


def test_patient_is_valid_and_looking_at_one_is_in_the_audit(as_nurse, nurse, patient):
    response = as_nurse.get(f"/fhir/Patient/{patient.pk}")

    FhirPatient.model_validate_json(response.content)
    assert response.json()["managingOrganization"]["reference"] == f"Organization/{patient.clinic_id}"
    seen = AuditEvent.objects.get(action="patient.viewed", patient_id=patient.pk)
    assert (seen.actor_id, seen.detail) == (nurse.pk, {"over": "api"})


def test_patients_are_found_by_id_number_and_name_a_page_at_a_time(as_nurse, clinic, patient):
    known = factories.PatientFactory(clinic=clinic, family_name="Nuñez", hospital_number="H-7")
    factories.PatientFactory(family_name="Nuñez", hospital_number="H-7")

    assert [one["id"] for one in found(as_nurse.get(f"/fhir/Patient?_id={known.pk}"))] == [str(known.pk)]
    for search in ("identifier=H-7", "identifier=urn:oid:1.2|H-7", "name=nunez"):
        assert [one["id"] for one in found(as_nurse.get(f"/fhir/Patient?{search}"))] == [str(known.pk)]
    paged = pages(as_nurse, "/fhir/Patient?_count=1")
    assert [[one["id"] for one in page] for page in paged] == [[str(patient.pk)], [str(known.pk)]]


def test_list_of_patients_asks_as_much_for_three_as_for_one(as_nurse, clinic, django_assert_num_queries):
    factories.PatientFactory(clinic=clinic)
    as_nurse.get("/fhir/Patient")
    with django_assert_num_queries(4):
        as_nurse.get("/fhir/Patient")
    factories.PatientFactory.create_batch(2, clinic=clinic)
    with django_assert_num_queries(4):
        as_nurse.get("/fhir/Patient")


@pytest.mark.parametrize("prefix", ["", "Patient/"])
def test_answers_and_readings_of_a_patient(as_nurse, patient, report, prefix):
    [answers] = found(as_nurse.get(f"/fhir/QuestionnaireResponse?patient={prefix}{patient.pk}"))
    readings = found(as_nurse.get(f"/fhir/Observation?patient={prefix}{patient.pk}"))

    assert answers["id"] == str(report.pk)
    assert {one["code"]["coding"][0]["code"] for one in readings} == {"8310-5", "8867-4"}


@pytest.mark.parametrize("count", [1, 2, 3, 5, 200])
def test_pages_of_readings_hold_each_once_and_none_more_than_asked_for(
    as_nurse, patient, caregiver, nurse, count
):
    moment = timezone.now() - timedelta(days=3)
    for number in range(4):
        # Two at one moment, one without a reading.
        factories.ReportFactory(
            patient=patient,
            author=caregiver,
            observed_at=moment + timedelta(hours=number // 2),
            answers={"chills": 0} if number == 1 else {"pulse": 80 + number, "spo2": 97},
        )
    home_checks.set_baseline(patient_id=patient.pk, by=nurse, score=9, language="en", now=moment)

    paged = pages(as_nurse, f"/fhir/Observation?patient={patient.pk}&_count={count}")

    assert all(len(page) <= count for page in paged)
    keys = [one["id"] for page in paged for one in page]
    assert len(keys) == len(set(keys)) == 3 * 2 + 1


def test_report_that_comes_between_two_pages_moves_nothing(as_nurse, patient, caregiver):
    moment = timezone.now() - timedelta(days=3)
    first, second = (
        factories.ReportFactory(
            patient=patient,
            author=caregiver,
            observed_at=moment + timedelta(hours=hours),
            answers={"pulse": 90},
        )
        for hours in (1, 2)
    )
    page = as_nurse.get(f"/fhir/QuestionnaireResponse?patient={patient.pk}&_count=1")
    factories.ReportFactory(patient=patient, author=caregiver, observed_at=moment, answers={"pulse": 90})

    assert [one["id"] for one in found(page)] == [str(first.pk)]
    assert [one["id"] for one in found(as_nurse.get(onward(page)))] == [str(second.pk)]


def test_search_by_day_is_by_the_clock_of_the_patients_home(as_nurse, patient, caregiver):
    patient.time_zone = "America/New_York"
    patient.save()
    at = timezone.datetime(2026, 11, 22, 3, tzinfo=timezone.get_fixed_timezone(0))
    late = factories.ReportFactory(patient=patient, author=caregiver, observed_at=at, answers={"pulse": 90})
    of = f"patient={patient.pk}"

    for address in (f"QuestionnaireResponse?{of}&authored=", f"Observation?{of}&date="):
        assert len(found(as_nurse.get(f"/fhir/{address}2026-11-21"))) == 1
        assert found(as_nurse.get(f"/fhir/{address}2026-11-22")) == []
    both = f"/fhir/Observation?{of}&date=ge2026-11-21&date=lt2026-11-22"
    assert found(as_nurse.get(both))[0]["derivedFrom"][0]["reference"].endswith(str(late.pk))


@pytest.mark.parametrize(
    "address",
    [
        *(
            "Observation",
            "Observation?patient=",
            "Observation?patient=x",
            "Observation?patient={id}&code=8310-5",
        ),
        *("Observation?patient={id}&date=soon", "QuestionnaireResponse?patient={id}&date=2026-11-01"),
        *("Observation?patient={id}&_count=0", "Observation?patient={id}&_count=201"),
        *("Observation?patient={id}&cursor=x", "Patient?birthdate=1970-01-01", "Patient?_id=x"),
        "Patient?cursor=x",
    ],
)
def test_search_that_is_not_understood_is_refused_and_says_what_of_it(as_nurse, patient, address):
    words = refusal(as_nurse.get(f"/fhir/{address.format(id=patient.pk)}"), 400)

    wrong = address.rpartition("&")[2].rpartition("?")[2].partition("=")[0]
    assert words.startswith("patient" if wrong == "Observation" else wrong)


def test_cursor_of_another_list_is_refused(as_nurse, patient, clinic):
    factories.PatientFactory(clinic=clinic)
    onto = onward(as_nurse.get("/fhir/Patient?_count=1"))
    cursor = onto.partition("cursor=")[2].partition("&")[0]

    refusal(as_nurse.get(f"/fhir/Observation?patient={patient.pk}&cursor={cursor}"), 400)


@pytest.mark.parametrize("kind", BY_PATIENT)
def test_others_find_nothing_and_the_family_reads_its_pages_instead(
    as_other_nurse, as_stranger, as_caregiver, patient, report, kind
):
    address = f"/fhir/{kind}?patient={patient.pk}"

    refusal(APIClient().get(address), 401)
    refusal(as_other_nurse.get(address), 404)
    refusal(as_stranger.get(address), 404)
    refusal(as_caregiver.get(address), 403)


def test_nobody_lists_the_patients_they_look_after(as_caregiver, patient):
    assert found(as_caregiver.get("/fhir/Patient")) == []


def test_whole_record_is_for_those_who_may_hand_it_out(as_physician, as_nurse, patient, report):
    address = f"/fhir/Patient/{patient.pk}/$everything"

    refusal(as_nurse.get(address), 403)
    kinds = {one["resourceType"] for one in found(as_physician.get(address))}
    assert kinds >= {"Patient", "Organization", "RelatedPerson", "QuestionnaireResponse", "Observation"}
    assert AuditEvent.objects.filter(action="record.viewed", patient_id=patient.pk).exists()


def test_practice_alarms_are_no_part_of_it(as_nurse, patient, caregiver):
    drill = factories.ReportFactory(patient=patient, author=caregiver, is_drill=True)

    assert found(as_nurse.get(f"/fhir/QuestionnaireResponse?patient={patient.pk}")) == []
    refusal(as_nurse.get(f"/fhir/QuestionnaireResponse/{drill.pk}"), 404)


def test_who_has_left_gets_nothing(as_nurse, nurse, patient):
    Staff.objects.filter(user=nurse).update(ended_at=timezone.now(), ended_by=nurse)

    refusal(as_nurse.get(f"/fhir/Patient/{patient.pk}"), 404)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written(as_nurse, patient, method):
    refusal(getattr(as_nurse, method)(f"/fhir/Patient/{patient.pk}", {}, format="json"), 405)


@pytest.mark.parametrize("path", ["", "Nothing", "Patient/x", "metadata/", "Observation/1/2", "patient"])
def test_address_that_is_not_there_is_told_so_in_fhir(as_nurse, path):
    refusal(as_nurse.get(f"/fhir/{path}"), 404)


def test_answer_is_kept_by_no_cache_and_says_its_address(as_nurse, patient):
    response = as_nurse.get(f"/fhir/Task?patient={patient.pk}")

    assert response["Cache-Control"] == "no-store, private"
    assert response.json()["link"][0]["url"].endswith(f"/fhir/Task?patient={patient.pk}")
    assert settings.PUBLIC_BASE_URL
