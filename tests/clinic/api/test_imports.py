"""Imports by other systems: a preview, a commit, a message of admission, and back."""

import json

import pytest

from clinic.models import Import, Patient
from tests import factories

CSV = "given_name,family_name,birth_date,hospital_number,infusion_date,product\n"
WALTER = "Walter,Reed,1960-03-02,MRN-1,2026-11-17,axi-cel\n"


@pytest.fixture
def as_admin(clinic, call_as):
    return call_as(factories.StaffFactory(clinic=clinic, role="administrator").user)


@pytest.fixture
def send(as_admin):
    def _send(text, query="", kind="text/csv", address="/api/v1/imports/"):
        body = text if isinstance(text, bytes) else text.encode()
        return as_admin.generic("POST", f"{address}{query}", body, content_type=kind)

    return _send


def test_preview_then_commit_then_undo(send, as_admin):
    preview = send(CSV + WALTER)
    found = preview.json()
    assert (preview.status_code, found["state"], Patient.objects.count()) == (201, "preview", 0)
    assert [row["verdict"] for row in found["rows"]] == ["made"]

    taken = as_admin.post(f"/api/v1/imports/{found['id']}/commit/").json()
    assert taken["state"] == "committed"
    assert taken["rows"][0]["patient"] == str(Patient.objects.get().pk)

    undone = as_admin.post(f"/api/v1/imports/{found['id']}/undo/").json()
    assert (undone["state"], Patient.objects.count()) == ("undone", 0)


def test_commit_at_once_and_again(send):
    first = send(CSV + WALTER, "?mode=commit")
    again = send(CSV + WALTER, "?mode=commit")

    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json()["id"], again.json()["replayed"]) == (first.json()["id"], True)
    assert Patient.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "There is nothing in it."),
        (b"name\nx\n", "name: This column is not known here."),
        (CSV.encode() + b"Ren\xe9e,x", "UTF-8"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(send, body, words):
    answer = send(body)

    assert answer.status_code == 400
    assert words in json.dumps(answer.json(), ensure_ascii=False)
    assert Import.objects.count() == 0


def test_larger_than_may_be_is_413(send):
    assert send(b"x" * (4 * 1024 * 1024 + 1)).status_code == 413


def test_nurse_brings_nothing_in(as_nurse):
    answer = as_nurse.generic("POST", "/api/v1/imports/", CSV + WALTER, content_type="text/csv")

    assert answer.status_code == 403


def bundle(**changes):
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [{"value": "MRN-1"}],
        "name": [{"family": "Reed", "given": ["Walter"]}],
        "birthDate": "1960-03-02",
    } | changes
    infusion = {
        "resourceType": "Procedure",
        "id": "i1",
        "status": "completed",
        "code": {"text": "Infusion of CAR-T cells"},
        "subject": {"reference": "Patient/p1"},
        "performedDateTime": "2026-11-17",
        "usedCode": [{"text": "axicabtagene ciloleucel (Yescarta)"}],
    }
    entries = [{"resource": patient}, {"resource": infusion}]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def test_fhir_bundle_is_looked_at_and_taken(send):
    preview = send(bundle(), kind="application/fhir+json", address="/fhir/$import")
    assert (preview.status_code, Patient.objects.count()) == (200, 0)
    assert preview["Content-Type"].startswith("application/fhir+json")
    assert [one["severity"] for one in preview.json()["issue"]] == ["information"]

    taken = send(bundle(), "?mode=commit", "application/fhir+json", "/fhir/$import")

    assert taken.status_code == 201
    assert Patient.objects.get().product == "axi-cel"


def test_refusal_of_a_bundle_says_where_and_why(send):
    answer = send(bundle(birthDate="1960"), kind="application/fhir+json", address="/fhir/$import").json()

    (issue,) = answer["issue"]
    assert (issue["severity"], issue["expression"]) == ("error", ["Bundle.entry[0]"])
    assert "Date of birth: Write the day as 2026-11-30." in issue["diagnostics"]


def message(event="A01", key="1", number="MRN-1"):
    return (
        f"MSH|^~\\&|ADT|HOSP|KIN|river|20261122020000+0000||ADT^{event}|{key}|P|2.5.1\r"
        f"EVN|{event}|20261122020000+0000\rPID|1||{number}^^^HOSP^MR\rPV1|1|I\r"
    )


def hl7(send, text, query=""):
    return send(text, query, "application/hl7-v2", "/api/v1/imports/messages/")


def test_message_is_acknowledged(send, clinic):
    patient = factories.PatientFactory(clinic=clinic, hospital_number="MRN-1", created_at=factories.NOW)

    answer = hl7(send, message())

    patient.refresh_from_db()
    assert patient.status == "admitted"
    assert answer["Content-Type"].startswith("application/hl7-v2")
    assert "\rMSA|AA|1|New." in answer.content.decode()


def test_message_by_its_older_media_type(send):
    kind = "x-application/hl7-v2+er7; charset=utf-8"

    assert send(message(), "", kind, "/api/v1/imports/messages/").status_code == 200


def test_message_about_somebody_else_is_kept_in_words(send):
    assert (
        "MSA|AA|1|Waits for a person. Hospital number: Nobody here" in hl7(send, message()).content.decode()
    )


@pytest.mark.parametrize("text", ["", "hello", "MSH|^~\\&|a", message().replace("A01", "A31")])
def test_what_is_no_message_for_us_is_rejected(send, text):
    answer = hl7(send, text)

    assert answer.status_code == 200
    assert "MSA|AR|" in answer.content.decode()
    assert Import.objects.count() == 0
