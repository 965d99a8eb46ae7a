"""What the demo hands out comes in again, into a database where nobody is, with equal counts."""

import csv
import datetime
import io
import json
import sqlite3
from collections import Counter
from types import SimpleNamespace

import pytest
from django.db import transaction
from fhir.resources.R4B.bundle import Bundle

from clinic.models import Clinic, Course, LabResult, LifeEvent, OutcomeRecord, Patient, Report, Staff
from clinic.queries.fhir.record import FhirRecord
from clinic.queries.tables.kinds import TABLES
from clinic.rules.exchange.verdicts import Source
from clinic.rules.patients.life_events import Kind
from clinic.services import demo
from clinic.services.escalations import life_events
from clinic.services.exchange import imports
from clinic.services.watch import table_exports
from tests import factories

NOW = datetime.datetime(2026, 11, 22, 15, 0, tzinfo=datetime.UTC)
BASE = "https://clinic.example/fhir"
FACTS = (
    "given_name",
    "family_name",
    "birth_date",
    "product",
    "target",
    "disease",
    "language",
    "infusion_date",
)


@pytest.fixture(scope="module")
def _handed_out(for_the_whole_file):
    """The demo handed out, and then gone again."""
    with for_the_whole_file(), transaction.atomic():
        demo.load(now=NOW)
        nurse = Staff.objects.get(user__email="nurse@harbor.example").user
        maria = Patient.objects.get(given_name="Maria")
        life_events.record(patient_id=maria.pk, kind=Kind.ADMITTED, by=nurse, at=NOW, reason="", now=NOW)
        people = Patient.objects.filter(is_synthetic=False).order_by("pk")
        found = SimpleNamespace(
            bundles=[(one.clinic.slug, FhirRecord(one, NOW).bundle(base=BASE)) for one in people],
            facts={tuple(str(getattr(one, name)) for name in FACTS) for one in people},
            counts=counts(),
            tables={kind: exported(kind) for kind in TABLES},
            rows={kind: in_database(kind) for kind in TABLES},
        )
        transaction.set_rollback(True)
        return found


def counts():
    return {
        "patients": Counter(
            Patient.objects.filter(is_synthetic=False).values_list("clinic__slug", flat=True)
        ),
        "courses": Course.objects.count(),
        "in hospital": Patient.objects.filter(status="admitted").count(),
        "stays": LifeEvent.objects.filter(kind="admitted").count(),
        "forms": OutcomeRecord.objects.count(),
        "labs": LabResult.objects.filter(struck_at=None).count(),
    }


def exported(kind):
    """By clinic the text of the table."""
    return {
        clinic.slug: "".join(
            table_exports.export(
                kind=kind,
                clinic_slug=clinic.slug,
                since=None,
                until=None,
                by=Staff.objects.get(clinic=clinic, role="administrator").user,
                now=NOW,
            )
        )
        for clinic in Clinic.objects.order_by("slug")
    }


def in_database(kind):
    return {
        clinic.slug: sum(len(part) for part in TABLES[kind].parts(clinic, None, None))
        for clinic in Clinic.objects.order_by("slug")
    }


@pytest.fixture
def empty(_handed_out, db):
    """Two clinics without anybody but an administrator."""
    assert Patient.objects.count() == Report.objects.count() == 0
    return {
        slug: factories.StaffFactory(
            clinic=factories.ClinicFactory(slug=slug, languages=("es",)), role="administrator"
        )
        for slug in ("harbor", "mesa")
    }


def bring(staff, source, body, minutes=1):
    now = NOW + datetime.timedelta(minutes=minutes)
    found = imports.stage(clinic=staff.clinic, source=source, body=body, by=staff.user, now=now)
    imports.confirm(import_id=found.pk, by=staff.user, now=now)
    return found


def verdicts(found):
    return Counter(found.rows.values_list("verdict", flat=True))


def test_bundle_of_every_patient_of_the_demo_is_valid(_handed_out, db):
    for _slug, bundle in _handed_out.bundles:
        Bundle.model_validate(bundle)
        for entry in bundle["entry"]:
            kind = entry["resource"]["resourceType"]
            module = __import__(f"fhir.resources.R4B.{kind.lower()}", fromlist=[kind])
            getattr(module, kind).model_validate(entry["resource"])


def test_demo_comes_in_again_with_equal_counts(_handed_out, empty):
    for slug, bundle in _handed_out.bundles:
        found = bring(empty[slug], Source.FHIR, json.dumps(bundle).encode())
        assert set(verdicts(found)) == {"made"}, list(found.rows.values_list("kind", "reasons"))

    assert counts() == _handed_out.counts
    assert _handed_out.counts["forms"] > 0
    people = Patient.objects.filter(is_synthetic=False)
    assert {tuple(str(getattr(one, name)) for name in FACTS) for one in people} == _handed_out.facts
    # Nobody is watched by an import: that begins with the go-home check.
    assert set(people.values_list("status", flat=True)) == {"preparing", "admitted"}

    # The same forms by the other way say nothing new, whoever they are about by the id of before.
    for slug, text in _handed_out.tables["outcomes"].items():
        if len(text.splitlines()) > 1:
            assert set(verdicts(bring(empty[slug], Source.CSV_OUTCOMES, text.encode(), 2))) == {"same"}
    assert OutcomeRecord.objects.count() == _handed_out.counts["forms"]


def test_tables_load_into_an_empty_database_with_equal_counts(_handed_out, db):
    """By their own heads and nothing else, as a registry would."""
    loaded = sqlite3.connect(":memory:")
    for kind, texts in _handed_out.tables.items():
        for slug, text in texts.items():
            head, *rows = list(csv.reader(io.StringIO(text, newline="")))
            assert head == [column.name for column in TABLES[kind].columns]
            columns = ", ".join(f'"{name}"' for name in head)
            loaded.execute(f'CREATE TABLE "{kind} {slug}" ({columns})')
            marks = ", ".join("?" * len(head))
            loaded.executemany(f'INSERT INTO "{kind} {slug}" VALUES ({marks})', rows)
            (count,) = loaded.execute(f'SELECT count(*) FROM "{kind} {slug}"').fetchone()
            assert count == _handed_out.rows[kind][slug], kind
