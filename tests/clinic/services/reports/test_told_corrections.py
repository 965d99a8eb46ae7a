"""A report by telephone that was typed wrongly is put right: both stay, and the new one counts."""

from datetime import timedelta
from uuid import uuid4

import pytest

from caregiver.queries.household import reports as family_reports
from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Checkin, Escalation, Report, ReportMistake
from clinic.queries.protocols.patient_context import seen_before
from clinic.queries.reports import listing
from clinic.services.escalations import scoring
from clinic.services.reports import intake, tellers, told_reports
from tests import cases, factories

TYPED = {"temp_value": "39.6", "temp_unit": "C"}
MEANT = {"temp_value": "36.9", "temp_unit": "C"}


@pytest.fixture
def member(patient, caregiver):
    return patient.care_team.get()


@pytest.fixture
def entry(patient, member, nurse, now):
    def make(answers, **changes):
        form = told_reports.open_form(patient_id=patient.pk, by=nurse, now=now, answers=answers)
        facts = {
            "report_id": uuid4(),
            "version": form.version,
            "teller": tellers.Teller(member.pk),
            "seen_at": now - timedelta(minutes=20),
            "answers": answers,
            "shown": tuple(question.key for question in form.questions),
        }
        return told_reports.ToldEntry(**{**facts, **changes})

    return make


@pytest.fixture
def wrong(patient, nurse, entry, now):
    report = told_reports.enter(patient_id=patient.pk, by=nurse, entry=entry(TYPED), now=now).report
    scoring.score(report_id=report.pk, now=now)
    return report


@pytest.fixture
def correct(patient, nurse, wrong, now):
    def make(entry, *, by=nurse, report=wrong, reason="Typed 39.6 for 36.9", at=now + timedelta(minutes=5)):
        stored = told_reports.correct(
            patient_id=patient.pk, report_id=report.pk, by=by, entry=entry, reason=reason, now=at
        )
        scoring.score(report_id=stored.report.pk, now=at)
        return stored

    return make


def test_the_wrong_one_stays_with_its_reason_and_the_right_one_takes_its_place(
    correct, entry, wrong, patient, nurse, now
):
    right = correct(entry(MEANT, seen_at=now)).report

    assert (right.corrects, right.observed_at, right.told.who) == (wrong, wrong.observed_at, wrong.told.who)
    wrong.refresh_from_db()
    assert (wrong.answers, wrong.assessment.level) == (TYPED, "urgent")
    mistake = ReportMistake.objects.get()
    assert (mistake.report, mistake.by, mistake.reason) == (wrong, nurse, "Typed 39.6 for 36.9")
    assert not mistake.of_another_person
    row = AuditEvent.objects.get(action="report.entered_in_error")
    assert (row.subject_id, row.detail) == (str(wrong.pk), {"corrected_by": str(right.pk)})


def test_what_counts_follows_and_the_alert_becomes_no_lower(correct, entry, wrong, patient, caregiver, now):
    before = Escalation.objects.get()

    right = correct(entry(MEANT)).report

    after = Escalation.objects.get()
    assert (after.level, after.state) == (before.level, "open")
    (counted,) = listing.since(patients=[patient], moment=now - timedelta(days=1), at_most=9)[patient.pk]
    assert (counted, counted.assessment.level) == (right, "none")
    later = now + timedelta(hours=1)
    assert [one.answers for one in seen_before(patient, observed_at=later, known_at=later, at_most=9)] == [
        right.answers
    ]
    newest, oldest = listing.newest(patient=patient, language="en", size=None)
    assert (newest.corrects_at, newest.may_be_put_right) == (wrong.observed_at, True)
    assert (oldest.is_mistake, oldest.may_be_put_right) == (True, False)
    family = {one.id: one for one in family_reports.history(by=caregiver, cursor="", now=later).reports}
    assert (family[wrong.pk].is_mistake, family[wrong.pk].is_put_right) == (True, True)
    assert (family[right.pk].is_mistake, family[right.pk].is_told) == (False, True)


