"""What the hand-in door refuses, it answers with whom to call."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Patient, Report
from tests.caregiver.views.phone.test_sync import FEVER, hand_in, token, told

__all__ = ["token"]


def put_raw(token: str, raw: bytes) -> Any:
    url = reverse("caregiver_offline_report", args=[uuid4()])
    headers = {"Authorization": f"Bearer {token}"}
    return Client().put(url, raw, content_type="application/json", headers=headers)


def assert_says_whom_to_call(answer: Any, patient: Patient, status: int, code: str) -> None:
    body = answer.json()
    assert (answer.status_code, body["error"]["code"]) == (status, code)
    assert [call["phone"] for call in body["advice"]["call"]][:2] == ["911", str(patient.clinic.line_phone)]


@pytest.mark.parametrize(
    "raw",
    [
        b'{"device_now": NaN}',
        b'{"kid": "a", "kid": "b"}',
        b'{"level": "none"}',
        b'{"kid": ' + b"[" * 50 + b"]" * 50 + b"}",
        b'{"kid": "\\u0000"}',
        b"[" * 30_000 + b"]" * 30_000,
    ],
    ids=["not a number", "doubled key", "unknown key", "deep", "nul", "bottomless"],
)
def test_what_no_phone_writes_is_refused_with_whom_to_call(token: str, patient: Patient, raw: bytes) -> None:
    assert_says_whom_to_call(put_raw(token, raw), patient, 400, "malformed")


@pytest.mark.parametrize(
    "changes",
    [
        {"answers": {**FEVER, "temp_value": float("nan")}},
        {"answers": {**FEVER, "made_up": 1}},
        {"answers": {**FEVER, "red_flags": [[[[[[[[[[[["seizure"]]]]]]]]]]]]}},
        {"author": "somebody else"},
    ],
    ids=["not a number", "unknown answer", "deep", "unknown key"],
)
def test_sealed_report_that_no_phone_writes_is_refused_with_whom_to_call(
    token: str, patient: Patient, changes: dict[str, Any]
) -> None:
    assert_says_whom_to_call(hand_in(token, told(patient, **changes)), patient, 400, "malformed")
    assert not Report.objects.exists()


def test_everything_that_phones_write_is_taken(token: str, patient: Patient) -> None:
    report_id = uuid4()
    report = told(patient, id=str(report_id), time_zone="America/New_York", rules=["emg_confusion"])

    assert hand_in(token, report, report_id).status_code == 201


def test_report_beyond_all_need_is_not_taken_but_advised_on(
    token: str, patient: Patient, settings: Any
) -> None:
    settings.REPORTS_PER_HOUR = 1
    report_id = uuid4()
    hand_in(token, told(patient), report_id)

    answer = hand_in(token, told(patient, answers={"red_flags": ["seizure"]}))

    assert_says_whom_to_call(answer, patient, 429, "too_many_reports")
    assert answer.json()["advice"]["title"] == "Call 911 now"
    assert hand_in(token, told(patient), report_id).status_code == 200, "a repeat is none"
    assert Report.objects.count() == 1
