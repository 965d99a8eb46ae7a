"""What operators do in /admin/ is seen by the clinic's leads; and the admin idles out."""

import json
import time

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.urls import reverse

from clinic.models import AuditEvent, SystemAlarm
from config.middleware import _ADMIN_SEEN_AT
from tests import factories

PASSWORD = "quite-different-words-of-mine"


@pytest.fixture
def operator(client, db):
    user = factories.UserFactory(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def sign_in_form(user, **more):
    fields = {"email": user.email, "name": user.name, "language": user.language}
    fields |= {"time_zone": user.time_zone, "is_active": "on"}
    return fields | more


def told(clinic, user):
    return SystemAlarm.objects.filter(clinic=clinic, kind="access_given", subject=str(user.pk)).count()


def test_operator_who_makes_themselves_a_nurse_is_seen(client, operator, clinic):
    client.post(
        reverse("admin:clinic_staff_add"),
        {"user": operator.pk, "clinic": clinic.pk, "role": "nurse", "phone": "+12015550155"},
        REMOTE_ADDR="192.0.2.9",
    )

    row = AuditEvent.objects.get(action="staff.added")
    assert (row.actor_id, row.subject_id, row.clinic_id, row.source, row.detail["role"]) == (
        operator.pk,
        str(operator.pk),
        clinic.pk,
        "192.0.2.9",
        "nurse",
    )
    assert told(clinic, operator) == 1


def test_password_and_address_of_a_nurse_set_by_an_operator_are_seen(client, operator, clinic, nurse):
    client.post(
        reverse("admin:auth_user_password_change", args=[nurse.pk]),
        {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD},
    )
    nurse.refresh_from_db()
    assert nurse.check_password(PASSWORD)
    assert AuditEvent.objects.get(action="user.changed").detail == {"fields": ["password"]}
    assert told(clinic, nurse) == 1

    SystemAlarm.objects.all().delete()
    client.post(
        reverse("admin:clinic_user_change", args=[nurse.pk]),
        sign_in_form(nurse, email="mine@operator.example"),
    )
    assert AuditEvent.objects.filter(action="user.changed").latest("pk").detail == {"fields": ["email"]}
    assert told(clinic, nurse) == 1


def test_another_name_is_a_row_and_no_alarm(client, operator, clinic, nurse):
    client.post(reverse("admin:clinic_user_change", args=[nurse.pk]), sign_in_form(nurse, name="Other Name"))

    assert AuditEvent.objects.get(action="user.changed").clinic_id == clinic.pk
    assert told(clinic, nurse) == 0


def test_nothing_changed_is_no_row(client, operator, nurse):
    client.post(reverse("admin:clinic_user_change", args=[nurse.pk]), sign_in_form(nurse))

    assert not AuditEvent.objects.filter(action="user.changed").exists()


def test_new_sign_in_is_a_row(client, operator):
    client.post(
        reverse("admin:clinic_user_add"),
        {
            "email": "new@clinic.example",
            "name": "New Nurse",
            "usable_password": "true",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )

    assert AuditEvent.objects.get(action="user.added").actor_id == operator.pk


def test_second_factors_are_not_among_the_admins_tables():
    assert Authenticator not in admin.site._registry


def test_admin_asks_again_after_a_quarter_of_an_hour(client, operator):
    assert client.get("/admin/").status_code == 200

    _seen(client, minutes_ago=14)
    assert client.get("/admin/").status_code == 200
    _seen(client, minutes_ago=16)
    refused = client.get("/admin/clinic/staff/")

    assert (refused.status_code, refused["Location"]) == (302, "/accounts/login/?next=/admin/clinic/staff/")
    assert "_auth_user_id" not in client.session


def _seen(client, minutes_ago):
    """As if the last page, and the sign-in before it, were so long ago."""
    session = client.session
    at = time.time() - minutes_ago * 60
    session[_ADMIN_SEEN_AT] = at
    session["account_authentication_methods"] = [{"method": "password", "at": at}]
    session.save()


def test_rows_hold_no_name_and_no_address(client, operator, nurse):
    client.post(reverse("admin:clinic_user_change", args=[nurse.pk]), sign_in_form(nurse, name="Other Name"))

    assert "Other" not in json.dumps(list(AuditEvent.objects.values_list("detail", flat=True)))
