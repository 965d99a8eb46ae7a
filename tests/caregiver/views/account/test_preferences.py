"""Reminders and quiet hours, chosen by the person they are for."""

from datetime import time
from typing import Any

import pytest
from django.test import Client

from notifications.models import Consent, OptOut
from tests import factories

ADDRESS = "/settings/reminders/"


def choose(device: Client, **fields: str) -> Any:
    return device.post(ADDRESS, {"quiet_from": "21:00", "quiet_until": "06:00", **fields}, follow=True)


def open_consents(phone: str) -> int:
    return Consent.objects.filter(phone=phone, ended_at=None).count()


def test_page_shows_what_holds(device: Client) -> None:
    text = device.get("/settings/").content.decode()

    assert '<input type="checkbox" name="wanted" id="wanted" aria-describedby="wanted-hint" checked>' in text
    assert '<option value="22:00" selected>' in text
    assert "Reply STOP to end them" in text


def test_choices_are_kept(device: Client, caregiver: Any, phone: str) -> None:
    answer = choose(device)

    caregiver.refresh_from_db()
    assert "Saved." in answer.content.decode()
    assert (caregiver.quiet_from, caregiver.quiet_until) == (time(21), time(6))
    assert open_consents(phone) == 0

    choose(device, wanted="on")
    choose(device, wanted="on")

    assert open_consents(phone) == 1
    assert Consent.objects.filter(phone=phone, text_version="reminders-1").count() == 1


def test_after_a_stop_only_a_ticked_box_brings_texts_back(device: Client, phone: str) -> None:
    OptOut.objects.create(phone=phone, service="reminders", source="keyword")
    assert "You asked us to stop" in device.get("/settings/").content.decode()

    choose(device)
    assert (open_consents(phone), OptOut.objects.filter(ended_at=None).count()) == (1, 1)

    choose(device, wanted="on")
    assert (open_consents(phone), OptOut.objects.filter(ended_at=None).count()) == (1, 0)


@pytest.mark.parametrize("hour", ["25:00", "21:30", "", "x"])
def test_hour_that_is_no_choice_changes_nothing(device: Client, caregiver: Any, hour: str) -> None:
    choose(device, quiet_from=hour)

    caregiver.refresh_from_db()
    assert caregiver.quiet_from == time(22)


def test_staff_have_no_reminders_to_choose(client: Client, nurse: Any) -> None:
    client.force_login(nurse, backend="django.contrib.auth.backends.ModelBackend")

    assert "Reminders by text" not in client.get("/settings/").content.decode()


def test_visitor_is_sent_to_sign_in(client: Client, clinic: Any) -> None:
    assert client.post(ADDRESS).status_code == 302
    assert factories.CaregiverFactory().quiet_from == time(22)
