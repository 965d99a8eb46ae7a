"""A clinic's tables as CSV: whole, to whom, and nothing in them that names anybody."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.models import AuditEvent, Escalation, Page, Reminder
from clinic.queries.tables import kinds
from clinic.services.checkins import plan
from clinic.services.escalations import scoring
from clinic.services.risk import labs
from clinic.services.watch import table_exports
from tests import factories

pytestmark = pytest.mark.django_db


def rows(response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def as_administrator(call_as, clinic):
    return call_as(factories.StaffFactory(clinic=clinic, role="administrator").user)


@pytest.fixture
def report(patient, caregiver):
    answers = {"temp_value": 38.6, "temp_unit": "C", "pulse": 104, "confusion": 2}
    made = factories.ReportFactory(patient=patient, author=caregiver, answers=answers)
    scoring.score(report_id=made.pk, now=timezone.now())
    return made


def get(client, kind, **query):
    return client.get(f"/api/v1/exports/{kind}.csv", query)


def test_report_stands_there_once_with_its_level_and_its_answers_in_rows_of_their_own(
    as_administrator, report
):
    [row] = rows(get(as_administrator, "reports"))
    answers = rows(get(as_administrator, "answers"))

    assert (row["report_id"], row["level"], row["counts"]) == (str(report.pk), "emergency", "true")
    assert row["observed_at"] == report.observed_at.isoformat(timespec="milliseconds")
    told = {one["answer"]: (one["value"], one["unit"]) for one in answers}
    assert told == {
        "temp_value": ("38.6", ""),
        "temp_unit": ("C", ""),
        "pulse": ("104", "/min"),
        "confusion": ("2", ""),
    }


def test_alert_and_its_pages_stand_there(as_administrator, report, nurse):
    alert = Escalation.objects.get()
    [row] = rows(get(as_administrator, "escalations"))
    pages = [one for one in rows(get(as_administrator, "messages")) if one["kind"] == "page"]

    assert (row["escalation_id"], row["level"], row["state"]) == (str(alert.pk), "emergency", "open")
    assert int(row["pages"]) == Page.objects.count() == len(pages) > 0
    assert {one["escalation_id"] for one in pages} == {str(alert.pk)}


def test_reminders_stand_there_with_whom_they_are_for(as_administrator, patient, caregiver):
    plan.plan_all(now=timezone.now())
    planned = Reminder.objects.count()

    found = [one for one in rows(get(as_administrator, "messages")) if one["kind"] == "reminder"]

    assert len(found) == planned > 0
    assert {one["to"] for one in found} == {str(caregiver.pk)}


@pytest.mark.parametrize("kind", table_exports.KINDS)
def test_no_name_number_or_note_leaves(as_administrator, report, kind, patient, caregiver):
    patient.hospital_number = "H-4711"
    patient.save()
    whole = b"".join(get(as_administrator, kind).streaming_content).decode()

    for word in (patient.family_name, patient.given_name, "H-4711", caregiver.name, str(caregiver.phone)):
        assert word not in whole


@pytest.mark.parametrize("kind", ["reports", "answers", "escalations", "messages"])
def test_parts_hold_every_row_once_however_they_are_cut(
    as_administrator, patient, caregiver, kind, monkeypatch
):
    moment = timezone.now()
    for number in range(5):
        # Two at a moment.
        arrived = moment + timedelta(seconds=number // 2)
        factories.ReportFactory(patient=patient, author=caregiver, received_at=arrived, answers={"pulse": 90})
    plan.plan_all(now=moment)
    whole = rows(get(as_administrator, kind))
    monkeypatch.setattr(kinds, "PART", 2)

    assert rows(get(as_administrator, kind)) == whole


def test_days_are_the_clinics_own_and_both_included(as_administrator, patient, caregiver, clinic):
    clinic.time_zone = "America/New_York"
    clinic.save()
    for hour in (4, 5):
        factories.ReportFactory(
            patient=patient, author=caregiver, received_at=datetime(2026, 11, 23, hour, tzinfo=UTC)
        )

    def count(**days):
        return len(rows(get(as_administrator, "reports", **days)))

    assert count(since="2026-11-22", until="2026-11-22") == 1
    assert count(since="2026-11-23") == 1
    assert count(since="2026-11-22", until="2026-11-23") == 2
    assert count(since="9999-12-31") == count(until="0001-01-01") == 0


def test_code_book_explains_every_column_and_answer(as_administrator, report):
    book = rows(get(as_administrator, "codebook"))

    explained = {(one["table"], one["column"]) for one in book}
    for kind, table in kinds.TABLES.items():
        assert {(kind, one.name) for one in table.columns} <= explained
    assert {("answers", name) for name in report.answers} <= explained
    assert {one["value"] for one in book if one["column"] == "confusion" and one["value"]} >= {"0", "2"}


def test_other_clinics_rows_and_practice_alarms_are_not_there(as_administrator, caregiver, patient):
    factories.ReportFactory()
    factories.ReportFactory(patient=patient, author=caregiver, is_drill=True)

    assert rows(get(as_administrator, "reports")) == []


def test_download_is_in_the_audit_before_the_first_row(as_administrator, clinic):
    get(as_administrator, "answers", since="2026-11-01")

    seen = AuditEvent.objects.get(action="table.exported")
    assert (seen.clinic_id, seen.subject_id, seen.detail) == (clinic.pk, "answers", {"since": "2026-11-01"})


def test_who_may_not_hand_records_out_is_refused(as_nurse, as_caregiver, as_administrator):
    assert get(as_nurse, "reports").status_code == 403
    assert get(as_caregiver, "reports").status_code == 403
    assert get(as_administrator, "reports", clinic="lake").status_code == 404
    assert get(as_administrator, "nothing").status_code == 404
    assert get(as_administrator, "reports", since="soon").status_code == 400
    assert not AuditEvent.objects.filter(action="table.exported").exists()


def test_queries_do_not_grow_with_the_rows(as_administrator, patient, caregiver):
    def queries(kind):
        with CaptureQueriesContext(connection) as log:
            rows(get(as_administrator, kind))
        return len(log)

    factories.ReportFactory(patient=patient, author=caregiver, answers={"pulse": 90})
    for kind in table_exports.KINDS:
        queries(kind)
    before = {kind: queries(kind) for kind in table_exports.KINDS}
    for _ in range(3):
        factories.ReportFactory(patient=patient, author=caregiver, answers={"pulse": 90})
    assert {kind: queries(kind) for kind in table_exports.KINDS} == before


def test_labs_and_risk_assessments_with_what_was_struck_out(as_administrator, patient, nurse):
    now = timezone.now()
    value = labs.TypedLab("crp", "30", "mg/L", patient.infusion_date)
    (stored,) = labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=now)
    labs.strike(patient_id=patient.pk, result_id=stored.pk, by=nurse, reason="of another", now=now)

    [lab] = rows(get(as_administrator, "labs"))
    assert (lab["lab"], lab["value"], lab["unit"]) == ("crp", "30", "mg/L")
    assert (lab["kept_value"], lab["kept_unit"], lab["day"]) == ("3.0000", "mg/dL", "0")
    assert (lab["counts"], lab["entered_by"]) == ("false", str(nurse.pk))
    assert "of another" not in str(lab)
    first, second = rows(get(as_administrator, "risk"))
    assert {first["tier"], second["tier"]} == {"high"}
    assert "ecog" in first["missing"].split()


def test_care_tasks_with_what_counts_and_without_a_reason_in_words(as_administrator, patient, nurse):
    def act(number, what, words="", **more):
        about = {"patient": patient, "by": nurse, "words": words, **more}
        return factories.CareTaskEntryFactory(number=number, act=what, **about)

    act(1, "done")
    act(2, "taken_back", "It was another patient")
    act(3, "not_needed", "She is on the ward")
    act(4, "done", day=3)
    act(5, "done", course_number=2)
    factories.CareTaskEntryFactory()

    found = rows(get(as_administrator, "care_tasks"))

    told = {(one["course"], one["day"], one["act"], one["counts"]) for one in found}
    assert told == {
        ("1", "1", "done", "false"),
        ("1", "1", "taken_back", "false"),
        ("1", "1", "not_needed", "true"),
        ("1", "3", "done", "true"),
        ("2", "1", "done", "true"),
    }
    assert {one["by"] for one in found} == {str(nurse.pk)}
    assert "ward" not in str(found)
