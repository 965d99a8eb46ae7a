"""Lowering a risk on the patient's page: one proposes, another confirms."""

import pytest
from django.urls import reverse

from clinic.models import RiskLowering
from tests import factories


@pytest.fixture
def patient(patient):
    patient.tier = "high"
    patient.save(update_fields=["tier"])
    return patient


def lower(client, patient, **more):
    form = {"facts-tier": "standard", "facts-reason": "Day 40 & well"} | more
    return client.post(reverse("console_facts", args=[patient.pk]), form)


def page(client, patient):
    return client.get(reverse("console_patient", args=[patient.pk])).content.decode()


def test_second_person_confirms_on_the_patients_page(client, patient, nurse, clinic):
    client.force_login(nurse)
    lower(client, patient)
    assert "Take it back" in page(client, patient)
    assert "Confirm the lower risk" not in page(client, patient)

    client.force_login(factories.StaffFactory(clinic=clinic).user)
    assert "A lower risk waits for a second person" in client.get("/console/").content.decode()
    body = page(client, patient)
    assert "Risk tier: High → Standard" in body
    assert "Day 40 &amp; well" in body
    client.post(
        reverse("console_decide_lowering", args=[RiskLowering.objects.get().pk]), {"answer": "confirm"}
    )

    patient.refresh_from_db()
    assert patient.tier == "standard"
    assert "A lower risk waits" not in page(client, patient)


def test_whoever_proposed_it_hears_that_somebody_else_has_to(client, patient, nurse):
    client.force_login(nurse)
    lower(client, patient)

    answer = client.post(
        reverse("console_decide_lowering", args=[RiskLowering.objects.get().pk]),
        {"answer": "confirm"},
        follow=True,
    )

    assert "somebody else has to confirm" in answer.content.decode()
    patient.refresh_from_db()
    assert patient.tier == "high"


def test_reason_that_is_missing_is_asked_for_and_nothing_is_kept(client, patient, nurse):
    client.force_login(nurse)

    answer = lower(client, patient, **{"facts-reason": ""})

    assert answer.status_code == 422
    assert "Write why the risk is lower now." in answer.content.decode()
    assert not RiskLowering.objects.exists()


def test_administrator_is_refused(client, patient, clinic):
    client.force_login(factories.StaffFactory(clinic=clinic, role="administrator").user)

    assert lower(client, patient).status_code == 403
    assert "A lower one is proposed by a nurse or a physician." in page(client, patient)


@pytest.mark.parametrize("facts", [{"tier": "standard"}, {"immune_risk": False}, {"masked_until": None}])
def test_api_corrects_no_risk(client, patient, nurse, facts):
    client.force_login(nurse)

    answer = client.patch(
        f"/api/v1/patients/{patient.pk}/", {**facts, "reason": "x"}, content_type="application/json"
    )

    assert answer.status_code == 400
    patient.refresh_from_db()
    assert patient.tier == "high"
