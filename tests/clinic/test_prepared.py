"""Prepared queries give what the ORM gives, row for row, and refuse what has not always one shape."""

import json
import threading
from contextlib import nullcontext
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q

from clinic import prepared
from clinic.models import AuditEvent, Clinic, Patient, Report
from clinic.prepared import PreparedQuery, PreparedRows
from clinic.rules.core.enums import Level
from tests import factories

pytestmark = pytest.mark.django_db

by_id = PreparedQuery(lambda pk: Patient.objects.filter(pk=pk).select_related("clinic"), UUID)
since = PreparedQuery(
    lambda patient, moment: Report.objects.filter(patient=patient, received_at__gte=moment).order_by("pk")[
        :2
    ],
    UUID,
    datetime,
)


def test_row_is_the_models_own_with_what_was_joined(patient, django_assert_num_queries):
    by_id.first(patient.pk)
    with django_assert_num_queries(1):
        found = by_id.first(patient.pk)
        assert (found, found.clinic) == (patient, patient.clinic)
    wanted = Patient.objects.get(pk=patient.pk)
    names = [field.attname for field in Patient._meta.concrete_fields]
    assert [getattr(found, name) for name in names] == [getattr(wanted, name) for name in names]
    assert (found._state.adding, found._state.db) == (False, "default")


def test_other_values_find_other_rows(patient, clinic):
    other = factories.PatientFactory(clinic=clinic)
    assert [by_id.first(one) for one in (other.pk, patient.pk, uuid4())] == [other, patient, None]


def test_moments_and_slices_are_kept(patient, now):
    reports = [factories.ReportFactory(patient=patient, received_at=now) for _ in range(3)]
    assert since(patient.pk, now) == sorted(reports, key=lambda one: str(one.pk))[:2]
    assert since(patient.pk, now + timedelta(seconds=1)) == []


def test_shape_that_hangs_on_a_value_is_refused(patient):
    branching = PreparedQuery(
        lambda number: Patient.objects.filter(course_number=number) if number % 2 else Patient.objects.all(),
        int,
    )
    with pytest.raises(TypeError):
        branching(1)


def test_value_that_reaches_no_place_is_refused(patient):
    forgetful = PreparedQuery(lambda _pk: Patient.objects.filter(status="active"), UUID)
    with pytest.raises(TypeError):
        forgetful(patient.pk)


def test_update_stores_these_fields_and_no_others(patient, now):
    report = factories.ReportFactory(patient=patient, received_at=now)
    report.state, report.scored_at, report.language = "scored", now, "es"

    prepared.update(report, "state", "scored_at")

    stored = Report.objects.get()
    assert (stored.state, stored.scored_at, stored.language) == ("scored", now, "en")


def test_insert_stores_what_saving_stores(patient, now):
    saved = AuditEvent.objects.create(
        at=now, actor_kind="system", action="a.thing", patient_id=patient.pk, detail={"level": Level.URGENT}
    )
    inserted = AuditEvent(
        at=now, actor_kind="system", action="a.thing", patient_id=patient.pk, detail={"level": Level.URGENT}
    )
    prepared.insert(inserted)
    assert inserted.pk > saved.pk and not inserted._state.adding
    apart = {"id", "correlation_id"}
    rows = AuditEvent.objects.filter(action="a.thing").order_by("pk").values()
    one, other = ({key: value for key, value in row.items() if key not in apart} for row in rows)
    assert one == other


def test_insert_never_changes_a_row_that_is_there(patient):
    report = factories.ReportFactory(patient=patient)
    again = Report.objects.get(pk=report.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        prepared.insert(again)
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_another_thread_asks_by_its_own_connection(patient):
    by_id.first(patient.pk)
    found = []

    def ask() -> None:
        try:
            found.append(by_id.first(patient.pk))
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [patient]


def test_rows_are_those_of_a_values_list_but_for_what_is_wanted_as_stored(patient):
    patient.baseline = {"sbp": 120}
    patient.save(update_fields=["baseline"])
    rows = PreparedRows(
        lambda pk: Patient.objects.filter(pk=pk).values_list("pk", "created_at", "baseline", "baseline"),
        UUID,
        as_stored=[3],
    )

    ((pk, created_at, baseline, stored),) = rows(patient.pk)

    assert (pk, created_at, baseline) == (patient.pk, patient.created_at, {"sbp": 120})
    assert json.loads(stored) == {"sbp": 120}


def test_a_number_that_was_read_before_is_the_same_and_another_is_not(clinic):
    clinics = PreparedQuery(lambda pk: Clinic.objects.filter(pk=pk), UUID)
    before = clinics(clinic.pk)[0].line_phone
    assert clinics(clinic.pk)[0].line_phone == before == Clinic.objects.get(pk=clinic.pk).line_phone

    Clinic.objects.filter(pk=clinic.pk).update(line_phone="+16175550177")

    assert str(clinics(clinic.pk)[0].line_phone) == "+16175550177"


among = PreparedQuery(
    lambda pks, status: Patient.objects.filter(Q(pk__in=pks) | Q(clinic__in=pks), status=status).order_by(
        "pk"
    ),
    list[UUID],
    str,
)


def test_list_of_any_length_finds_what_is_in_it(patient, clinic):
    other = factories.PatientFactory(clinic=clinic)
    both = sorted([patient, other], key=lambda one: one.pk)

    assert among([patient.pk], "active") == [patient]
    assert among([patient.pk, other.pk, uuid4()], "active") == both
    assert among([clinic.pk], "active") == both
    assert among([], "active") == among([patient.pk], "ended") == []


def test_rows_of_a_list_are_counted(patient, clinic):
    count = PreparedRows(
        lambda clinics: (
            Patient.objects.filter(clinic__in=clinics).values_list("status").annotate(Count("pk"))
        ),
        list[UUID],
    )
    factories.PatientFactory(clinic=clinic)

    assert [tuple(row) for row in count([clinic.pk])] == [("active", 2)]
    assert count([uuid4()]) == count([]) == []


def test_list_anywhere_else_is_refused_where_it_is_kept(patient):
    elsewhere = PreparedQuery(lambda pks: Patient.objects.filter(pk=pks[0]), list[UUID])
    # SQLite has a place for each value of a list: there the ORM is asked each time.
    with pytest.raises(TypeError) if connection.vendor == "postgresql" else nullcontext():
        assert elsewhere([patient.pk]) == [patient]


@pytest.mark.parametrize("word", ["100 %", "%s", "it's", "back\\slash"])
def test_words_of_the_query_itself_are_what_they_are(patient, word):
    Patient.objects.filter(pk=patient.pk).update(hospital_number=word)
    named = PreparedQuery(lambda pk: Patient.objects.filter(pk=pk, hospital_number=word), UUID)

    assert named(patient.pk) == [patient]
