"""Strangers who ask for a family's codes without end lock nobody out."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from caregiver.services.account import codes
from caregiver.services.account import sign_in as service
from clinic.models import SystemAlarm
from clinic.services.core import known_devices
from notifications.models import Message
from tests import factories
from tests.caregiver.views.account.test_sign_in import UNKNOWN, ask, texted_code, type_code


def flood(phone: str, requests: int = 1000, addresses: int = 200) -> None:
    """As the service gets them: the pages around would take minutes."""
    for number in range(requests):
        source = f"192.0.2.{number % addresses}"
        with suppress(service.TooManyCodes):
            service.send_code(phone=phone, source=source, now=timezone.now())


@pytest.fixture
def known(client: Client, caregiver: Any, phone: str, clock: Any) -> Client:
    """The family's phone: it was signed in by a code once, long ago, and is signed out."""
    ask(client, phone)
    type_code(client, texted_code())
    client.get("/settings/")
    client.post("/sign-out/")
    clock.shift(timedelta(days=30))
    return client


def test_thousand_requests_of_strangers_keep_no_family_out(
    known: Client, caregiver: Any, phone: str, patient: Any, clock: Any
) -> None:
    Message.objects.all().delete()
    flood(phone)
    clock.shift(timedelta(seconds=1))

    assert ask(known, phone).status_code == 302
    assert type_code(known, texted_code()).url == "/"
    assert known.session["_auth_user_id"] == str(caregiver.pk)
    assert Message.objects.filter(to=phone).count() == 4
    alarm = SystemAlarm.objects.get(kind="codes_asked", cleared_at=None)
    assert (alarm.clinic, alarm.subject) == (patient.clinic, str(patient.care_team.get().pk))


def test_codes_of_many_families_are_an_alarm_at_their_clinic_and_everybody_gets_one(
    clinic: Any, other_clinic: Any, clock: Any
) -> None:
    members = [
        factories.CareTeamMemberFactory(patient__clinic=clinic, user__phone=f"+161755502{number:02}")
        for number in range(codes.FLOOD_LEAST)
    ]
    factories.CareTeamMemberFactory(patient__clinic=other_clinic)
    *before, last = [str(member.user.phone) for member in members]
    for number, phone in enumerate(before):
        service.send_code(phone=phone, source=f"192.0.2.{number}", now=timezone.now())
    service.send_code(phone=UNKNOWN, source="198.51.100.1", now=timezone.now())
    assert not SystemAlarm.objects.filter(kind="codes_flood").exists()

    service.send_code(phone=last, source="192.0.2.200", now=timezone.now())
    service.send_code(phone=last, source="192.0.2.201", now=timezone.now())

    assert [alarm.clinic for alarm in SystemAlarm.objects.filter(kind="codes_flood")] == [clinic]
    assert Message.objects.filter(purpose="code", to=last).count() == 2


def test_families_known_phones_are_no_flood(known: Client, phone: str, patient: Any, clock: Any) -> None:
    others = [
        factories.CareTeamMemberFactory(patient=patient, user__phone=f"+161755502{number:02}").user
        for number in range(codes.FLOOD_LEAST)
    ]
    for person in others:
        marks = [known_devices.mark_of(person)]
        service.send_code(phone=str(person.phone), source="192.0.2.1", marks=marks, now=timezone.now())

    assert not SystemAlarm.objects.filter(kind="codes_flood").exists()


def test_number_gets_five_texts_an_hour_and_three_by_strangers(known: Client, phone: str, clock: Any) -> None:
    Message.objects.all().delete()
    flood(phone, requests=40)
    clock.shift(timedelta(minutes=16))
    flood(phone, requests=40)
    assert Message.objects.filter(to=phone).count() == 3

    statuses = [ask(known, phone).status_code for _ in range(3)]

    assert statuses == [302, 302, 429]
    assert Message.objects.filter(to=phone).count() == 5
    clock.shift(timedelta(hours=1))
    assert ask(known, phone).status_code == 302
    assert Message.objects.filter(to=phone).count() == 6


def test_phone_of_another_family_is_a_stranger_here(known: Client, phone: str, other_clinic: Any) -> None:
    other = factories.CareTeamMemberFactory(
        patient__clinic=other_clinic, user=factories.CaregiverFactory(phone="+16175550132")
    ).user
    flood(str(other.phone), requests=30)

    assert ask(known, str(other.phone)).status_code == 429


def test_lost_phone_is_known_no_more(known: Client, caregiver: Any, phone: str) -> None:
    caregiver.set_unusable_password()
    caregiver.save(update_fields=["password"])
    flood(phone, requests=30)

    assert ask(known, phone).status_code == 429


@pytest.mark.parametrize("forged", ["", "x", "W10:x:y"])
def test_made_up_cookie_makes_no_phone_known(caregiver: Any, phone: str, forged: str) -> None:
    flood(phone, requests=30)
    client = Client()
    client.cookies["__Host-known"] = forged

    assert ask(client, phone).status_code == 429


def test_nobody_is_alarmed_about_numbers_that_are_nobodys(clinic: Any) -> None:
    flood(UNKNOWN, requests=30)

    assert not SystemAlarm.objects.exists()
