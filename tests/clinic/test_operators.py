"""What operators do in /admin/ is seen by the clinic's leads; and the admin idles out."""

import json
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from clinic.models import AccessRequest, AuditEvent, Staff, SystemAlarm
from clinic.services.accounts import access_requests, factor_resets
from clinic.services.core import tokens
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


def give_role(client, user, clinic, role="nurse"):
    return client.post(
        reverse("admin:clinic_staff_add"),
        {"user": user.pk, "clinic": clinic.pk, "role": role, "phone": "+12015550155"},
        REMOTE_ADDR="192.0.2.9",
    )


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


def answer(client, request, answer="agree"):
    return client.post(reverse("console_access_request", args=[request.pk]), {"answer": answer})


@pytest.mark.parametrize("has_people", [True, False])
def test_no_operator_gives_a_role_to_themselves(client, operator, clinic, has_people):
    if has_people:
        factories.StaffFactory(clinic=clinic)

    give_role(client, operator, clinic)

    assert not Staff.objects.filter(user=operator).exists()
    assert not AccessRequest.objects.exists()


def test_role_waits_for_a_lead_who_hears_of_it(client, operator, clinic, lead):
    accomplice = factories.UserFactory(email="second@self.example")

    give_role(client, accomplice, clinic)

    assert not Staff.objects.filter(user=accomplice).exists()
    asked = AccessRequest.objects.get()
    row = AuditEvent.objects.get(action="access_request.asked")
    assert (row.actor_id, row.subject_id, row.clinic_id, row.source, row.detail["role"]) == (
        operator.pk,
        str(accomplice.pk),
        clinic.pk,
        "192.0.2.9",
        "nurse",
    )
    assert SystemAlarm.objects.get(kind="access_asked").subject == str(asked.pk)

    client.force_login(lead)
    assert "second@self.example" in client.get(reverse("console_staff")).content.decode()
    answer(client, asked)
    assert Staff.objects.get(user=accomplice).role == "nurse"
    assert not SystemAlarm.objects.filter(cleared_at=None).exists()


def test_lead_refuses_a_role(client, operator, clinic, lead):
    give_role(client, factories.UserFactory(email="second@self.example"), clinic)
    client.force_login(lead)

    answer(client, AccessRequest.objects.get(), "refuse")

    assert AccessRequest.objects.get().withdrawn_by == lead
    assert Staff.objects.filter(clinic=clinic).count() == 1


def test_first_people_of_a_clinic_need_nobody_else_and_are_seen(client, operator, clinic):
    first = factories.UserFactory(email="first@clinic.example")

    give_role(client, first, clinic, role="administrator")

    assert Staff.objects.get(user=first).role == "administrator"
    assert told(clinic, first) == 1


def test_role_is_agreed_to_by_no_other_operator_where_there_is_a_lead(client, operator, clinic, lead):
    """An operator can make another operator."""
    give_role(client, factories.UserFactory(email="second@self.example"), clinic)
    other = factories.UserFactory(is_staff=True, is_superuser=True)
    client.force_login(other)

    decide_in_admin(client, AccessRequest.objects.get())

    assert AccessRequest.objects.get().done_at is None


def test_where_the_last_lead_has_left_another_operator_agrees_and_the_alarm_stays(
    client, operator, clinic, lead
):
    lead.staff_roles.update(ended_at=timezone.now(), ended_by=operator)
    next_lead = factories.UserFactory(email="next@clinic.example")
    give_role(client, next_lead, clinic, role="administrator")
    asked = AccessRequest.objects.get()

    decide_in_admin(client, asked)
    assert not Staff.objects.filter(user=next_lead).exists()
    client.force_login(factories.UserFactory(is_staff=True, is_superuser=True))
    decide_in_admin(client, asked)

    assert Staff.objects.get(user=next_lead).role == "administrator"
    assert told(clinic, next_lead) == 1


def decide_in_admin(client, asked):
    return client.post(
        reverse("admin:clinic_accessrequest_changelist"),
        {"action": "agree", "_selected_action": [asked.pk]},
    )


def set_password(client, user):
    return client.post(
        reverse("admin:auth_user_password_change", args=[user.pk]),
        {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD},
    )


