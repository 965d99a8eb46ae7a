"""`manage.py create_clinic`: from nothing to an administrator who signs in."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from caregiver.models import GuidancePage
from clinic.models import Clinic, Staff, User
from clinic.queries.protocols.versions import latest_version
from tests import factories

pytestmark = pytest.mark.django_db

OPTIONS = {
    "name": "Rio Clinic",
    "slug": "rio",
    "time_zone": "America/Denver",
    "line_phone": "+13035550100",
    "clinic_phone": "+13035550101",
    "admin_email": "Ann@Rio.example",
}
PASSWORD = "ruby-lantern-gravel-otter"


def create(**options):
    out = StringIO()
    call_command("create_clinic", **(OPTIONS | options), stdout=out)
    return out.getvalue()


def test_administrator_signs_in_by_the_printed_link():
    made = json.loads(create(as_json=True))

    clinic = Clinic.objects.get(slug="rio")
    assert (made["id"], made["administrator"]) == (str(clinic.pk), "ann@rio.example")
    assert latest_version(clinic).number == made["protocol_version"] == 1
    assert GuidancePage.objects.exists()
    assert not User.objects.get(email="ann@rio.example").has_usable_password()

    visitor = Client()
    address = made["link"].removeprefix("http://testserver")
    visitor.post(address, {"name": "Ann Rio", "password": PASSWORD, "again": PASSWORD})
    visitor.post("/accounts/login/", {"login": "ann@rio.example", "password": PASSWORD})
    assert "Set-up: Rio Clinic" in visitor.get("/console/setup/").content.decode()
    assert Staff.objects.get(user__email="ann@rio.example").role == "administrator"


def test_person_is_told_what_to_do_next():
    told = create()

    assert "Give this link to ann@rio.example. It works once, for 72 hours:" in told
    assert "/accounts/invited/" in told
    assert "manage.py check_setup" in told


def test_administrator_of_two_clinics_keeps_the_sign_in():
    user = factories.UserFactory(email="ann@rio.example")
    link = json.loads(create(as_json=True))["link"].removeprefix("http://testserver")

    browser = Client()
    browser.force_login(user)
    assert "Take the role up" in browser.get(link).content.decode()
    user.refresh_from_db()
    assert user.check_password(factories.PASSWORD)


def test_each_wrong_option_is_named_and_nothing_is_made():
    create()

    with pytest.raises(CommandError) as refused:
        create(time_zone="America/Denve", line_phone="33")
    told = str(refused.value)
    assert "--slug:" in told
    assert "--time-zone: Write a time zone such as America/New_York." in told
    assert "--line-phone:" in told
    with pytest.raises(CommandError, match="--admin-email:"):
        create(slug="other", admin_email="ann")
    factories.UserFactory(email="shut@rio.example", is_active=False)
    with pytest.raises(CommandError, match="closed"):
        create(slug="other", admin_email="shut@rio.example")
    assert Clinic.objects.count() == 1
