"""The whole record leaves as one file, made while it is sent, and it is on record that it did."""

import io
import json
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, WritingSample
from clinic.services.escalations import mistaken_reports, scoring
from clinic.services.patients import handing_out
from clinic.services.reports import tellers, told_reports
from tests import cases, factories
from tests.clinic.services.patients.whole_record import BENS_PHONE, CARLA, NUMBER, PATIENT, WholeRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(clinic, nurse, now):
    return WholeRecord(clinic, nurse, now)


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


def unpacked(patient, by, now):
    file = b"".join(handing_out.record(patient_id=patient.pk, by=by, now=now))
    archive = zipfile.ZipFile(io.BytesIO(file))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def test_everything_is_in_it_and_no_name_is_in_a_file_name(record, lead, now):
    files = unpacked(record.patient, lead, now)

    assert sorted(files) == [
        *("pictures/20261122-0200-1.jpg", "record.fhir.json", "record.html", "record.json", "record.pdf")
    ]
    assert files["pictures/20261122-0200-1.jpg"] == bytes(WritingSample.objects.get().picture)
    told = json.loads(files["record.json"])
    assert told["format"] == "kinwatch-record-1"
    assert told["patient"][0]["hospital_number"] == NUMBER
    assert {person["name"] for person in told["people"]} >= {CARLA, record.nurse.name}
    assert {BENS_PHONE} < {person.get("phone") for person in told["people"]}
    assert [report["answers"] for report in told["reports"]].count(record.report.answers) == 1
    assert len(told["assessments"]) == len(told["reports"]) == 2
    assert {text["text"] for text in told["texts_of_the_family"]} == {
        f"{CARLA} {PATIENT}",
        f"Is he well {PATIENT}",
    }
    assert {f"{PATIENT} is known here"} < {line["text"] for line in told["alert_history"]}
    secrets = ("token_hash", "body_hash", "search_text", "ladder")
    assert not any(secret in files["record.json"].decode() for secret in secrets)


def test_nothing_of_somebody_else_whose_report_was_entered_here_leaves_with_it(record, lead, now):
    tell = {"patient_id": record.patient.pk, "by": record.nurse, "now": now}
    form = told_reports.open_form(**tell, answers={})
    entry = told_reports.ToldEntry(
        report_id=uuid4(),
        version=form.version,
        teller=tellers.Teller(record.patient.care_team.first().pk),
        seen_at=now,
        answers={"temp_value": 39.6, "temp_unit": "C"},
        shown=tuple(question.key for question in form.questions),
    )
    told = told_reports.enter(**tell, entry=entry).report
    scoring.score(report_id=told.pk, now=now)
    about = {"patient_id": record.patient.pk, "report_id": told.pk, "by": record.nurse, "now": now}
    before = unpacked(record.patient, lead, now)

    mistaken_reports.mark(**about, reason="It was about Grace Lin")

    files = unpacked(record.patient, lead, now)
    readable = [name for name in files if name.endswith((".json", ".html"))]
    assert all(b"39.6" in before[name] for name in readable)
    assert [name for name in readable if b"39.6" in files[name] or b"Grace Lin" in files[name]] == []
    entered = [one for one in json.loads(files["record.json"])["reports"] if one["id"] == str(told.pk)]
    assert [one["answers"] for one in entered] == [{}]


def test_page_reads_without_any_other_file(record, lead, now):
    page = unpacked(record.patient, lead, now)["record.html"].decode()

    for words in (PATIENT, NUMBER, "Monitoring ended", f"{PATIENT} is known here", "Temperature", "38.6"):
        assert words in page
    assert not any(mark in page for mark in ("<script", "<link", "src=", "http"))


def test_page_is_in_the_language_of_whoever_downloads_it(record, lead, now):
    lead.language = "es"
    lead.save()

    assert '<html lang="es">' in unpacked(record.patient, lead, now)["record.html"].decode()


def test_downloading_is_in_the_audit_before_the_first_byte(patient, lead, now):
    parts = handing_out.record(patient_id=patient.pk, by=lead, now=now)

    row = AuditEvent.objects.get(action="record.exported")
    assert (row.patient_id, row.actor_id, row.detail) == (patient.pk, lead.pk, {})
    assert next(parts)


def test_more_rows_ask_no_more_queries(patient, lead, now, django_assert_max_num_queries):
    cases.report_by_family(patient, cases.FEVER, now - timedelta(hours=9))
    with django_assert_max_num_queries(200) as few:
        unpacked(patient, lead, now)
    for hours in range(1, 8):
        cases.report_by_family(patient, cases.FEVER, now - timedelta(hours=hours))

    with django_assert_max_num_queries(len(few)):
        unpacked(patient, lead, now)


def test_only_who_may_hand_out(patient, nurse, other_nurse, caregiver, now):
    for person, refused in ((nurse, NotAllowed), (caregiver, NotAllowed), (other_nurse, NotVisible)):
        with pytest.raises(refused):
            handing_out.record(patient_id=patient.pk, by=person, now=now)
    assert not AuditEvent.objects.filter(action="record.exported").exists()
