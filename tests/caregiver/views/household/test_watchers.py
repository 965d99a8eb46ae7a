"""Who of the family watches, as the family reads it."""

import re
from typing import Any

from django.test import Client

from clinic.models import User
from clinic.services.checkins import nights, plan
from tests import factories


def words(content: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", content.decode()).split())


def test_page_says_who_is_reminded_whose_clock_and_who_is_awake(
    device: Client, patient: Any, caregiver: Any, now: Any
) -> None:
    dora = factories.CareTeamMemberFactory(patient=patient, user__name="Dora", relation="daughter")
    User.objects.filter(pk=dora.user_id).update(time_zone="America/Los_Angeles")
    factories.CareTeamMemberFactory(patient=patient, user__name="Ned", relation="neighbor", agreed=False)
    shut = factories.CareTeamMemberFactory(patient=patient, user__name="Sue Shut")
    User.objects.filter(pk=shut.user_id).update(is_active=False)
    plan.plan_patient(patient=patient, now=now)
    nights.choose(patient_id=patient.pk, member_id=dora.pk, by=caregiver, now=now)

    page = device.get(f"/patient/{patient.pk}/family/")

    text = words(page.content)
    assert "Dora is awake." in text
    assert "Dora ( daughter )" in text
    assert "is reminded first · it is 6:00 PM there (Los Angeles)" in text
    assert "this is you is asked if nobody answers · it is 9:00 PM there" in text
    assert "Ned ( neighbor ) gets no reminders" in text
    assert "Sue Shut" not in text
    assert str(dora.user.phone) not in page.content.decode()


def test_clocks_are_told_where_they_differ(device: Client, patient: Any) -> None:
    factories.CareTeamMemberFactory(patient=patient, user__name="Dora", relation="daughter")

    text = words(device.get(f"/patient/{patient.pk}/family/").content)

    assert "Dora ( daughter )" in text
    assert "it is 9:00 PM there" not in text


def test_page_is_theirs_alone_and_home_leads_there(device: Client, patient: Any, stranger: Any) -> None:
    other = Client()
    other.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")

    assert other.get(f"/patient/{patient.pk}/family/").status_code == 404
    assert f"/patient/{patient.pk}/family/" in device.get("/").content.decode()
