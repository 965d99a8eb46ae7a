from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import translation

from clinic.models import AuditEvent, Checkin, Reminder, Report
from clinic.rules.core.enums import Level
from clinic.rules.protocols.scoring.assessment import Travel
from clinic.services.protocols import versions
from clinic.services.reports import intake
from notifications.models import Message
from tests import factories


def test_submit_stores_report_and_audit_row(submit, patient, caregiver, now):
    report = submit(answers={"temp_value": "38,6", "temp_unit": "C"}).report

    stored = Report.objects.get(pk=report.pk)
    assert (stored.patient, stored.author, stored.state) == (patient, caregiver, "received")
    assert stored.answers == {"temp_value": "38,6", "temp_unit": "C"}
    audit = AuditEvent.objects.get(action="report.submitted")
    assert (audit.actor_id, audit.patient_id, audit.subject_id) == (caregiver.pk, patient.pk, str(report.pk))
    assert audit.detail == {"protocol_version": 1, "late": False, "drill": False}


def test_submit_same_report_again_is_replayed_and_stored_once(submit, now):
    report_id = uuid4()

    first = submit(report_id=report_id)
    second = submit(report_id=report_id, observed_at=now, now=now + timedelta(minutes=5))

    assert (first.replayed, second.replayed) == (False, True)
    assert second.report.received_at == first.report.received_at
    assert Report.objects.count() == 1
    assert AuditEvent.objects.filter(action="report.submitted").count() == 1


def test_submit_other_answers_under_same_id_is_a_conflict(submit):
    report_id = uuid4()
    submit(report_id=report_id)

    with pytest.raises(intake.ReportConflict):
        submit(report_id=report_id, answers={"temp_value": "39.9", "temp_unit": "C"})

    assert Report.objects.get().answers == {"temp_value": "36.8", "temp_unit": "C"}


def test_submit_same_id_by_another_person_is_a_conflict(submit, patient):
    report_id = uuid4()
    submit(report_id=report_id)
    second = factories.CareTeamMemberFactory(patient=patient).user

    with pytest.raises(intake.ReportConflict):
        submit(report_id=report_id, by=second)


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"blood_type": "A"}, ("blood_type", "unknown_question")),
        ({"chills": "a lot"}, ("chills", "wrong_type")),
    ],
    ids=["unknown question", "not an answer"],
)
def test_submit_refuses_what_cannot_be_an_answer_and_stores_nothing(submit, answers, problem):
    with pytest.raises(intake.InvalidAnswers) as refused:
        submit(answers=answers)

    assert [(p.key, p.code) for p in refused.value.problems] == [problem]
    assert Report.objects.count() == 0


def test_submit_stores_a_reading_that_makes_no_sense(submit):
    report = submit(answers={"temp_value": "400", "temp_unit": "C"}).report

    assert Report.objects.get(pk=report.pk).answers["temp_value"] == "400"


def test_submit_notes_a_wrong_clock_and_a_late_report(submit, now):
    report = submit(observed_at=now - timedelta(hours=20), sent_at=now + timedelta(minutes=7)).report

    assert (report.is_late, report.clock_skew_seconds) == (True, 420)


def test_submit_from_a_clock_five_hours_ahead_stores_when_it_was_seen_by_ours(submit, now):
    ahead = timedelta(hours=5)
    facts = {"observed_at": now - timedelta(hours=1) + ahead, "sent_at": now + ahead, "now": now}

    _first, again = (submit(report_id=UUID(int=7), **facts) for _ in range(2))

    assert again.replayed
    stored = Report.objects.get()
    assert (stored.observed_at, stored.observed_at_said) == (now - timedelta(hours=1), facts["observed_at"])
    assert stored.clock_skew_seconds == 5 * 3600


def test_correction_is_of_the_moment_of_what_it_corrects(submit, now):
    first = submit(observed_at=now - timedelta(hours=3)).report

    fixed = submit(corrects=first, now=now + timedelta(hours=1)).report

    assert fixed.observed_at == first.observed_at


def test_submit_stores_a_reading_in_words_as_it_was_typed(submit):
    report = submit(answers={"pulse": "quite fast"}).report

    assert Report.objects.get(pk=report.pk).answers == {"pulse": "quite fast"}


