"""The social worker's queue, and that nobody else gets it."""

from uuid import uuid4

import pytest
from django.test import Client

from clinic.console.accounts import home_of
from clinic.models import StrainAnswer
from clinic.rules.checkins.strain import Strain
from clinic.services.checkins import strain
from tests import factories


@pytest.fixture
def worker(clinic):
    return factories.StaffFactory(clinic=clinic, role="social_worker", user__name="Sofia Social").user


@pytest.fixture
def shared(patient, caregiver, worker, now):
    return strain.answer(
        answer_id=uuid4(), patient_id=patient.pk, said=Strain(3, 2), is_shared=True, by=caregiver, now=now
    )


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_social_worker_reads_calls_and_closes(shared, worker):
    client = signed_in(worker)

    page = client.get("/console/caregivers/").content.decode()
    assert "Carla Caregiver" in page
    assert "Hardly at all" in page

    done = client.post(f"/console/caregivers/{shared.pk}/close/", follow=True).content.decode()
    assert "Nobody is waiting for a call." in done
    assert StrainAnswer.objects.get().closed_by == worker


def test_social_worker_lands_on_the_list_after_sign_in(worker):
    assert home_of(worker) == "/console/caregivers/"


def test_social_worker_sees_nothing_of_patients(patient, worker):
    client = signed_in(worker)

    assert client.get("/console/patients/").status_code == 403
    assert client.get(f"/console/patients/{patient.pk}/").status_code in {403, 404}


@pytest.mark.parametrize("role", ["nurse", "physician", "administrator", "educator"])
def test_nobody_else_has_the_queue(shared, clinic, role):
    client = signed_in(factories.StaffFactory(clinic=clinic, role=role).user)

    assert client.get("/console/caregivers/").status_code == 403
    assert client.post(f"/console/caregivers/{shared.pk}/close/").status_code == 403


def test_social_worker_of_another_clinic_finds_nothing(shared, other_clinic):
    client = signed_in(factories.StaffFactory(clinic=other_clinic, role="social_worker").user)

    assert "Carla Caregiver" not in client.get("/console/caregivers/").content.decode()
    assert client.post(f"/console/caregivers/{shared.pk}/close/").status_code == 404
