import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent, Clinic, OnCall, Staff, User
from clinic.services.core import devices
from notifications.models import Consent
from notifications.queries import push_targets
from tests import factories
from tests.notifications.builders import agree


@pytest.fixture
def operator(client, db):
    user = factories.UserFactory(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def test_operator_sees_staff_sign_ins_but_no_family(client, operator, caregiver, nurse):
    page = client.get(reverse("admin:clinic_user_changelist")).content.decode()

    assert nurse.email in page
    assert caregiver.name not in page


def test_operator_adds_a_sign_in_and_a_role(client, operator, clinic):
    password = "a-long-new-passphrase"
    client.post(
        reverse("admin:clinic_user_add"),
        {
            "email": "new@clinic.example",
            "name": "New Nurse",
            "usable_password": "true",
            "password1": password,
            "password2": password,
        },
    )
    user = User.objects.get(email="new@clinic.example")
    client.post(
        reverse("admin:clinic_staff_add"),
        {"user": user.pk, "clinic": clinic.pk, "role": "nurse", "phone": "+12015550155"},
    )

    assert user.check_password(password)
    assert Staff.objects.get(user=user).role == "nurse"


@pytest.mark.parametrize("page", ["staff", "user", "clinic"])
def test_what_stands_in_an_address_fills_in_no_form(client, operator, clinic, page):
    address = reverse(f"admin:clinic_{page}_add")

    answer = client.get(
        address, {"user": "no such id", "clinic": "a@b", "name": "Filled in", "phone": "1e999"}
    )

    assert answer.status_code in {200, 403}
    assert "Filled in" not in answer.content.decode()


@pytest.mark.parametrize(
    "user", ["+12025550100", "no such id", "9" * 5000, "00000000-0000-0000-0000-000000000000"]
)
def test_person_who_cannot_be_is_told_on_the_form(client, operator, clinic, user):
    sent = {"user": user, "clinic": clinic.pk, "role": "nurse", "phone": "+12015550155"}

    answer = client.post(reverse("admin:clinic_staff_add"), sent)

    assert answer.status_code == 200
    assert "user" in answer.context["adminform"].form.errors


def test_operator_ends_a_role_and_is_noted(client, operator, nurse):
    role = nurse.staff_roles.get()
    client.post(
        reverse("admin:clinic_staff_change", args=[role.pk]),
        {
            "user": nurse.pk,
            "clinic": role.clinic_id,
            "role": "nurse",
            "phone": "+12015550123",
            "ended_at_0": "2026-11-22",
            "ended_at_1": "10:00:00",
        },
    )

    role.refresh_from_db()
    assert role.ended_by == operator


def notify(user):
    return devices.add(
        by=user,
        endpoint=f"https://updates.push.services.mozilla.com/wpush/v2/{user.pk}",
        p256dh="B" + "A" * 86,
        auth="A" * 22,
        label="Phone",
        now=timezone.now(),
    )


def test_number_changed_by_an_operator_ends_what_the_old_one_agreed_to(client, operator, nurse):
    role = nurse.staff_roles.get()
    agree(str(role.phone), now=timezone.now())
    consent = Consent.objects.get(phone=role.phone)

    client.post(
        reverse("admin:clinic_staff_change", args=[role.pk]),
        {"user": nurse.pk, "clinic": role.clinic_id, "role": "nurse", "phone": "+12015550199"},
    )

    role.refresh_from_db()
    consent.refresh_from_db()
    assert (str(role.phone), role.phone_verified_at) == ("+12015550199", None)
    assert consent.ended_because == "number_changed"


def end_role(client, role):
    return client.post(
        reverse("admin:clinic_staff_change", args=[role.pk]),
        {
            "user": role.user_id,
            "clinic": role.clinic_id,
            "role": role.role,
            "phone": role.phone,
            "ended_at_0": "2026-11-22",
            "ended_at_1": "10:00:00",
        },
    )


def test_notices_end_with_the_last_role(client, operator, nurse, other_clinic):
    device = notify(nurse)
    second = factories.StaffFactory(user=nurse, clinic=other_clinic, role="nurse")

    end_role(client, second)
    assert [one.id for one in push_targets(nurse.pk)] == [str(device)]

    end_role(client, nurse.staff_roles.get(ended_at__isnull=True))
    assert push_targets(nurse.pk) == []
    gone = AuditEvent.objects.get(action="device.removed")
    assert (gone.actor_id, gone.subject_id) == (operator.pk, str(device))


def test_notices_end_when_the_sign_in_is_closed(client, operator, nurse, other_nurse):
    notify(nurse)
    kept = notify(other_nurse)

    client.post(
        reverse("admin:clinic_user_change", args=[nurse.pk]),
        {"email": nurse.email, "name": nurse.name, "language": "en", "time_zone": "America/New_York"},
    )

    nurse.refresh_from_db()
    assert not nurse.is_active
    assert push_targets(nurse.pk) == []
    assert [one.id for one in push_targets(other_nurse.pk)] == [str(kept)]


def set_standing_list(client, clinic, staff):
    return client.post(
        reverse("admin:clinic_clinic_change", args=[clinic.pk]),
        {
            "slug": clinic.slug,
            "name": clinic.name,
            "sms_brand": clinic.sms_brand,
            "time_zone": clinic.time_zone,
            "emergency_number": "911",
            "line_phone": "+12015550101",
            "clinic_phone": "+12015550102",
            "staffed_hours": "{}",
            "created_at_0": "2026-11-22",
            "created_at_1": "10:00:00",
            "on_call-TOTAL_FORMS": "1",
            "on_call-INITIAL_FORMS": "0",
            "on_call-0-staff": staff.pk,
            "on_call-0-position": "0",
        },
    )


def covering(clinic, **more):
    at = timezone.now()
    return factories.CoveringStaffFactory(
        clinic=clinic, **{"phone_verified_at": at, "phone_tested_at": at, **more}
    )


def test_operator_sets_the_standing_list_and_is_noted(client, operator, clinic):
    staff = covering(clinic)

    set_standing_list(client, clinic, staff)

    assert OnCall.objects.get(clinic=clinic).staff == staff
    event = AuditEvent.objects.get(action="standing_list.changed")
    assert (event.actor_id, event.detail) == (operator.pk, {"staff": [staff.pk]})


@pytest.mark.parametrize(
    "facts",
    [
        {"phone_verified_at": None},
        {"phone_tested_at": None},
        {"phone_tested_at": factories.NOW - timedelta(days=400)},
        {"role": "educator"},
        {"role": "administrator"},
        {"user__is_active": False},
    ],
    ids=["unverified", "untested", "tested long ago", "educator", "administrator", "shut"],
)
def test_nobody_stands_on_the_list_who_could_fill_no_shift(client, operator, clinic, facts):
    response = set_standing_list(client, clinic, covering(clinic, **facts))

    assert response.status_code == 200
    assert not OnCall.objects.exists()


def test_nobody_of_another_clinic_stands_on_the_list(client, operator, clinic, other_clinic):
    response = set_standing_list(client, clinic, covering(other_clinic))

    assert "Only a nurse or a physician with a current role at this clinic." in response.content.decode()
    assert not OnCall.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Eastern"),
        ("time_zone", "../etc/passwd"),
        ("staffed_hours", '{"mon": [["8:00", "17:00"]]}'),
        ("staffed_hours", '{"Monday": [["08:00", "17:00"]]}'),
        ("staffed_hours", '{"mon": ["08:00", "17:00"]}'),
        ("staffed_hours", '["mon"]'),
    ],
)
def test_zone_or_hours_that_would_break_every_advice_are_refused(client, operator, clinic, field, value):
    form = {
        "name": clinic.name,
        "slug": clinic.slug,
        "sms_brand": clinic.sms_brand,
        "time_zone": clinic.time_zone,
        "emergency_number": "911",
        "line_phone": str(clinic.line_phone),
        "clinic_phone": str(clinic.clinic_phone),
        "staffed_hours": json.dumps(clinic.staffed_hours),
        "on_call-TOTAL_FORMS": 0,
        "on_call-INITIAL_FORMS": 0,
    }
    address = reverse("admin:clinic_clinic_change", args=[clinic.pk])

    refused = client.post(address, {**form, field: value})
    accepted = client.post(address, form)

    assert refused.status_code == 200
    assert list(refused.context["adminform"].form.errors) == [field]
    assert accepted.status_code == 302


@pytest.mark.parametrize("model", [Clinic, Staff, User])
def test_nothing_of_the_record_is_deleted_here(client, operator, clinic, nurse, model):
    row = {Clinic: clinic, Staff: nurse.staff_roles.get(), User: nurse}[model]

    response = client.post(
        reverse(f"admin:clinic_{model._meta.model_name}_delete", args=[row.pk]), {"post": "yes"}
    )

    assert response.status_code == 403
    assert model.objects.filter(pk=row.pk).exists()


def test_nurse_has_no_admin(client, nurse):
    client.force_login(nurse)

    assert client.get(reverse("admin:clinic_clinic_changelist")).status_code == 302