def test_submit_tolerates_a_clock_that_is_wrong_by_a_century(submit, now):
    report = submit(sent_at=now.replace(year=2126), observed_at=now.replace(year=1926)).report

    assert Report.objects.get(pk=report.pk).clock_skew_seconds == 2_000_000_000


def test_submit_just_before_a_planned_check_in_stops_its_reminders(submit, patient, caregiver, now):
    checkin = Checkin.objects.create(patient=patient, due_at=now + timedelta(minutes=2))
    later = Checkin.objects.create(patient=patient, due_at=now + timedelta(hours=12))
    planned = Reminder.objects.create(checkin=checkin, caregiver=caregiver, due_at=checkin.due_at)
    kept = Reminder.objects.create(checkin=later, caregiver=caregiver, due_at=later.due_at)

    report = submit().report

    for row in (checkin, later, planned, kept):
        row.refresh_from_db()
    assert (checkin.state, checkin.report) == ("done", report)
    assert (later.state, later.report) == ("planned", None)
    assert (planned.state, kept.state) == ("cancelled", "planned")
    assert Message.objects.count() == 0


def test_advise_answers_before_anything_is_stored(patient, now):
    advice = intake.advise_on_answers(patient=patient, answers={"red_flags": ["seizure"]}, now=now)

    assert advice.level is Level.EMERGENCY
    assert [target.kind for target in advice.call] == ["emergency", "line"]
    assert (advice.call[0].phone, advice.call[1].phone) == ("911", "+12015550101")
    assert Report.objects.count() == 0


def test_advise_tells_when_the_clinic_reads_again(submit, now):
    report = submit(answers={"temp_value": "38.6", "temp_unit": "C"}).report

    advice = intake.advise_on_report(report=report, now=now)

    assert advice.level is Level.URGENT
    assert (advice.staffed, advice.next_staffed.isoformat()) == (False, "2026-11-23T13:00:00+00:00")
    assert "{" not in " ".join([advice.title, advice.note, *advice.steps])


def test_advise_speaks_the_readers_language(submit, now):
    report = submit(answers={"temp_value": "38.6", "temp_unit": "C"}).report

    english = intake.advise_on_report(report=report, now=now)
    with translation.override("es"):
        spanish = intake.advise_on_report(report=report, now=now)

    assert english.title != spanish.title
    assert english.level is spanish.level


def test_report_on_an_older_version_is_kept_with_that_version(submit, clinic, nurse, now):
    old = versions.current_version(clinic=clinic)
    factories.ProtocolVersionFactory(protocol=old.protocol, number=2, content_hash="2" * 64)

    report = submit(protocol_version=old).report

    assert Report.objects.get(pk=report.pk).protocol_version == old


def test_submit_keeps_the_report_when_its_check_in_cannot_be_closed(submit, clinic, caplog):
    version = versions.current_version(clinic=clinic)
    clinic.protocols.update(code="other")

    report = submit(protocol_version=version).report

    assert Report.objects.get() == report
    assert "check-ins cannot be closed" in caplog.text


def test_advice_is_filled_in_for_this_family_and_as_the_clinic_is_now(clinic, now):
    """Nothing of the family before, of another language, or of the clinic's old numbers stays in it."""
    protocol = versions.rules_of(versions.current_version(clinic=clinic))

    def told(nearest: str, language: str = "en") -> str:
        with translation.override(language):
            advice = intake.advice_at(
                clinic=clinic,
                protocol=protocol,
                level=Level.URGENT,
                day=9,
                travel=Travel(minutes_to_centre=None, no_transport=False),
                nearest_emergency=nearest,
                now=now,
            )
        return " ".join(advice.steps)

    assert "Go now to St. Anne Hospital." in told("St. Anne Hospital")
    assert "Go now to the nearest emergency room." in told("")
    assert "Vaya ya a la sala de emergencias más cercana." in told("", "es")
    clinic.line_phone = "+12025550188"
    assert "(202) 555-0188" in told("")


@pytest.mark.django_db(transaction=True)
def test_twenty_equal_submissions_at_once_leave_one_report(submit, clinic):
    report_id, barrier, results = uuid4(), Barrier(20), []

    def send() -> None:
        barrier.wait()
        try:
            results.append(submit(report_id=report_id).replayed)
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [False] + [True] * 19
    assert Report.objects.count() == 1
    assert AuditEvent.objects.filter(action="report.submitted").count() == 1
