from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.access import NotVisible
from clinic.models import Clinic, Page
from clinic.models.system_alarm import AlarmKind
from clinic.queries.core.live import clinics_followed_by
from clinic.queries.desk.worklist import ListView, changed_rows, worklist
from clinic.rules.core.enums import Level
from clinic.services.core import alarms, ticks
from clinic.services.escalations import leases, lifecycle
from tests import cases, factories


def names(rows):
    return [row.patient_name for row in rows]


def patient_called(name, clinic):
    return factories.PatientFactory(clinic=clinic, given_name=name, family_name="Row")


def test_rows_are_sorted_by_level_and_then_by_waiting_time(clinic, nurse, now):
    for name, answers, minutes in (
        ("Watch", cases.NAUSEA, 90),
        ("Young", cases.FEVER, 1),
        ("Worst", cases.FEVER_AND_CONFUSION, 0),
        ("Old", cases.FEVER, 30),
    ):
        cases.escalate(patient_called(name, clinic), answers, now - timedelta(minutes=minutes))

    found = worklist(user=nurse, clinic_slug="", now=now)

    assert names(found.waiting) == ["Worst Row", "Old Row", "Young Row", "Watch Row"]
    assert [row.level for row in found.waiting] == [
        Level.EMERGENCY,
        Level.URGENT,
        Level.URGENT,
        Level.WATCH,
    ]
    assert [row.is_sounding for row in found.waiting] == [True, True, True, False]
    assert found.waiting[1].age == timedelta(minutes=30)
    assert (found.waiting_total, found.handled_total) == (4, 0)


def test_row_says_who_which_day_and_why_in_the_readers_language(clinic, nurse, patient, now):
    cases.escalate(patient, cases.FEVER, now)
    nurse.language = "es"

    (row,) = worklist(user=nurse, clinic_slug="", now=now).waiting

    assert (row.patient_name, row.day, row.clinic_name) == (patient.full_name, 4, clinic.name)
    assert row.reasons == ("Temperatura 38.6\u00a0°C (38.0 a 39.9)",)


