from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.models import OutcomeRecord
from tests import factories

DAY = timedelta(days=1)


@pytest.fixture
def patient(clinic):
    """Day 40."""
    now = timezone.now()
    return factories.PatientFactory(
        clinic=clinic, infusion_date=now.date() - 40 * DAY, created_at=now - 39 * DAY
    )


@pytest.fixture
def url(patient):
    return f"/api/v1/patients/{patient.pk}/outcomes/"


def form(patient, **changes):
    contact = {"contact_on": (patient.infusion_date + 31 * DAY).isoformat()}
    return {"course": 1, "form": "follow_up", "day": 30, "answers": contact, **changes}


def test_form_is_stored_once_listed_and_corrected(as_nurse, patient, url):
    made = as_nurse.post(url, form(patient), format="json")
    again = as_nurse.post(url, form(patient), format="json")
    assert (made.status_code, again.json()["id"]) == (200, made.json()["id"])

    better = form(patient)
    better["answers"] |= {"crs_grade": "2", "tocilizumab_doses": 1}
    clash = as_nurse.post(url, better, format="json")
    assert (clash.status_code, clash.json()["error"]["code"]) == (409, "changed_meanwhile")
    as_nurse.post(url, better | {"replaces": made.json()["id"]}, format="json")

    listed = as_nurse.get(url).json()["results"]
    assert [(one["replaced"], one["answers"].get("crs_grade")) for one in listed] == [
        (False, "2"),
        (True, None),
    ]


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({}, "contact_on"),
        ({"contact_on": "yesterday"}, "contact_on"),
        ({"contact_on": "2026-13-01"}, "contact_on"),
        ({"contact_on": 20261101}, "contact_on"),
        ({"contact_on": "9999-12-31"}, "contact_on"),
        ({"crs_grade": 2}, "crs_grade"),
        ({"crs_grade": "7"}, "crs_grade"),
        ({"tocilizumab_doses": "1"}, "tocilizumab_doses"),
        ({"tocilizumab_doses": 1e300}, None),
        ({"second_cancer_type": "a\u0000b"}, None),
        ({"second_cancer_type": "a\nb"}, "second_cancer_type"),
        ({"nothing_like_it": "yes"}, "nothing_like_it"),
        ([], None),
        ("text", None),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(as_nurse, patient, url, answers, wrong):
    answer = as_nurse.post(url, form(patient, answers=answers), format="json")

    assert answer.status_code == 400
    assert wrong is None or wrong in str(answer.json())
    assert not OutcomeRecord.objects.exists()


@pytest.mark.parametrize("changes", [{"course": 2}, {"day": 100}, {"day": 31}, {"form": "death", "day": 0}])
def test_form_that_is_not_asked_is_a_conflict(as_nurse, patient, url, changes):
    answers = {"cause": "unknown"} if "form" in changes else form(patient)["answers"]
    answer = as_nurse.post(url, form(patient, answers=answers, **changes), format="json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_asked")
