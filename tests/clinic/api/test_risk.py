"""Laboratory values and the risk assessment, for programs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.models import LabResult, Patient
from clinic.queries.risk import known
from clinic.services.escalations import life_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(patient):
    return f"/api/v1/patients/{patient.pk}/"


@pytest.fixture
def sample(patient):
    yesterday = known.today_of(patient, timezone.now()) - timedelta(days=1)
    return {
        "taken_on": yesterday.isoformat(),
        "taken_at": "06:30",
        "values": [
            {"lab": "anc", "value": "0.40", "unit": "K/uL"},
            {"lab": "crp", "value": "30", "unit": "mg/L"},
        ],
    }


def test_a_sample_is_stored_shown_and_computed(as_nurse, address, sample, nurse):
    response = as_nurse.post(f"{address}labs/", sample, format="json")

    assert response.status_code == 201
    anc, crp = response.json()["stored"]
    assert (anc["value"], anc["unit"], anc["kept_value"], anc["kept_unit"]) == (
        "0.40",
        "K/uL",
        "0.4000",
        "10^9/L",
    )
    assert (crp["kept_value"], crp["kept_unit"]) == ("3.0000", "mg/dL")
    assert (anc["taken_at"], anc["source"], anc["entered_by"]["id"]) == ("06:30", "api", str(nurse.pk))
    listed = as_nurse.get(f"{address}labs/").json()["results"]
    assert [one["lab"] for one in listed] == ["anc", "crp"]
    risk = as_nurse.get(f"{address}risk/").json()
    assert (risk["tier"], risk["flags"]) == ("high", ["neutropenia"])
    assert set(risk["waiting"]) == {"tier", "neutropenia"}
    assert "ecog" in risk["missing"]


def test_the_same_sample_twice_stores_nothing_more(as_nurse, address, sample):
    as_nurse.post(f"{address}labs/", sample, format="json")

    again = as_nurse.post(f"{address}labs/", sample, format="json")

    assert (again.status_code, again.json()) == (201, {"stored": []})
    assert LabResult.objects.count() == 2


def test_one_wrong_value_stores_nothing_and_is_named(as_nurse, address, sample):
    sample["values"][1]["unit"] = "mg/mL"

    response = as_nurse.post(f"{address}labs/", sample, format="json")

    assert response.status_code == 400
    assert "values.1" in response.json()["error"]["fields"]
    assert not LabResult.objects.exists()


def test_an_unusual_value_needs_somebody_who_checked_it(as_nurse, address, sample):
    sample["values"] = [{"lab": "crp", "value": "300", "unit": "mg/dL"}]
    assert as_nurse.post(f"{address}labs/", sample, format="json").status_code == 400

    sample["values"][0]["is_confirmed"] = True
    assert as_nurse.post(f"{address}labs/", sample, format="json").status_code == 201


@pytest.mark.parametrize("clock", ["6:30", "25:00", "063000", 630])
def test_a_time_that_is_none(as_nurse, address, sample, clock):
    response = as_nurse.post(f"{address}labs/", {**sample, "taken_at": clock}, format="json")

    assert response.status_code == 400
    assert "taken_at" in response.json()["error"]["fields"]


def test_a_value_is_struck_out_once(as_nurse, address, sample):
    as_nurse.post(f"{address}labs/", sample, format="json")
    row = LabResult.objects.get(lab="anc")
    strike = f"{address}labs/{row.pk}/strike/"

    assert as_nurse.post(strike, {"reason": " "}, format="json").status_code == 400
    struck = as_nurse.post(strike, {"reason": "of another person"}, format="json")
    assert (struck.status_code, struck.json()["struck_reason"]) == (200, "of another person")
    again = as_nurse.post(strike, {"reason": "again"}, format="json")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "struck_already")
    assert len(as_nurse.get(f"{address}labs/").json()["results"]) == 2


def test_before_anything_is_known_there_is_no_assessment(as_nurse, address):
    assert as_nurse.get(f"{address}risk/").status_code == 404


def test_a_sample_of_somebody_who_has_died_is_refused_with_a_code(as_nurse, address, sample, patient, nurse):
    now = timezone.now()
    Patient.objects.filter(pk=patient.pk).update(created_at=now - timedelta(days=9))
    life_events.record_death(patient_id=patient.pk, by=nurse, at=now, reason="", now=now)

    response = as_nurse.post(f"{address}labs/", sample, format="json")

    assert (response.status_code, response.json()["error"]["code"]) == (409, "after_death")
    assert not LabResult.objects.exists()
