"""A code for the telephone keypad, and the wish to be called, in a family's own settings."""

import pytest
from django.contrib.auth.hashers import check_password

from clinic.models import CallCode

ADDRESS = "/settings/keypad/"


@pytest.fixture
def offered(clinic):
    clinic.keypad_phone = "+12025550188"
    clinic.save(update_fields=["keypad_phone"])


def test_code_and_wish_are_saved_and_an_empty_code_keeps_the_one_that_there_is(offered, device, caregiver):
    assert "Check-in by phone call" in device.get("/settings/").content.decode()

    answer = device.post(ADDRESS, {"called": "on", "code": "482-913"}, follow=True)

    assert "Saved." in answer.content.decode()
    caregiver.refresh_from_db()
    assert caregiver.called_at_checkin
    assert check_password("482913", CallCode.objects.get(user=caregiver).code_hash)

    device.post(ADDRESS, {"code": ""})
    caregiver.refresh_from_db()
    assert not caregiver.called_at_checkin
    assert CallCode.objects.filter(user=caregiver).exists()


@pytest.mark.parametrize("code", ["12345", "1234567", "111111", "123456", "48291x", "٤٨٢٩١٣"])
def test_code_that_is_too_easy_or_none_changes_nothing(offered, device, caregiver, code):
    answer = device.post(ADDRESS, {"called": "on", "code": code}, follow=True)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert 'href="#keypad-code">Code for calls: choose 6 digits' in page
    assert 'aria-describedby="keypad-code-hint keypad-code_error" aria-invalid="true"' in page
    assert 'id="keypad-called" checked' in page, "what was chosen stays"
    assert page.count("aria-current") == 1
    assert 'href="/settings/" aria-current="true"' in page
    caregiver.refresh_from_db()
    assert not caregiver.called_at_checkin
    assert not CallCode.objects.exists()


def test_call_without_a_code_is_not_promised(offered, device, caregiver):
    answer = device.post(ADDRESS, {"called": "on", "code": ""}, follow=True)

    assert "Choose a code too." in answer.content.decode()
    caregiver.refresh_from_db()
    assert not caregiver.called_at_checkin


def test_where_no_clinic_offers_it_the_settings_say_nothing_of_it(device, caregiver):
    assert "Check-in by phone call" not in device.get("/settings/").content.decode()
