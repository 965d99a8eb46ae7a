"""The console's page of countdowns."""

import html
import re

import pytest
import time_machine
from django.test import Client

from clinic.models import AuditEvent, WindowPlan


@pytest.fixture
def desk(nurse, now):
    client = Client()
    client.force_login(nurse)
    with time_machine.travel(now, tick=False):
        yield client


def test_page_shows_what_stands_and_is_on_record(desk, patient):
    page = desk.get(f"/console/patients/{patient.pk}/windows/").content.decode()

    assert page.count("through Dec 1, 2026") == 2
    assert 'value="14"' in page
    assert re.search(r"The product's label of (June|Jun) 26, 2025 is in force today\.", html.unescape(page))
    assert "us-2025-06" not in page
    assert AuditEvent.objects.filter(action="patient.viewed", patient_id=patient.pk).count() == 1
    assert (
        f"/console/patients/{patient.pk}/windows/"
        in desk.get(f"/console/patients/{patient.pk}/").content.decode()
    )


def test_nurse_plans_anew(desk, patient, nurse):
    answer = desk.post(
        f"/console/patients/{patient.pk}/windows/", {"near_centre": "30", "no_driving": "56"}, follow=True
    )

    assert "The family sees the new days now." in answer.content.decode()
    plan = WindowPlan.objects.get()
    assert (plan.near_centre_days, plan.no_driving_days, plan.made_by) == (30, 56, nurse)
    page = html.unescape(desk.get(f"/console/patients/{patient.pk}/windows/").content.decode())
    assert re.search(r"By the product's label of (June|Jun) 26, 2025\.", page)
    assert "us-2025-06" not in page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"near_centre": "13", "no_driving": "14"}, "asks for at least 14 days"),
        ({"near_centre": "x", "no_driving": "14"}, "Enter whole days, such as 14."),
        ({"near_centre": "14"}, "Enter a number of days."),
    ],
    ids=["too short", "no number", "nothing"],
)
def test_wrong_days_are_asked_again(desk, patient, typed, told):
    answer = desk.post(f"/console/patients/{patient.pk}/windows/", typed)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not WindowPlan.objects.exists()
