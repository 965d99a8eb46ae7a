"""A caregiver's phones on the patient's page."""

import re

import pytest
from django.test import Client

from clinic.models import FamilyDevice, SystemAlarm
from clinic.services.patients import family_devices
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def console(nurse):
    client = Client()
    client.force_login(nurse)
    return client


@pytest.fixture
def new_phone(caregiver, now):
    """Their old one is gone, so nobody but the clinic can say yes."""
    factories.FamilyDeviceFactory(user=caregiver, ended_at=now, ended_by=caregiver)
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1"
    return family_devices.arrive(user=caregiver, browser="n" * 43, user_agent=agent, arrival="code", now=now)


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_new_phone_stands_there_and_in_an_alarm_until_staff_confirm_it(
    console, new_phone, patient, caregiver
):
    page = f"/console/patients/{patient.pk}/"
    act = f"{page}caregivers/{patient.care_team.get().pk}/devices/{new_phone.pk}/confirm/"
    assert "Carla Caregiver is signed in on 1 phone Safari · iPhone New: it waits" in words(console.get(page))
    assert "A family's new phone waits" in words(console.get("/console/")).replace("&#x27;", "'")

    assert "Write how you know that it is them." in words(console.post(act, {"reason": ""}, follow=True))
    done = console.post(act, {"reason": "Called the number on file, she knew the room"}, follow=True)

    assert "Confirmed by the clinic: Called the number on file, she knew the room" in words(done)
    assert not SystemAlarm.objects.filter(kind="device_waits", cleared_at=None).exists()
    assert "Somebody has answered already." in words(console.post(act, {"reason": "x"}, follow=True))


def test_staff_sign_one_phone_out(console, new_phone, patient, nurse):
    page = f"/console/patients/{patient.pk}/"

    console.post(f"{page}caregivers/{patient.care_team.get().pk}/devices/{new_phone.pk}/end/")

    assert FamilyDevice.objects.get(pk=new_phone.pk).ended_by == nurse
    assert "is signed in on" not in words(console.get(page))
