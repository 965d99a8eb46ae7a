"""Nothing that a client sends may end in a 500, and every answer is JSON of the one shape."""

import json

import pytest
from django.utils import timezone

from clinic.models import ProtocolVersion, Report

pytestmark = pytest.mark.django_db

DEEP = b"[" * 100_000
BODIES = {
    "empty": b"",
    "null": b"null",
    "list": b"[]",
    "text": b'"text"',
    "number": b"7",
    "not json": b"{patient: 1}",
    "cut short": b'{"patient": "',
    "two documents": b"{} {}",
    "not utf-8": b'{"patient": "\xff\xfe"}',
    "utf-16": '{"patient": 1}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"patient": 1}',
    "NaN": b'{"answers": {"temp_value": NaN}}',
    "infinity": b'{"answers": {"temp_value": -Infinity}}',
    "overflowing float": b'{"answers": {"temp_value": 1e999}}',
    "endless integer": b'{"protocol_version": ' + b"9" * 5000 + b"}",
    "deep list": DEEP,
    "deep closed list": b"[" * 20_000 + b"]" * 20_000,
    "deep object": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "doubled key": b'{"patient": 1, "patient": 2}',
}


@pytest.mark.parametrize("raw", BODIES.values(), ids=BODIES)
def test_body_that_is_no_report_answers_400(as_caregiver, report_url, raw):
    response = as_caregiver.put(report_url, raw, content_type="application/json")

    assert response.status_code == 400
    assert set(response.json()["error"]) >= {"code", "message", "fields"}


@pytest.mark.parametrize(
    "text",
    ["\\u0000", "\\ud800", "\\udfff\\ud800", "ok\\u0000ok"],
    ids=["nul", "high", "pair reversed", "nul inside"],
)
@pytest.mark.parametrize("place", ["answer", "key", "list", "language", "top key"])
def test_characters_that_postgresql_cannot_store_answer_400(as_caregiver, body, report_url, text, place):
    raw = {
        "answer": json.dumps(body(answers={"temp_value": "@"})),
        "key": json.dumps(body(answers={"@": 1})),
        "list": json.dumps(body(answers={"red_flags": ["@"]})),
        "language": json.dumps(body(language="@")),
        "top key": json.dumps(body(**{"@": 1})),
    }[place].replace("@", text)

    response = as_caregiver.put(report_url, raw, content_type="application/json")

    assert response.status_code == 400
    assert Report.objects.count() == 0


@pytest.mark.parametrize(
    "value",
    [
        0,
        -0.0,
        1e-300,
        -1,
        0.1 + 0.2,
        10**9,
        -(10**9),
        "38,6",
        " 38.6 ",
        "",
        "🤒",
        "a" * 1000,
        True,
        None,
        [],
        ["a"] * 500,
    ],
    ids=lambda value: str(value)[:20],
)
@pytest.mark.parametrize(
    "key", ["temp_value", "temp_unit", "pulse", "confusion", "red_flags", "alone_next_24h"]
)
def test_any_value_of_any_kind_of_answer_is_stored_or_refused(as_caregiver, body, report_url, key, value):
    response = as_caregiver.put(report_url, body(answers={key: value}), format="json")

    assert response.status_code in {201, 400}
    if response.status_code == 201:
        assert as_caregiver.get(report_url).json()["answers"] == {key: value}
    else:
        assert all(name.startswith("answers.") for name in response.json()["error"]["fields"])


def test_five_megabytes_answer_413(as_caregiver, report_url):
    response = as_caregiver.put(report_url, b"[" + b"1," * 2_500_000 + b"1]", content_type="application/json")

    assert response.status_code == 413
    assert response.json()["error"]["code"] == "too_large"


def test_many_answers_are_refused_by_name_without_drowning(as_caregiver, body, report_url):
    answers = {f"made_up_{number}": 1 for number in range(2000)}

    response = as_caregiver.put(report_url, body(answers=answers), format="json")

    assert response.status_code == 400
    assert "answers.made_up_7" in response.json()["error"]["fields"]


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("delete", "/api/v1/patients/", {}, 405, "method_not_allowed"),
        ("post", "/api/v1/patients/", {}, 405, "method_not_allowed"),
        ("options", "/api/v1/patients/", {}, 405, "method_not_allowed"),
        ("trace", "/api/v1/patients/", {}, 405, "method_not_allowed"),
        ("get", "/api/v1/patients/", {"Accept": "text/csv"}, 406, "not_acceptable"),
        ("get", "/api/v1/patients/?x=1", {}, 400, "invalid"),
        ("get", "/api/v1/patients", {}, 404, "not_found"),
        ("get", "/api/v1/patients/walter/", {}, 404, "not_found"),
        ("get", "/api/v1/patients/%00/", {}, 404, "not_found"),
        ("get", "/api/v2/", {}, 404, "not_found"),
        ("get", "/api/", {}, 404, "not_found"),
        ("put", "/api/v1/nothing/", {}, 404, "not_found"),
    ],
)
def test_every_error_has_the_one_shape(as_nurse, method, path, headers, status, code):
    response = as_nurse.generic(method.upper(), path, headers=headers)

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"
    error = response.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert isinstance(error["fields"], dict)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense"]
)
def test_body_that_is_not_json_answers_415(as_caregiver, report_url, kind):
    response = as_caregiver.put(report_url, b"patient=1", content_type=kind)

    assert response.status_code == 415
    assert response.json()["error"]["code"] == "unsupported_media_type"


def test_fault_of_ours_answers_500_in_the_one_shape_and_is_logged(
    as_caregiver, body, report_url, patient, caplog
):
    """A stored protocol that no longer parses is the nearest real fault."""
    ProtocolVersion.objects.create(
        protocol=patient.clinic.protocols.get(),
        number=2,
        document={},
        content_hash="broken",
        published_at=timezone.now(),
        published_by_id=ProtocolVersion.objects.get().published_by_id,
    )
    as_caregiver.raise_request_exception = False

    response = as_caregiver.put(report_url, body(protocol_version=2), format="json")

    assert response.status_code == 500
    assert response.json()["error"]["code"] == "failed"
    assert "an API call failed" in caplog.text


@pytest.mark.parametrize(
    "address", ["/api/v1/patients/?colour=blue", "/fhir/Observation", "/fhir/Patient?_count=x"]
)
def test_head_is_checked_like_the_get_that_answers_it(as_nurse, address):
    assert as_nurse.head(address).status_code == as_nurse.get(address).status_code == 400
