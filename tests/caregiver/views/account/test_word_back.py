"""How and of what somebody hears back, chosen by the person it is for."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from clinic.models import User
from notifications.models import Consent
from notifications.models.opt_out import OptOutSource
from notifications.services import opt_outs, push_subscriptions
from tests import factories
from tests.caregiver.conftest import BACKEND

ADDRESS = "/settings/word-back/"


def page(device: Client) -> str:
    return str(device.get("/settings/").content.decode())


def chosen(user: Any) -> tuple[Any, ...]:
    row = User.objects.get(pk=user.pk)
    return row.hears_back_by, row.hears_taken, row.hears_unreached, row.hears_closed


def is_checked(text: str, field_id: str) -> bool:
    return f'id="{field_id}" checked>' in text


def test_who_gets_no_texts_and_has_no_device_is_told_so_and_asked_nothing(
    device: Client, caregiver: Any, phone: str, now: Any, settings: Any
) -> None:
    assert is_checked(page(device), "hear-text")

    Consent.objects.filter(phone=phone).delete()
    text = page(device)
    opt_outs.record(phone=phone, service="reminders", source=OptOutSource.PERSON, now=now)
    stopped = page(device)
    settings.PUSH_TEST_PEER = "http://127.0.0.1:9"
    push_subscriptions.subscribe(
        owner_id=caregiver.pk, endpoint="http://127.0.0.1:9/1", p256dh="k", auth="a", label="", now=now
    )
    with_device = page(device)

    for shown in (text, stopped):
        assert "Our texts do not go to your number now, so no note can come by text." in shown
        assert "Tell me when" not in shown
        assert "hear-none" not in shown
    # By a device notes still come, so there is something to choose.
    assert "Tell me when" in with_device
    assert is_checked(with_device, "hear-none")
    assert chosen(caregiver)[1:] == (True, True, True)


def test_choices_are_kept_and_shown(device: Client, caregiver: Any) -> None:
    answer = device.post(ADDRESS, {"by_way": "text", "closed": "on"}, follow=True)

    assert "Saved." in answer.content.decode()
    assert chosen(caregiver) == ("text", False, False, True)
    shown = page(device)
    assert [is_checked(shown, f"hear-{one}") for one in ("text", "none", "taken", "unreached", "closed")] == [
        True,
        False,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("way", ["", "fax", "TEXT", "x" * 500])
def test_way_that_is_no_choice_changes_nothing(device: Client, caregiver: Any, way: str) -> None:
    device.post(ADDRESS, {"by_way": way})

    assert chosen(caregiver) == ("", True, True, True)


def test_devices_are_a_choice_where_there_are_any(
    device: Client, caregiver: Any, now: Any, settings: Any
) -> None:
    assert "On my devices" not in page(device)
    settings.PUSH_TEST_PEER = "http://127.0.0.1:9"
    push_subscriptions.subscribe(
        owner_id=caregiver.pk, endpoint="http://127.0.0.1:9/1", p256dh="k", auth="a", label="", now=now
    )

    assert "On my devices" in page(device)


def test_visitor_is_asked_to_sign_in_and_staff_have_none_of_it(caregiver: Any, nurse: Any) -> None:
    assert Client().post(ADDRESS, {"by_way": "none"}).status_code == 302
    assert chosen(caregiver)[0] == ""
    client = Client()
    client.force_login(nurse, backend=BACKEND)
    assert "Hear back from the clinic" not in client.get("/settings/").content.decode()


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES if code != "en"])
def test_page_speaks_their_language(device: Client, caregiver: Any, language: str) -> None:
    User.objects.filter(pk=caregiver.pk).update(language=language)
    with translation.override(language):
        words = translation.gettext("Hear back from the clinic")

    assert words != "Hear back from the clinic"
    assert words in page(device)


def test_each_chooses_for_themselves(device: Client, patient: Any, caregiver: Any) -> None:
    other = factories.CareTeamMemberFactory(patient=patient).user

    device.post(ADDRESS, {"by_way": "none"})

    assert (chosen(caregiver)[0], chosen(other)[0]) == ("none", "")
