"""After an older dump was restored, a phone hears what is not there any more, and hands it in again."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Patient, Report
from tests import factories
from tests.caregiver.views.phone.test_sync import hand_in, token, told

__all__ = ["token"]


def ask_about(token: str, asked: Any) -> Any:
    return Client(enforce_csrf_checks=True).post(
        reverse("caregiver_held_reports"),
        json.dumps(asked),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def test_phone_hears_what_is_not_here_any_more_and_sends_it_again_once(
    token: str, patient: Patient, django_assert_max_num_queries: Any
) -> None:
    """As after an older dump was restored: the phone has a receipt, the report is not there."""
    report, lost_id = told(patient), uuid4()
    body = hand_in(token, report).json()
    lost_worry = uuid4()

    with django_assert_max_num_queries(8):
        answer = ask_about(token, {"ids": [body["id"], str(lost_id), str(lost_worry)]})

    assert (answer.status_code, answer.json()) == (200, {"lost": [str(lost_id), str(lost_worry)]})
    assert hand_in(token, report, lost_id).status_code == 201
    assert hand_in(token, report, lost_id).status_code == 200
    assert ask_about(token, {"ids": [str(lost_id)]}).json() == {"lost": []}
    assert Report.objects.filter(pk=lost_id).count() == 1


def test_what_lies_at_another_clinic_is_not_lost(token: str, other_clinic: Any) -> None:
    report = factories.ReportFactory(patient__clinic=other_clinic)

    assert ask_about(token, {"ids": [str(report.pk)]}).json() == {"lost": []}


@pytest.mark.parametrize(
    "asked",
    [{}, [], {"ids": None}, {"ids": [1]}, {"ids": ["x"]}, {"ids": {"a": 1}}, {"ids": [str(uuid4())] * 201}],
)
def test_what_no_phone_asks(token: str, asked: Any) -> None:
    assert ask_about(token, asked).status_code == 400


def test_without_its_token_nobody_hears_what_is_here(token: str) -> None:
    assert ask_about("kwp_wrong", {"ids": []}).status_code == 401
