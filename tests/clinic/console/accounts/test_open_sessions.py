"""Where staff are signed in: each session ended by its owner, or by whoever manages the staff."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from clinic.models import AuditEvent
from clinic.services.core import devices
from notifications.models import PushSubscription
from tests import factories
from tests.clinic.console.accounts.test_sign_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(nurse):
    """Signed in with a password, as staff are, and notified there."""
    client = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/143.0"})
    sign_in(client, nurse)
    return client


@pytest.fixture
def admin(clinic):
    client = Client()
    client.force_login(factories.StaffFactory(clinic=clinic, role="administrator").user)
    return client


def session_of(client):
    return UserSession.objects.get(session_key=client.cookies["sessionid"].value)


def test_owner_ends_one_and_stays_signed_in(desk, nurse):
    here = Client()
    sign_in(here, nurse)
    other = session_of(desk)
    assert f"/accounts/sessions/{other.pk}/end/" in here.get("/accounts/sessions/").content.decode()

    here.post(f"/accounts/sessions/{other.pk}/end/")

    assert (here.get("/accounts/").status_code, desk.get("/accounts/").status_code) == (200, 302)
    assert AuditEvent.objects.get(action="session.ended").actor_id == nurse.pk
    assert here.post(f"/accounts/sessions/{other.pk}/end/").status_code == 404


def test_nobody_ends_anothers_by_its_number(desk, other_nurse):
    stranger = Client()
    sign_in(stranger, other_nurse)

    assert stranger.post(f"/accounts/sessions/{session_of(desk).pk}/end/").status_code == 404
    assert desk.get("/accounts/").status_code == 200


def test_administrator_sees_and_ends_a_colleagues_with_its_notices(desk, admin, nurse):
    notified = PushSubscription.objects.create(owner_id=nurse.pk, endpoint="https://push.example/a")
    session = desk.session
    session[devices.SESSION_KEY] = str(notified.pk)
    session.save()
    page = f"/console/staff/{nurse.staff_roles.get().pk}/sessions/"
    assert "Firefox · Windows" in admin.get(page).content.decode()

    done = admin.post(f"{page}{session_of(desk).pk}/end/", follow=True).content.decode()

    assert "Nora Nurse is signed out there." in done and "Nowhere at the moment." in done
    assert desk.get("/accounts/").status_code == 302
    assert not PushSubscription.objects.exists()
    row = AuditEvent.objects.get(action="session.ended")
    assert (row.subject_id, row.clinic_id) == (str(nurse.pk), nurse.staff_roles.get().clinic_id)


def test_administrator_of_another_clinic_finds_nobody(desk, nurse, other_clinic):
    other = Client()
    other.force_login(factories.StaffFactory(clinic=other_clinic, role="administrator").user)
    page = f"/console/staff/{nurse.staff_roles.get().pk}/sessions/"

    assert other.get(page).status_code == 404
    assert other.post(f"{page}{session_of(desk).pk}/end/").status_code == 404
    assert desk.get("/accounts/").status_code == 200


def test_second_press_says_that_it_has_ended(desk, admin, nurse):
    act = f"/console/staff/{nurse.staff_roles.get().pk}/sessions/{session_of(desk).pk}/end/"
    admin.post(act)

    assert "That session has ended already." in admin.post(act, follow=True).content.decode()


def test_own_sessions_are_told_apart_by_names_of_browsers(desk):
    page = desk.get("/accounts/sessions/").content.decode()

    assert "Firefox · Windows" in page
    assert "Mozilla" not in page
