"""The page of the audit: who may read it, what it shows, its filters and its file."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.test import AsyncClient, Client

from clinic.models import AuditEvent
from clinic.queries.watch import accesses
from clinic.services.core import audit
from tests import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator", user__name="Ada Admin").user


@pytest.fixture
def looks(clinic, nurse, patient):
    """Three looks at one record, one at another clinic's."""
    elsewhere = factories.PatientFactory(family_name="Elsewhere")
    for hours in range(3):
        _look(nurse, patient, AT + timedelta(hours=hours))
    _look(nurse, elsewhere, AT)


def _look(user, patient, at):
    audit.record_about(patient, "patient.viewed", user, at)


def browser(user):
    client = Client(REMOTE_ADDR="192.0.2.7")
    client.force_login(user)
    return client


def read(user, address="/console/audit/"):
    return browser(user).get(address).content.decode()


def cells(response):
    text = b"".join(response.streaming_content).decode()
    return list(csv.reader(StringIO(text)))


def test_lead_reads_their_clinic_and_reading_is_a_row(lead, looks, patient):
    page = read(lead)

    assert page.count("Nora Nurse</a>") == 3
    assert "Elsewhere" not in page
    row = AuditEvent.objects.get(action="audit.viewed")
    assert (row.actor_id, row.clinic_id, row.source) == (lead.pk, patient.clinic_id, "192.0.2.7")


def test_nurse_is_refused_and_the_refusal_is_a_row(nurse, clinic):
    assert browser(nurse).get("/console/audit/").status_code == 403

    row = AuditEvent.objects.get(action="access.refused")
    assert (row.subject_id, row.actor_id, row.clinic_id) == ("console_audit", nurse.pk, clinic.pk)


def test_lead_of_another_clinic_finds_nothing(other_clinic, clinic, looks):
    other = factories.StaffFactory(clinic=other_clinic, role="administrator").user

    assert browser(other).get(f"/console/audit/?clinic={clinic.slug}").status_code == 404
    assert "Nora Nurse" not in read(other)


def test_one_patients_accesses(lead, looks, nurse, patient, clinic):
    _look(nurse, factories.PatientFactory(clinic=clinic, family_name="Second"), AT)

    page = read(lead, f"/console/audit/?patient={patient.pk}")

    assert "Who has looked at this record" in page
    assert page.count("Nora Nurse</a>") == 3
    assert "Second" not in page


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ("kind=looks", 3),
        ("kind=exports", 0),
        ("kind=nonsense", 3),
        ("since=2026-11-21", 0),
        ("since=2026-11-20&until=2026-11-20", 3),
        ("until=2026-11-19", 0),
        ("since=0001-01-01&until=9999-12-31", 3),
        ("before=0001-01-01T00:00:00%2B14:00~1", 3),
        ("person=nobody", 3),
        ("before=nonsense", 3),
        ("before=2026-11-20T13:00:00%2B00:00~1", 1),
    ],
)
def test_filters(lead, looks, filters, count):
    assert read(lead, f"/console/audit/?{filters}").count("Nora Nurse</a>") == count


def test_person_filter_shows_what_is_of_no_clinic_too(lead, nurse, other_nurse, clinic, looks, now):
    for user in (nurse, other_nurse):
        audit.record(action="call_code.set", by=user, now=now, subject_type="user", subject_id=user.pk)

    assert "call_code.set" in read(lead, f"/console/audit/?person={nurse.pk}")
    assert "call_code.set" not in read(lead, f"/console/audit/?person={other_nurse.pk}")
    assert "call_code.set" not in read(lead)


def test_older_rows_follow_without_gap_or_repetition(lead, nurse, patient, clinic, monkeypatch):
    monkeypatch.setattr(accesses, "ROWS_AT_ONCE", 2)
    for _turn in range(5):
        _look(nurse, patient, AT)
    seen, before = [], ""
    while True:
        page = accesses.page(
            user=lead, clinic_slug=clinic.slug, wanted=accesses.Wanted(person=nurse.pk), before=before
        )
        seen += [row.id for row in page.rows]
        before = page.older
        if not before:
            break

    expected = AuditEvent.objects.filter(actor_id=nurse.pk).order_by("-at", "-pk")
    assert seen == list(expected.values_list("pk", flat=True))


def test_page_takes_as_many_queries_for_three_rows_as_for_one(
    lead, nurse, patient, clinic, django_assert_max_num_queries
):
    for turns in (1, 2):
        for _turn in range(turns):
            _look(nurse, patient, AT)
        with django_assert_max_num_queries(8):
            accesses.page(user=lead, clinic_slug="", wanted=accesses.Wanted(), before="")


def test_file_holds_all_and_is_a_row_of_itself(lead, looks, nurse, patient, monkeypatch):
    monkeypatch.setattr(accesses, "PART", 2)
    nurse.name = "=cmd()"
    nurse.save(update_fields=["name"])

    response = browser(lead).get("/console/audit/audit.csv?kind=looks")
    head, *rows = cells(response)

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert tuple(head) == accesses.HEAD
    assert [row[head.index("actor")] for row in rows] == ["'=cmd()"] * 3
    assert {row[head.index("patient_id")] for row in rows} == {str(patient.pk)}
    exported = AuditEvent.objects.get(action="audit.exported")
    assert (exported.actor_id, exported.detail) == (lead.pk, {"kind": "looks"})


def test_nurse_gets_no_file(nurse, looks):
    assert browser(nurse).get("/console/audit/audit.csv").status_code == 403


@pytest.mark.django_db(transaction=True)
async def test_file_is_streamed_by_an_asynchronous_server(lead, looks):
    client = AsyncClient()
    await client.aforce_login(lead)

    response = await client.get("/console/audit/audit.csv?kind=looks")

    text = b"".join([part async for part in response.streaming_content]).decode()
    assert len(list(csv.reader(StringIO(text)))) == 4