def test_password_of_a_nurse_waits_for_a_lead_and_ends_her_sessions(client, operator, clinic, nurse, lead):
    before = nurse.password
    token = tokens.issue(user=nurse, label="export", days=1, now=timezone.now())

    set_password(client, nurse)
    nurse.refresh_from_db()
    assert nurse.password == before
    asked = AccessRequest.objects.get()

    client.force_login(lead)
    answer(client, asked)
    nurse.refresh_from_db()
    asked.refresh_from_db()
    assert (nurse.check_password(PASSWORD), asked.value) == (True, "")
    assert tokens.authenticate(token=token, now=timezone.now()) is None
    assert AuditEvent.objects.get(action="user.changed").detail == {"fields": ["password"]}


def test_address_of_a_nurse_waits_for_a_lead_and_the_rest_is_saved(client, operator, clinic, nurse, lead):
    address = nurse.email
    client.post(
        reverse("admin:clinic_user_change", args=[nurse.pk]),
        sign_in_form(nurse, email="mine@operator.example", name="Nora Newname"),
    )
    nurse.refresh_from_db()
    assert (nurse.email, nurse.name) == (address, "Nora Newname")

    client.force_login(lead)
    answer(client, AccessRequest.objects.get())
    nurse.refresh_from_db()
    assert nurse.email == "mine@operator.example"


def test_nobody_agrees_for_themselves_or_twice(client, operator, clinic, nurse, lead):
    set_password(client, lead)
    client.force_login(lead)
    answer(client, AccessRequest.objects.get())
    lead.refresh_from_db()
    assert not lead.check_password(PASSWORD)

    second = factories.StaffFactory(clinic=clinic, role="administrator").user
    client.force_login(second)
    answer(client, AccessRequest.objects.get())
    answer(client, AccessRequest.objects.get())
    assert AuditEvent.objects.filter(action="access_request.done").count() == 1


def test_leads_of_another_clinic_find_no_request(client, operator, clinic, nurse, other_clinic):
    set_password(client, nurse)
    client.force_login(factories.StaffFactory(clinic=other_clinic, role="administrator").user)

    assert answer(client, AccessRequest.objects.get()).status_code == 404


def test_leads_of_a_persons_other_clinics_hear_of_a_new_password(client, operator, nurse, lead, other_clinic):
    factories.StaffFactory(user=nurse, clinic=other_clinic, role="nurse")
    set_password(client, nurse)
    client.force_login(lead)

    answer(client, AccessRequest.objects.get())

    assert told(other_clinic, nurse) == 1


def test_request_that_nobody_answers_lapses_with_its_secret(client, operator, nurse):
    set_password(client, nurse)
    later = timezone.now() + timedelta(days=7)

    assert access_requests.close_lapsed(now=later) == 1

    asked = AccessRequest.objects.get()
    assert (asked.withdrawn_by, asked.value) == (None, "")


def test_one_of_the_two_who_take_a_factor_away_leads_the_clinic(operator, clinic, nurse, lead, now):
    Authenticator.objects.create(user=nurse, type="totp", data={"secret": "x"})
    role = nurse.staff_roles.get()
    other = factories.UserFactory(is_staff=True, is_superuser=True)
    asked = factor_resets.ask(staff_id=role.pk, reason="Lost", by=operator, now=now)

    with pytest.raises(factor_resets.ResetRefused, match="lead_needed"):
        factor_resets.agree(reset_id=asked.pk, by=other, now=now)
    factor_resets.agree(reset_id=asked.pk, by=lead, now=now)

    assert told(clinic, nurse) == 1


def test_new_operator_is_told_to_every_clinic(client, operator, clinic, other_clinic):
    """They could be asked to be the second person."""
    new = factories.UserFactory(email="op2@it.example")

    client.post(
        reverse("admin:clinic_user_change", args=[new.pk]),
        sign_in_form(new, is_staff="on", is_superuser="on"),
    )

    assert (told(clinic, new), told(other_clinic, new)) == (1, 1)


def test_admin_shows_no_table_by_which_somebody_gets_in():
    shown = {model._meta.label for model in admin.site._registry}

    # A library's page there would be one that nobody of us has looked at.
    assert shown == {
        *("clinic.AccessRequest", "clinic.Clinic", "clinic.Protocol", "clinic.Staff", "clinic.User")
    }


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


@pytest.mark.parametrize("page", ["admin:index", "admin:clinic_staff_changelist", "admin:clinic_clinic_add"])
def test_operators_pages_are_called_by_the_products_name(client, operator, settings, page):
    text = client.get(reverse(page)).content.decode()

    assert f"{settings.PRODUCT_NAME} · Operators" in text
    assert f"| {settings.PRODUCT_NAME}</title>" in text
    assert "Django" not in text
