"""A report that was entered for the wrong person stays on record, and counts nowhere any more."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from caregiver.queries.household import reports as family_reports
from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Checkin, Escalation, Report, ReportMistake
from clinic.queries.protocols.patient_context import seen_before
from clinic.queries.reports import household, listing
from clinic.services.checkins import plan
from clinic.services.escalations import life_events, missed, mistaken_reports, scoring
from clinic.services.reports import tellers, told_reports
from tests import cases, factories

FEVER = {"temp_value": "38.6", "temp_unit": "C"}
WELL = {"temp_value": "36.8", "temp_unit": "C"}


@pytest.fixture
def member(patient, caregiver):
    return patient.care_team.get()


@pytest.fixture
def tell(patient, member, nurse):
    """A report by telephone, scored; `corrects` puts another right."""

    def make(answers, at, corrects=None):
        form = told_reports.open_form(patient_id=patient.pk, by=nurse, now=at, answers=answers)
        entry = told_reports.ToldEntry(
            report_id=uuid4(),
            version=form.version,
            teller=tellers.Teller(member.pk),
            seen_at=at,
            answers=answers,
            shown=tuple(question.key for question in form.questions),
        )
        about = {"patient_id": patient.pk, "by": nurse, "entry": entry, "now": at}
        stored = (
            told_reports.correct(**about, report_id=corrects.pk, reason="Typed wrongly")
            if corrects
            else told_reports.enter(**about)
        )
        scoring.score(report_id=stored.report.pk, now=at)
        return stored.report

    return make


@pytest.fixture
def mark(patient, nurse, now):
    def make(report, *, by=nurse, at=now, reason="Meant for another patient"):
        return mistaken_reports.mark(patient_id=patient.pk, report_id=report.pk, by=by, reason=reason, now=at)

    return make


def due(patient, at):
    return Checkin.objects.create(patient=patient, due_at=at)


def test_it_stays_with_who_and_why_and_is_history_of_nothing(tell, mark, patient, nurse, now):
    report = tell(FEVER, now - timedelta(minutes=30))

    mark(report)

    mistake = ReportMistake.objects.get()
    assert (mistake.report, mistake.by, mistake.reason) == (report, nurse, "Meant for another patient")
    assert (mistake.at, mistake.of_another_person) == (now, True)
    row = AuditEvent.objects.get(action="report.entered_in_error")
    assert (row.subject_id, row.patient_id, row.detail) == (str(report.pk), patient.pk, {})
    (line,) = listing.newest(patient=patient, language="en", size=None)
    assert (line.is_mistake, line.mistake_by, line.may_be_put_right) == (True, nurse.name, False)
    assert listing.since(patients=[patient], moment=now - timedelta(days=1), at_most=9) == {patient.pk: []}
    assert seen_before(patient, observed_at=now, known_at=now, at_most=9) == []
    before = now - timedelta(minutes=1)
    known_then = seen_before(patient, observed_at=before, known_at=before, at_most=9)
    assert [one.id for one in known_then] == [str(report.pk)]


def test_what_it_answered_is_open_again_and_its_second_reading_owed_no_more(tell, mark, patient, now):
    checkin = due(patient, now - timedelta(hours=1))
    report = tell({**FEVER, "antipyretic_6h": True}, now - timedelta(minutes=30))
    asked = Checkin.objects.filter(recheck_of=report)
    checkin.refresh_from_db()
    assert checkin.state == "done"

    mark(report)

    checkin.refresh_from_db()
    assert (checkin.state, checkin.report) == ("planned", None)
    assert set(asked.values_list("state", flat=True)) <= {"dropped"}


def test_what_another_report_answers_too_stays_answered(tell, mark, patient, now):
    checkin = due(patient, now - timedelta(hours=3))
    report = tell(FEVER, now - timedelta(hours=2))
    other = cases.report_by_family(patient, WELL, now - timedelta(hours=1))

    mark(report)

    checkin.refresh_from_db()
    assert (checkin.state, checkin.report) == ("done", other)


def test_the_silence_that_it_hid_alarms(tell, mark, patient, now):
    patient.monitored_since = now - timedelta(days=3)
    patient.save()
    due(patient, now - timedelta(hours=30))
    report = tell(WELL, now - timedelta(hours=29))
    assert missed.escalate_due(now=now) == 0

    mark(report)

    assert missed.escalate_due(now=now) == 1


def test_nothing_is_owed_by_somebody_in_hospital(tell, mark, patient, nurse, now):
    checkin = due(patient, now - timedelta(hours=1))
    report = tell(WELL, now - timedelta(minutes=30))
    patient.created_at = now - timedelta(days=9)
    patient.save()
    life_events.record(patient_id=patient.pk, kind="admitted", at=now, reason="", by=nurse, now=now)

    mark(report)

    checkin.refresh_from_db()
    assert (checkin.state, checkin.report) == ("dropped", None)


def test_an_alert_that_it_opened_stays_as_high_and_says_so(tell, mark, patient, now):
    report = tell(FEVER, now - timedelta(minutes=30))
    before = Escalation.objects.get()

    mark(report)

    after = Escalation.objects.get()
    assert (after.level, after.state, after.version) == (before.level, "open", before.version + 1)
    line = after.events.get(kind="entered_in_error")
    assert (line.text, line.report) == ("Meant for another patient", None)


def test_twice_is_once(tell, mark, now):
    report = tell(FEVER, now - timedelta(minutes=30))

    mark(report)
    mark(report, at=now + timedelta(minutes=1), reason="Again")

    assert ReportMistake.objects.get().reason == "Meant for another patient"
    assert AuditEvent.objects.filter(action="report.entered_in_error").count() == 1


def test_what_has_been_put_right_is_marked_by_its_last_version_with_all_before(
    tell, mark, patient, caregiver, now
):
    checkin = due(patient, now - timedelta(hours=2))
    wrong = tell(FEVER, now - timedelta(hours=1))
    right = tell(WELL, now - timedelta(minutes=30), corrects=wrong)
    with pytest.raises(told_reports.CountsNoMore):
        mark(wrong)

    mark(right)

    assert not Report.objects.standing().exists()
    assert not Report.objects.newest().exists()
    lines = family_reports.history(by=caregiver, cursor="", now=now).reports
    assert {(line.is_mistake, line.is_put_right) for line in lines} == {(True, False)}
    checkin.refresh_from_db()
    assert (checkin.state, checkin.report) == ("planned", None)


def test_a_disagreement_with_it_is_settled_for_the_other(tell, mark, patient, nurse, now):
    own = cases.report_by_family(patient, FEVER, now - timedelta(minutes=40))
    other = factories.CareTeamMemberFactory(patient=patient)
    form = told_reports.open_form(patient_id=patient.pk, by=nurse, now=now, answers=WELL)
    entry = told_reports.ToldEntry(
        uuid4(), form.version, tellers.Teller(other.pk), now, WELL, tuple(q.key for q in form.questions)
    )
    report = told_reports.enter(patient_id=patient.pk, by=nurse, entry=entry, now=now).report
    scoring.score(report_id=report.pk, now=now)
    (pair,) = household.disagreements_of(escalation=Escalation.objects.get())
    assert not pair.is_settled

    mark(report)

    (pair,) = household.disagreements_of(escalation=Escalation.objects.get())
    assert (pair.is_settled, pair.confirmed) == (True, own.pk)


def test_scored_only_afterwards_it_pages_but_asks_for_nothing_more(patient, member, nurse, mark, now):
    """A person is on the way to it by then; a page that turns out needless is closed by one."""
    answers = {**FEVER, "antipyretic_6h": True}
    form = told_reports.open_form(patient_id=patient.pk, by=nurse, now=now, answers=answers)
    entry = told_reports.ToldEntry(
        uuid4(), form.version, tellers.Teller(member.pk), now, answers, tuple(q.key for q in form.questions)
    )
    report = told_reports.enter(patient_id=patient.pk, by=nurse, entry=entry, now=now).report
    mark(report)

    scoring.score(report_id=report.pk, now=now)

    assert Escalation.objects.get().level == "urgent"
    assert not Checkin.objects.filter(recheck_of=report).exists()


def test_only_told_reports_and_only_by_who_may(tell, mark, patient, caregiver, other_nurse, now):
    own = cases.report_by_family(patient, WELL, now - timedelta(hours=1))
    report = tell(WELL, now - timedelta(minutes=30))
    lead = factories.StaffFactory(clinic=patient.clinic, role="administrator").user
    physician = factories.StaffFactory(clinic=patient.clinic, role="physician").user

    for subject, by, refused in (
        (own, physician, NotVisible),
        (report, other_nurse, NotVisible),
        (report, caregiver, NotAllowed),
        (report, lead, NotAllowed),
    ):
        with pytest.raises(refused):
            mark(subject, by=by)
    for reason in ("", "  ", "x" * 201):
        with pytest.raises(told_reports.ReasonNeeded):
            mark(report, by=physician, reason=reason)
    assert not ReportMistake.objects.exists()

    mark(report, by=physician)
    assert ReportMistake.objects.get().by == physician


def test_checkins_are_planned_on_from_there(tell, mark, patient, now):
    """The engine goes on as if the report had never been."""
    report = tell(WELL, now - timedelta(minutes=30))
    mark(report)
    plan.plan_patient(patient=patient, now=now)
    assert patient.checkins.filter(state="planned", due_at__gt=now).exists()


def test_programs_are_told(tell, mark, nurse, now):
    report = tell(WELL, now - timedelta(minutes=30))
    client = Client()
    client.force_login(nurse)
    address = f"/api/v1/reports/{report.pk}/"
    assert client.get(address).json()["entered_in_error"] is False

    mark(report)

    assert client.get(address).json()["entered_in_error"] is True
