"""Inviting on the console: a number that is known under another name is asked about."""

import re

import pytest
from django.test import Client

from clinic.models import Invitation, User


@pytest.fixture
def console(nurse):
    client = Client()
    client.force_login(nurse)
    return client


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_page_says_whose_clock_differs(console, patient, caregiver):
    url = f"/console/patients/{patient.pk}/"
    assert "there (Los Angeles)" not in words(console.get(url))

    User.objects.filter(pk=caregiver.pk).update(time_zone="America/Los_Angeles")

    assert re.search(r"\d there \(Los Angeles\)|\.m\. there \(Los Angeles\)", words(console.get(url)))


def test_known_number_is_asked_about_and_what_was_typed_stays(console, patient, caregiver):
    url = f"/console/patients/{patient.pk}/invite/"
    form = {
        "invite-name": "Harold",
        "invite-phone": str(caregiver.phone),
        "invite-relation": "husband",
        "invite-language": "es",
    }

    asked = console.post(url, form)

    assert asked.status_code == 422
    assert "Is it the same person?" in words(asked)
    assert "Yes, it is Carla Caregiver (daughter)" in words(asked)
    assert 'value="Harold"' in asked.content.decode()
    assert not Invitation.objects.exists()

    again = console.post(url, {**form, "invite-same_person": "neither"})
    assert again.status_code == 422

    console.post(url, {**form, "invite-same_person": "two"})
    found = Invitation.objects.get()
    assert (found.name, found.person, found.is_another_person) == ("Harold", None, True)

    found.delete()
    console.post(url, {**form, "invite-same_person": str(caregiver.pk)})
    assert Invitation.objects.get().person == caregiver
