"""A report by telephone: stored once, scored, answers what a report of the family's own answers."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Checkin, Escalation, Report, ToldReport
from clinic.queries.checkins import contact_order
from clinic.services.escalations import scoring
from clinic.services.reports import intake, tellers, told_reports
from tests import factories


@pytest.fixture
def member(patient, caregiver):
    return patient.care_team.get()


@pytest.fixture
def entry(patient, member, nurse, now):
    """A form as the console posts it, every question shown; any part can be given."""

    def make(**changes):
        answers = changes.pop("answers", {"temp_value": "36.8", "temp_unit": "C"})
        form = told_reports.open_form(patient_id=patient.pk, by=nurse, now=now, answers=answers)
        facts = {
            "report_id": uuid4(),
            "version": form.version,
            "teller": tellers.Teller(member.pk),
            "seen_at": now,
            "answers": answers,
            "shown": tuple(question.key for question in form.questions),
        }
        return told_reports.ToldEntry(**{**facts, **changes})

    return make


@pytest.fixture
def enter(patient, nurse, now):
    def make(entry, *, by=nurse, at=now):
        return told_reports.enter(patient_id=patient.pk, by=by, entry=entry, now=at)

    return make


def test_it_is_the_nurses_report_and_says_who_told_it(enter, entry, member, nurse, now):
    report = enter(entry(seen_at=now - timedelta(minutes=20))).report

    assert (report.author, report.observed_at) == (nurse, now - timedelta(minutes=20))
    assert (report.told.member, report.told.who, report.told.relation) == (
        member,
        "Carla Caregiver",
        "daughter",
    )
    audited = AuditEvent.objects.filter(subject_id=str(report.pk)).values_list("action", flat=True)
    assert sorted(audited) == ["report.submitted", "report.told"]


def test_the_same_form_twice_is_one_report(enter, entry, now):
    form = entry()

    first, second = enter(form), enter(form, at=now + timedelta(seconds=2))

    assert (first.replayed, second.replayed) == (False, True)
    assert Report.objects.count() == ToldReport.objects.count() == 1
    assert AuditEvent.objects.filter(action="report.told").count() == 1


def test_other_answers_on_a_used_form_are_refused(enter, entry):
    form = entry()
    enter(form)

    with pytest.raises(intake.ReportConflict):
        enter(entry(report_id=form.report_id, answers={"temp_value": "37.2", "temp_unit": "C"}))


def test_it_escalates_and_answers_check_ins_like_the_familys_own(enter, entry, patient, member, now):
    due = Checkin.objects.create(patient=patient, due_at=now - timedelta(hours=1))
    first = factories.ReportFactory(patient=patient, author=member.user, received_at=now - timedelta(hours=2))
    again = Checkin.objects.create(
        patient=patient, kind="recheck", recheck_of=first, due_at=now - timedelta(minutes=30)
    )

    report = enter(entry(answers={"temp_value": "38.6", "temp_unit": "C"})).report
    scoring.score(report_id=report.pk, now=now)

    for checkin in (due, again):
        checkin.refresh_from_db()
        assert (checkin.state, checkin.report) == ("done", report)
    assert Escalation.objects.get(patient=patient).level == "urgent"


def test_it_is_no_disagreement_with_the_person_who_told_it(enter, entry, patient, member, now):
    own = factories.ReportFactory(patient=patient, author=member.user, received_at=now - timedelta(minutes=5))
    scoring.score(report_id=own.pk, now=now)
    told = enter(entry(answers={"temp_value": "38.6", "temp_unit": "C"})).report
    scoring.score(report_id=told.pk, now=now)
    assert not Escalation.objects.get().disagreements.exists()

    other = entry(teller=tellers.Teller(None, "Ned Neighbor", "neighbor"))
    scoring.score(report_id=enter(other).report.pk, now=now)

    # With both of the caregiver's, of which one is at another level.
    assert Escalation.objects.get().disagreements.count() == 1


def test_who_told_the_last_report_is_texted_first(enter, entry, patient, now):
    second = factories.CareTeamMemberFactory(patient=patient)
    assert contact_order.of_patient(patient=patient, at=now)[0] != second.user

    enter(entry(teller=tellers.Teller(second.pk)))

    assert contact_order.of_patient(patient=patient, at=now)[0] == second.user


def test_an_emergency_is_stored_before_anything_else_is_asked(enter, entry):
    form = entry(
        answers={"red_flags": ["cannot_wake"], "temp_value": "400", "temp_unit": "C"}, shown=("red_flags",)
    )

    report = enter(form).report

    assert report.answers["red_flags"] == ["cannot_wake"]
    assert scoring.score(report_id=report.pk, now=report.received_at).level == "emergency"


def test_a_number_that_cannot_be_meant_is_asked_again_or_left_out(enter, entry):
    answers = {"temp_value": "400", "temp_unit": "C", "chills": 0}
    with pytest.raises(told_reports.ReadingsRefused) as refused:
        enter(entry(answers=answers))
    assert [one.key for one in refused.value.problems] == ["temp"]
    assert not Report.objects.exists()

    report = enter(entry(answers=answers, left_out=("temp",))).report

    assert report.answers == {"chills": 0}


def test_an_unlikely_number_is_confirmed_once(enter, entry):
    answers = {"temp_value": "98.6", "temp_unit": "C"}
    with pytest.raises(told_reports.ReadingsRefused) as asked:
        enter(entry(answers=answers))

    assert asked.value.problems
    assert not Report.objects.exists()


def test_a_question_that_was_not_on_the_form_is_asked_first(enter, entry):
    with pytest.raises(told_reports.MoreToAsk):
        enter(entry(shown=("temp",)))

    assert not Report.objects.exists()


def test_nothing_else_answers_what_is_left_open(enter, entry):
    with pytest.raises(told_reports.NothingTold):
        enter(entry(answers={}))

    report = enter(entry(answers={}, nothing_else=True)).report

    assert report.answers["chills"] == 0


def test_what_is_to_come_is_not_seen_yet(enter, entry, now):
    with pytest.raises(told_reports.SeenAhead):
        enter(entry(seen_at=now + timedelta(minutes=5)))


def test_nobody_named_is_refused(enter, entry, other_clinic):
    theirs = factories.CareTeamMemberFactory(patient__clinic=other_clinic)
    for teller in (tellers.Teller(None, "  "), tellers.Teller(theirs.pk)):
        with pytest.raises(tellers.NobodyNamed):
            enter(entry(teller=teller))


def test_only_who_answers_alerts_here_enters_one(enter, entry, clinic, other_nurse, caregiver):
    lead = factories.StaffFactory(clinic=clinic, role="administrator").user
    with pytest.raises(NotVisible):
        enter(entry(), by=other_nurse)
    for person in (lead, caregiver):
        with pytest.raises(NotAllowed):
            enter(entry(), by=person)
