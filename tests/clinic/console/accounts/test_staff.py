from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import Escalation
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator", user__name="Ada Admin")


@pytest.fixture
def ann(clinic):
    at = timezone.now()
    return factories.CoveringStaffFactory(
        clinic=clinic, user__name="Ann Away", phone_verified_at=at, phone_tested_at=at
    )


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def test_administrator_sees_the_staff_of_the_clinic_alone(clinic, other_clinic, admin, ann):
    factories.StaffFactory(clinic=other_clinic, user__name="Olga Other")
    factories.StaffFactory(clinic=clinic, user__name="Eva Educator", role="educator")

    page = browser(admin.user).get("/console/staff/").content.decode()

    assert "Ann Away" in page
    assert "Eva Educator" in page
    assert "Olga Other" not in page
    assert page.count("End the role") == 2


def test_gaps_are_shown_before_and_after(clinic, admin, ann):
    factories.ShiftPatternFactory(staff=ann)
    client = browser(admin.user)

    before = client.get(f"/console/staff/{ann.pk}/end/").content.decode()
    assert "This makes gaps." in before
    assert "Primary: nobody from" in before
    assert "1 weekly shift ends." in before
    ann.refresh_from_db()
    assert ann.ended_at is None

    after = client.post(f"/console/staff/{ann.pk}/end/", follow=True).content.decode()
    assert "The role of Ann Away has ended." in after
    assert "Primary: nobody from" in after
    ann.refresh_from_db()
    assert ann.ended_by == admin.user
    assert client.get(f"/console/staff/{ann.pk}/end/").status_code == 404


def test_nobody_ends_their_own_role(admin):
    client = browser(admin.user)

    assert "Ask another administrator." in client.get(f"/console/staff/{admin.pk}/end/").content.decode()
    client.post(f"/console/staff/{admin.pk}/end/")

    admin.refresh_from_db()
    assert admin.ended_at is None


def test_open_console_of_whoever_leaves_asks_for_a_sign_in(clinic, admin, ann):
    theirs = browser(ann.user)
    assert theirs.get("/console/").status_code == 200

    browser(admin.user).post(f"/console/staff/{ann.pk}/end/")

    assert theirs.get("/console/worklist/", headers={"HX-Request": "true"}).status_code == 401


def test_operators_door_releases_what_is_held(clinic, admin, ann):
    at = timezone.now()
    row = factories.EscalationFactory(
        patient=factories.PatientFactory(clinic=clinic),
        state="acknowledged",
        acknowledged_by=ann.user,
        acknowledged_at=at,
        lease_until=at + timedelta(minutes=20),
    )
    operator = factories.UserFactory(is_staff=True, is_superuser=True)

    browser(operator).post(
        f"/admin/clinic/user/{ann.user_id}/change/", {"email": ann.user.email, "name": "Ann"}
    )
    assert Escalation.objects.get(pk=row.pk).state == "acknowledged"
    page = browser(operator).post(
        f"/admin/clinic/user/{ann.user_id}/change/",
        {"email": ann.user.email, "name": "Ann", "language": "en", "time_zone": "America/New_York"},
    )

    assert page.status_code == 302
    assert Escalation.objects.get(pk=row.pk).state == "open"
    ann.refresh_from_db()
    assert ann.ended_by == operator