def test_taken_rows_move_to_being_handled_with_who_and_when(nurse, patient, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    found = worklist(user=nurse, clinic_slug="", now=now)

    assert found.waiting == ()
    (row,) = found.handled
    assert (row.taken_by, row.taken_at, row.can_take) == ("Nora Nurse", now, False)


def test_resolved_rows_leave_the_list(nurse, patient, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="advice_given", note="", now=now)

    found = worklist(user=nurse, clinic_slug="", now=now)

    assert found.is_empty


def test_other_clinics_rows_alarms_and_counts_are_not_there(clinic, other_clinic, nurse, now):
    cases.escalate(patient_called("Mine", clinic), cases.NAUSEA, now)
    cases.escalate(patient_called("Theirs", other_clinic), cases.FEVER_AND_CONFUSION, now)
    alarms.raise_alarm(clinic_id=other_clinic.pk, kind=AlarmKind.NO_ON_CALL, subject="", now=now)

    found = worklist(user=nurse, clinic_slug="", now=now)

    assert names(found.waiting) == ["Mine Row"]
    assert [choice.slug for choice in found.clinics] == ["river"]
    assert found.alarms == ()
    with pytest.raises(NotVisible):
        worklist(user=nurse, clinic_slug="lake", now=now)


def test_nurse_of_two_clinics_sees_both_or_one_and_what_one_leaves_out(clinic, other_clinic, nurse, now):
    factories.StaffFactory(user=nurse, clinic=other_clinic)
    cases.escalate(patient_called("Mine", clinic), cases.NAUSEA, now)
    cases.escalate(patient_called("Also", other_clinic), cases.FEVER, now)

    both = worklist(user=nurse, clinic_slug="", now=now)
    one = worklist(user=nurse, clinic_slug="river", now=now)

    assert [(row.patient_name, row.clinic_name) for row in both.waiting] == [
        ("Also Row", "Lake Hospital"),
        ("Mine Row", "River Cancer Center"),
    ]
    assert names(one.waiting) == ["Mine Row"]
    assert [(choice.slug, choice.urgent) for choice in one.urgent_elsewhere] == [("lake", 1)]
    assert one.version == both.version


def test_version_is_the_one_that_the_socket_tells(clinic, nurse, patient, now):
    before = worklist(user=nurse, clinic_slug="", now=now).version

    cases.escalate(patient, cases.FEVER, now)

    after = worklist(user=nurse, clinic_slug="", now=now).version
    assert after > before
    assert after == clinics_followed_by(nurse).version == Clinic.objects.get(pk=clinic.pk).live_version


def test_administrator_watches_but_cannot_take(clinic, patient, now):
    admin = factories.StaffFactory(clinic=clinic, role="administrator").user
    cases.escalate(patient, cases.FEVER, now)

    (row,) = worklist(user=admin, clinic_slug="", now=now).waiting

    assert row.can_take is False


@pytest.mark.parametrize(
    ("ticked", "late"), [(None, True), (61, True), (59, False)], ids=["never", "late", "in time"]
)
def test_engine_that_does_not_move_is_told(clinic, nurse, now, ticked, late):
    if ticked is not None:
        ticks.record(name="clinic", now=now - timedelta(seconds=ticked))
        ticks.record(name="notifications", now=now)

    engine = worklist(user=nurse, clinic_slug="", now=now).engine

    assert engine.is_late is late
    assert engine.at == (now - timedelta(seconds=ticked) if ticked else None)


def test_engine_that_pages_nobody_is_late_though_reports_are_scored(clinic, nurse, now):
    ticks.record(name="clinic", now=now)
    ticks.record(name="notifications", now=now - timedelta(seconds=61))

    assert worklist(user=nurse, clinic_slug="", now=now).engine.is_late is True


@pytest.mark.parametrize(
    ("whole", "failing", "told"),
    [
        (61, ["reminders.remind_due"], ("tick:clinic (reminders.remind_due)",)),
        (None, ["a.b", "c.d"], ("tick:clinic (a.b, c.d)",)),
        (59, ["reminders.remind_due"], ()),
        (61, [], ()),
    ],
    ids=["for a minute", "from the start", "once", "mended"],
)
def test_step_that_fails_again_and_again_is_named_and_the_engine_is_not_called_late(
    clinic, nurse, now, whole, failing, told
):
    ticks.record(name="notifications", now=now)
    if whole is not None:
        ticks.record(name="clinic", now=now - timedelta(seconds=whole))
    ticks.begin(name="clinic", now=now)
    ticks.end(name="clinic", begun_at=now, failing=failing, now=now)

    engine = worklist(user=nurse, clinic_slug="", now=now).engine

    assert (engine.is_late, engine.failing, engine.is_well) == (False, told, not told)


def test_list_is_settled_when_every_report_of_these_clinics_is_scored(
    clinic, other_clinic, nurse, patient, now
):
    for name in ("clinic", "notifications"):
        ticks.record(name=name, now=now)
    factories.ReportFactory(patient=factories.PatientFactory(clinic=other_clinic))
    assert (
        worklist(user=nurse, clinic_slug="", now=now).unscored,
        worklist(user=nurse, clinic_slug="", now=now).is_settled,
    ) == (0, True)

    factories.ReportFactory(patient=patient)
    factories.ReportFactory(patient=patient, is_drill=True)

    found = worklist(user=nurse, clinic_slug="", now=now)
    assert (found.unscored, found.is_settled) == (1, False)


def test_alarms_say_whom_they_are_about(clinic, nurse, patient, caregiver, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    unscored = factories.ReportFactory(patient=patient, author=caregiver)
    member = patient.care_team.get()
    for kind, subject in (
        (AlarmKind.UNSCORED, unscored.pk),
        (AlarmKind.PAGE_FAILED, escalation.pk),
        (AlarmKind.OPTED_OUT, member.pk),
        (AlarmKind.NO_ON_CALL, ""),
    ):
        alarms.raise_alarm(clinic_id=clinic.pk, kind=kind, subject=subject, now=now)

    found = {alarm.kind: alarm for alarm in worklist(user=nurse, clinic_slug="", now=now).alarms}

    assert found["unscored"].about.patient_name == patient.full_name
    assert found["page_failed"].about.escalation_id == escalation.pk
    assert found["opted_out"].about.caregiver_phone == caregiver.phone
    assert found["no_on_call"].about is None
    assert {kind for kind, alarm in found.items() if alarm.can_clear} == {"page_failed", "opted_out"}


def test_list_takes_as_many_queries_for_one_row_as_for_three(clinic, nurse, now):
    cases.escalate(patient_called("First", clinic), cases.FEVER, now)
    with CaptureQueriesContext(connection) as one:
        worklist(user=nurse, clinic_slug="", now=now)

    for name in ("Second", "Third"):
        cases.escalate(patient_called(name, clinic), cases.FEVER, now)
    with CaptureQueriesContext(connection) as three:
        found = worklist(user=nurse, clinic_slug="", now=now)

    assert len(found.waiting) == 3
    assert len(three) == len(one)


def test_view_narrows_by_level_and_by_words_and_counts_everybody(clinic, nurse, now):
    cases.escalate(patient_called("Ana", clinic), cases.FEVER, now)
    cases.escalate(patient_called("Bo", clinic), cases.NAUSEA, now)

    level = worklist(user=nurse, view=ListView(level=Level.WATCH), now=now)
    words = worklist(user=nurse, view=ListView(words="ana"), now=now)
    none = worklist(user=nurse, view=ListView(words="nobody"), now=now)

    assert [names(found.waiting) for found in (level, words, none)] == [["Bo Row"], ["Ana Row"], []]
    for found in (level, words, none):
        assert (found.waiting_total, found.loudest) == (2, "urgent")
        assert {one.id for one in found.below} | {row.id for row in found.waiting} == set(
            clinic.escalations.values_list("pk", flat=True)
        )
        counts = {one.level.value: one.count for one in found.levels}
        assert counts == {"emergency": 0, "urgent": 1, "same_day": 0, "watch": 1}


def test_row_says_whom_a_provider_took_a_page_for_since_it_waits(clinic, nurse, patient, now):
    staff = factories.StaffFactory(clinic=clinic, user__name="Paul Pager")
    escalation = cases.escalate(patient, cases.FEVER, now)

    def page(number, **facts):
        Page.objects.create(
            escalation=escalation, number=number, due_at=now, staff=staff, state="sent", sent_at=now, **facts
        )

    def paged():
        return worklist(user=nurse, now=now + timedelta(hours=1)).waiting[0].paged

    page(90)
    assert paged() is None
    page(91, taken_at=now - timedelta(minutes=1))
    assert paged() is None
    page(92, taken_at=now + timedelta(minutes=1))
    assert (paged().name, paged().at) == ("Paul Pager", now + timedelta(minutes=1))


def test_what_is_set_aside_stands_apart(clinic, nurse, patient, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    leases.snooze(
        escalation_id=escalation.pk, by=nurse, until=now + timedelta(minutes=5), reason="Sleeps", now=now
    )

    found = worklist(user=nurse, now=now)

    assert (found.handled, found.handled_total) == ((), 0)
    assert (names(found.set_aside), found.set_aside_total) == ([patient.full_name], 1)


def test_rows_that_changed_are_those_asked_for_and_no_other_clinics(clinic, other_clinic, nurse, now):
    mine = cases.escalate(patient_called("Mine", clinic), cases.FEVER, now)
    cases.escalate(patient_called("Other", clinic), cases.FEVER, now)
    theirs = cases.escalate(patient_called("Theirs", other_clinic), cases.FEVER, now)

    found = changed_rows(user=nurse, view=ListView(), ids=[mine.pk, theirs.pk], now=now)

    assert names(found.rows) == ["Mine Row"]
    assert (found.waiting_total, found.left_out) == (2, frozenset())
    assert found.versions == ((clinic.pk, Clinic.objects.get(pk=clinic.pk).live_version),)
    narrow = changed_rows(user=nurse, view=ListView(level=Level.WATCH), ids=[mine.pk], now=now)
    assert narrow.left_out == {mine.pk}
    with pytest.raises(NotVisible):
        changed_rows(user=nurse, view=ListView(clinic_slug="lake"), ids=[theirs.pk], now=now)


def test_row_that_is_closed_is_among_the_changed_no_more(nurse, patient, now):
    escalation = cases.escalate(patient, cases.NAUSEA, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="", note="", now=now)

    assert changed_rows(user=nurse, view=ListView(), ids=[escalation.pk], now=now).rows == ()