def test_a_wrong_one_that_was_too_low_opens_an_alert(patient, nurse, entry, correct, now):
    low = told_reports.enter(patient_id=patient.pk, by=nurse, entry=entry(MEANT), now=now).report
    scoring.score(report_id=low.pk, now=now)
    Escalation.objects.update(state="resolved", resolved_at=now, resolved_by=nurse, outcome="mistaken_entry")

    correct(entry(TYPED), report=low)

    assert Escalation.objects.exclude(state="resolved").get().level == "urgent"


def test_what_it_answered_stays_answered(patient, entry, correct, wrong, now):
    checkin = Checkin.objects.create(
        patient=patient, due_at=now - timedelta(hours=1), state="done", report=wrong
    )

    correct(entry(MEANT))

    checkin.refresh_from_db()
    assert (checkin.state, checkin.report) == ("done", wrong)


def test_the_same_form_twice_is_one_correction(correct, entry, now):
    form = entry(MEANT)

    first, second = correct(form), correct(form, at=now + timedelta(minutes=6))

    assert (first.report, second.replayed) == (second.report, True)
    assert (Report.objects.count(), ReportMistake.objects.count()) == (2, 1)
    assert AuditEvent.objects.filter(action="report.entered_in_error").count() == 1


def test_a_colleague_comes_too_late(correct, entry, patient, now):
    correct(entry(MEANT))
    physician = factories.StaffFactory(clinic=patient.clinic, role="physician").user

    with pytest.raises(told_reports.CountsNoMore):
        correct(entry({"temp_value": "37.2", "temp_unit": "C"}), by=physician)

    assert (Report.objects.count(), ReportMistake.objects.count()) == (2, 1)


def test_the_right_one_can_be_put_right_again(correct, entry):
    right = correct(entry(MEANT)).report

    last = correct(entry({"temp_value": "37.0", "temp_unit": "C"}), report=right).report

    assert list(Report.objects.newest()) == [last]
    assert ReportMistake.objects.count() == 2


def test_only_told_reports_only_of_this_patient_and_only_by_who_may(
    correct, entry, wrong, patient, caregiver, other_nurse, now
):
    own = cases.report_by_family(patient, MEANT, now - timedelta(hours=1))
    lead = factories.StaffFactory(clinic=patient.clinic, role="administrator").user
    for subject, by, refused in (
        (own, wrong.author, NotVisible),
        (wrong, other_nurse, NotVisible),
        (wrong, caregiver, NotAllowed),
        (wrong, lead, NotAllowed),
    ):
        with pytest.raises(refused):
            correct(entry(MEANT), report=subject, by=by)
    for reason in ("", " ", "x" * 201):
        with pytest.raises(told_reports.ReasonNeeded):
            correct(entry(MEANT), reason=reason)
    other = factories.PatientFactory(clinic=patient.clinic)
    with pytest.raises(NotVisible):
        told_reports.open_wrong(patient_id=other.pk, report_id=wrong.pk, by=wrong.author)
    assert not ReportMistake.objects.exists()


def test_nothing_is_stored_while_something_is_to_be_asked(correct, entry):
    with pytest.raises(told_reports.ReadingsRefused):
        correct(entry({"temp_value": "369", "temp_unit": "C"}))

    assert (Report.objects.count(), ReportMistake.objects.exists()) == (1, False)


def test_a_used_form_of_another_report_is_refused(correct, entry, wrong):
    with pytest.raises(intake.ReportConflict):
        correct(entry(MEANT, report_id=wrong.pk))
    assert not ReportMistake.objects.exists()


def test_form_that_was_never_stored_is_no_repeat(correct, wrong):
    assert not told_reports.is_stored_correction(wrong.pk, str(uuid4()))
    assert not told_reports.is_stored_correction(wrong.pk, "no form of ours")
