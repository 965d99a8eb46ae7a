"""Notes on a family's own device: the button's requests, the list in the settings, and what ends them."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from clinic.models import AuditEvent, User
from clinic.services.patients import care_team
from notifications.queries import push_targets
from notifications.services import push_subscriptions
from tests import factories
from tests.caregiver.conftest import BACKEND
from tests.clinic.console.accounts.test_devices import BROWSER

ADDRESS = "/settings/devices/"


@pytest.fixture(autouse=True)
def _pushes_are_set_up(settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = "bqq0XIzyZ1QmQfFmP4H8ZJ2gP3Q9J4WlZ6J5m1tq8Xo"


def way(user: Any) -> str:
    return str(User.objects.get(pk=user.pk).hears_back_by)


def test_device_is_added_chosen_shown_and_removed(device: Client, caregiver: Any) -> None:
    assert device.post(ADDRESS, BROWSER).status_code == 204
    (kept,) = push_targets(caregiver.pk)
    text = device.get("/settings/").content.decode()
    assert "This device will get notifications." in text
    assert 'id="hear-push" checked>' in text
    assert "Firefox, Linux" in text
    assert way(caregiver) == "push"

    answer = device.post(f"{ADDRESS}{kept.id}/remove/", follow=True)

    text = answer.content.decode()
    assert "That device gets no more notifications." in text
    assert 'id="hear-text" checked' in text, "whose last device is gone hears by text again"
    assert push_targets(caregiver.pk) == []
    actions = AuditEvent.objects.filter(action__startswith="device.", actor_id=caregiver.pk).order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["device.added", "device.removed"]


@pytest.mark.parametrize("changes", [{"endpoint": "https://clinic.example/x"}, {"p256dh": "short"}], ids=str)
def test_nonsense_is_refused_and_chooses_nothing(
    device: Client, caregiver: Any, changes: dict[str, str]
) -> None:
    assert device.post(ADDRESS, {**BROWSER, **changes}).status_code == 400
    assert (push_targets(caregiver.pk), way(caregiver)) == ([], "")


def test_device_of_somebody_else_is_not_there(device: Client, patient: Any, now: Any) -> None:
    other = factories.CareTeamMemberFactory(patient=patient).user
    kept = push_subscriptions.subscribe(owner_id=other.pk, now=now, **BROWSER)

    assert device.post(f"{ADDRESS}{kept.pk}/remove/").status_code == 404
    assert len(push_targets(other.pk)) == 1


def test_signing_out_ends_the_notes_on_that_device_only(device: Client, caregiver: Any) -> None:
    tablet = Client()
    tablet.force_login(caregiver, backend=BACKEND)
    tablet.post(ADDRESS, {**BROWSER, "endpoint": f"{BROWSER['endpoint']}d", "label": "Tablet"})
    device.post(ADDRESS, BROWSER)

    device.post("/sign-out/")

    assert [one.label for one in push_targets(caregiver.pk)] == ["Tablet"]


@pytest.mark.parametrize("act", [care_team.sign_out_everywhere, care_team.end_access])
def test_lost_phone_and_ended_access_end_the_notes(
    device: Client, patient: Any, caregiver: Any, nurse: Any, now: Any, act: Any
) -> None:
    device.post(ADDRESS, BROWSER)

    act(member_id=patient.care_team.get(user=caregiver).pk, by=nurse, now=now)

    assert push_targets(caregiver.pk) == []


def test_without_keys_for_pushes_no_button_is_shown(device: Client, settings: Any) -> None:
    assert 'id="devices"' in device.get("/settings/").content.decode()
    settings.VAPID_PRIVATE_KEY = ""

    assert 'id="devices"' not in device.get("/settings/").content.decode()


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES if code != "en"])
def test_card_speaks_their_language(device: Client, caregiver: Any, language: str) -> None:
    User.objects.filter(pk=caregiver.pk).update(language=language)
    with translation.override(language):
        words = translation.gettext("Show notifications on this device")

    assert words != "Show notifications on this device"
    assert words in device.get("/settings/").content.decode()


@pytest.mark.django_db
def test_worker_of_the_family_shows_notes_and_opens_home() -> None:
    source = Client().get("/sw.js").content.decode()

    assert 'const PUSH_HOME = "/";' in source
    assert source.index("const PUSH_HOME") < source.index("showNotification") < source.index("keepShell")
