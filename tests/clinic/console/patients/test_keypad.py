"""A family's code for the telephone keypad, and whether they are called, on the patient's page."""

import re

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client

from clinic.models import AuditEvent, CallCode, SystemAlarm
from clinic.services.core import alarms

pytestmark = pytest.mark.django_db


@pytest.fixture
def console(nurse):
    client = Client()
    client.force_login(nurse)
    return client


@pytest.fixture
def offered(clinic):
    clinic.keypad_phone = "+12025550188"
    clinic.save(update_fields=["keypad_phone"])
    return clinic


@pytest.fixture
def acts(patient, caregiver):
    page = f"/console/patients/{patient.pk}/"
    of_member = f"{page}caregivers/{patient.care_team.get().pk}/keypad"
    return page, f"{of_member}/code/", f"{of_member}/calls/"


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_code_is_shown_once_and_kept_hashed(console, offered, acts, caregiver):
    page, code, _calls = acts
    assert "Carla Caregiver : has no code yet; is not called" in words(console.get(page))

    answer = console.post(code)

    shown = re.search(r"\b(\d{3}) (\d{3})\b", words(answer))
    assert "no-store" in answer["Cache-Control"]
    assert check_password(shown[1] + shown[2], CallCode.objects.get(user=caregiver).code_hash)
    assert AuditEvent.objects.filter(action="keypad.code_given").count() == 1
    assert "Carla Caregiver : has a code; is not called" in words(console.get(page))
    before = CallCode.objects.get().code_hash
    console.post(code)
    assert CallCode.objects.get().code_hash != before


def test_wish_to_be_called_is_noted_and_ends_the_task_to_ask(console, offered, acts, caregiver, patient, now):
    page, _code, calls = acts
    member = patient.care_team.get().pk
    alarms.raise_alarm(clinic_id=patient.clinic_id, kind="stop_asked", subject=member, now=now)

    console.post(calls, {"wanted": "yes"})
    caregiver.refresh_from_db()
    assert caregiver.called_at_checkin
    assert not SystemAlarm.objects.filter(cleared_at=None).exists()
    assert "is called once there is a code" in words(console.get(page))

    console.post(calls, {"wanted": "no"})
    caregiver.refresh_from_db()
    assert not caregiver.called_at_checkin


def test_without_a_number_of_the_clinic_nothing_is_offered(console, clinic, acts):
    assert "telephone keypad" not in words(console.get(acts[0]))


def test_outsider_finds_nothing(other_nurse, offered, acts):
    client = Client()
    client.force_login(other_nurse)

    assert [client.post(address).status_code for address in acts[1:]] == [404, 404]
    assert not CallCode.objects.exists()
