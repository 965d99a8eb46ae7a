from datetime import UTC, date, datetime, timedelta

import pytest

from clinic.models import Checkin, Escalation, EscalationEvent, Reminder
from clinic.services.checkins import plan, reminders
from clinic.services.escalations import missed, scoring
from tests import factories

MORNING = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)  # 08:00 in New York
EVENING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 20:00 in New York


def test_plan_follows_the_phase_twice_daily_for_two_days(patient, caregiver, now):
    plan.plan_all(now=now)

    due = list(patient.checkins.order_by("due_at").values_list("due_at", flat=True))
    assert due == [MORNING, EVENING, MORNING + timedelta(days=1), EVENING + timedelta(days=1)]
    reminders = Reminder.objects.filter(checkin__due_at=MORNING).order_by("due_at")
    assert [(r.caregiver, r.due_at) for r in reminders] == [
        (caregiver, MORNING),
        (caregiver, MORNING + timedelta(hours=1)),
        (caregiver, MORNING + timedelta(hours=3)),
        (caregiver, MORNING + timedelta(hours=4)),
    ]
    assert [r.to_backup for r in reminders] == [False, False, False, True]


def test_plan_again_adds_nothing(patient, caregiver, now):
    plan.plan_all(now=now)
    before = (Checkin.objects.count(), Reminder.objects.count())

    plan.plan_all(now=now)

    assert (Checkin.objects.count(), Reminder.objects.count()) == before


def test_plan_includes_a_caregiver_who_joins_later(patient, caregiver, now):
    plan.plan_all(now=now)
    second = factories.CareTeamMemberFactory(patient=patient).user

    plan.plan_all(now=now)

    assert (
        Reminder.objects.filter(caregiver=second).count()
        == Reminder.objects.filter(caregiver=caregiver).count()
    )


def test_plan_drops_what_no_longer_fits_when_day_zero_moves(patient, caregiver, now):
    plan.plan_all(now=now)
    patient.infusion_date = date(2026, 10, 20)
    patient.save(update_fields=["infusion_date"])

    plan.plan_all(now=now)

    states = set(patient.checkins.values_list("state", flat=True))
    assert "dropped" in states
    dropped = Reminder.objects.filter(checkin__state="dropped").values_list("state", flat=True)
    assert set(dropped) == {"cancelled"}


def test_plan_skips_paused_patients_and_clinics_without_protocol(patient, caregiver, now):
    patient.status, patient.paused_until = "paused", now + timedelta(days=1)
    patient.save(update_fields=["status", "paused_until"])
    factories.PatientFactory(clinic=factories.ClinicFactory(protocol=False))

    plan.plan_all(now=now)

    assert Checkin.objects.count() == 0


def test_eight_in_the_evening_stays_eight_over_the_clock_change(clinic):
    """New York leaves summer time on 1 November 2026."""
    patient = factories.PatientFactory(clinic=clinic, infusion_date=date(2026, 10, 28))
    factories.CareTeamMemberFactory(patient=patient)

    plan.plan_all(now=datetime(2026, 10, 31, 12, 30, tzinfo=UTC))

    assert list(patient.checkins.order_by("due_at").values_list("due_at", flat=True)) == [
        datetime(2026, 11, 1, 0, 0, tzinfo=UTC),
        datetime(2026, 11, 1, 13, 0, tzinfo=UTC),
        datetime(2026, 11, 2, 1, 0, tzinfo=UTC),
    ]


def test_day_moved_there_and_back_plans_the_same_again(patient, caregiver, now):
    plan.plan_all(now=now)
    for day in (date(2026, 10, 20), date(2026, 11, 17)):
        patient.infusion_date = day
        patient.save(update_fields=["infusion_date"])
        plan.plan_all(now=now)

    planned = patient.checkins.filter(state="planned").order_by("due_at")
    assert list(planned.values_list("due_at", flat=True))[:2] == [MORNING, EVENING]
    assert set(Reminder.objects.filter(checkin__due_at=MORNING).values_list("state", flat=True)) == {
        "planned"
    }


def test_plan_leaves_what_is_past_and_what_somebody_was_reminded_of(patient, caregiver, now):
    caregiver.time_zone = "Europe/Madrid"
    caregiver.save(update_fields=["time_zone"])
    plan.plan_all(now=now)
    # 10:00 in Madrid: that reminder has gone out, the check-in itself is due four hours later.
    reminders.queue_due(now=MORNING - timedelta(hours=4))
    patient.infusion_date = date(2026, 10, 20)
    patient.save(update_fields=["infusion_date"])

    plan.plan_all(now=MORNING - timedelta(hours=3))

    assert patient.checkins.get(due_at=MORNING).state == "planned"
    assert patient.checkins.get(due_at=EVENING).state == "dropped"


def test_masked_fever_asks_for_a_second_reading_an_hour_later(submit, patient, now):
    report = submit(answers={"temp_value": "37.6", "temp_unit": "C", "antipyretic_6h": True}).report
    scoring.score(report_id=report.pk, now=now)
    scoring.score(report_id=report.pk, now=now)

    recheck = patient.checkins.get(kind="recheck")
    assert (recheck.due_at, recheck.recheck_of, recheck.state) == (
        now + timedelta(hours=1),
        report,
        "planned",
    )
    assert recheck.reminders.order_by("due_at").first().due_at == recheck.due_at


@pytest.mark.parametrize(
    "answers",
    [
        {"temp_value": "37.4", "temp_unit": "C", "antipyretic_6h": True},
        {"temp_value": "37.6", "temp_unit": "C", "antipyretic_6h": False},
        {"antipyretic_6h": True},
    ],
    ids=["not warm", "no medicine", "not measured"],
)
def test_other_reports_ask_for_no_second_reading(submit, patient, now, answers):
    report = submit(answers=answers).report

    scoring.score(report_id=report.pk, now=now)

    assert not patient.checkins.filter(kind="recheck").exists()


def test_second_reading_is_answered_by_a_later_report_not_by_one_made_at_once(submit, patient, now):
    masked = {"temp_value": "99.7", "temp_unit": "F", "steroid_48h": True}
    report = submit(answers=masked).report
    scoring.score(report_id=report.pk, now=now)

    submit(now=now + timedelta(minutes=10))
    assert patient.checkins.get(kind="recheck").state == "planned"

    submit(now=now + timedelta(minutes=45))
    assert patient.checkins.get(kind="recheck").state == "done"


def test_plan_does_not_drop_a_second_reading(submit, patient, now):
    report = submit(answers={"temp_value": "37.6", "temp_unit": "C", "antipyretic_6h": True}).report
    scoring.score(report_id=report.pk, now=now)

    plan.plan_all(now=now)

    assert patient.checkins.get(kind="recheck").state == "planned"


def test_drill_answers_no_check_in(submit, patient, caregiver, now):
    plan.plan_all(now=now)

    submit(now=MORNING, is_drill=True)

    assert patient.checkins.get(due_at=MORNING).state == "planned"


def test_two_second_readings_at_one_moment_both_stand(submit, patient, now):
    masked = {"temp_value": "37.6", "temp_unit": "C", "antipyretic_6h": True}
    first, second = (submit(answers=masked).report for _ in range(2))

    for report in (first, second):
        assert scoring.score(report_id=report.pk, now=now) is not None

    due = list(patient.checkins.filter(kind="recheck").order_by("due_at").values_list("due_at", flat=True))
    assert due == [now + timedelta(hours=1), now + timedelta(hours=1, seconds=1)]


def test_report_handed_in_late_answers_only_what_was_due_by_its_observation(submit, patient, now):
    """All fine at eight in the evening, handed in at two in the afternoon: the morning is still missed."""
    plan.plan_all(now=now - timedelta(days=1))
    evening = now - timedelta(hours=1)

    submit(observed_at=evening, now=evening + timedelta(hours=18))

    assert patient.checkins.get(due_at=evening).state == "done"
    assert patient.checkins.get(due_at=MORNING).state == "planned"
    missed.escalate_due(now=MORNING + timedelta(hours=12))
    assert Escalation.objects.get().level == "same_day"


MASKED = {"temp_value": "37.6", "temp_unit": "C", "antipyretic_6h": True}


def test_reading_from_before_the_first_one_is_no_second_reading(submit, patient, now):
    first = submit(answers=MASKED).report
    scoring.score(report_id=first.pk, now=now)

    at = now + timedelta(minutes=65)
    submit(observed_at=now - timedelta(hours=8), now=at)

    assert patient.checkins.get(kind="recheck").state == "planned"
    missed.escalate_due(now=now + timedelta(hours=3))
    [event] = EscalationEvent.objects.filter(cause="missed_checkin")
    assert event.words("en") == "No second reading 120 minutes after it was due (120 or more)"


@pytest.mark.parametrize(
    "answers",
    [{"chills": 0, "cough": 1}, {"temp_value": "warm", "temp_unit": "C"}, {"pulse": 80}],
    ids=["left empty", "cannot be read", "something else"],
)
def test_report_without_a_temperature_is_no_second_reading(submit, patient, now, answers):
    first = submit(answers=MASKED).report
    scoring.score(report_id=first.pk, now=now)

    at = now + timedelta(minutes=65)
    without = submit(answers=answers, now=at).report

    recheck = patient.checkins.get(kind="recheck")
    assert recheck.state == "planned"
    missed.escalate_due(now=now + timedelta(hours=2))
    [event] = EscalationEvent.objects.filter(cause="missed_checkin")
    assert (event.level, event.words("en")) == (
        "same_day",
        "No second reading 60 minutes after it was due (60 or more)",
    )

    # Put right with what the thermometer said: that is the reading.
    reading = {**answers, "temp_value": "36.9", "temp_unit": "C"}
    right = submit(answers=reading, now=at + timedelta(hours=1), corrects=without).report
    recheck.refresh_from_db()
    assert (recheck.state, recheck.report) == ("done", right)


def test_report_without_a_temperature_still_answers_its_check_in(submit, patient, now):
    plan.plan_all(now=now)

    submit(answers={"cough": 1}, now=MORNING)

    assert patient.checkins.get(due_at=MORNING).state == "done"


def test_correction_answers_no_check_in(submit, patient, now):
    early = MORNING - timedelta(hours=3)
    report = submit(now=early).report
    plan.plan_all(now=early)

    submit(now=early + timedelta(hours=1), corrects=report)

    assert patient.checkins.get(due_at=MORNING).state == "planned"


def test_first_of_several_that_measured_is_the_second_reading(submit, patient, now):
    """They came in before the first one was scored."""
    first = submit(answers=MASKED).report
    submit(answers={"cough": 1}, now=now + timedelta(minutes=50))
    second = submit(now=now + timedelta(minutes=60)).report

    scoring.score(report_id=first.pk, now=now + timedelta(minutes=61))

    recheck = patient.checkins.get(kind="recheck")
    assert (recheck.state, recheck.report) == ("done", second)


def test_second_reading_that_came_before_the_first_one_was_scored_counts(submit, patient, now):
    first = submit(answers=MASKED).report
    second = submit(now=now + timedelta(minutes=50)).report

    scoring.score(report_id=first.pk, now=now + timedelta(minutes=55))

    recheck = patient.checkins.get(kind="recheck")
    assert (recheck.state, recheck.report) == ("done", second)
    assert not recheck.reminders.exists()


def test_second_reading_that_was_made_before_the_first_one_arrived_counts(submit, patient, now):
    second = submit(observed_at=now - timedelta(hours=1)).report
    first = submit(
        answers=MASKED, observed_at=now - timedelta(hours=8), now=now + timedelta(minutes=1)
    ).report

    scoring.score(report_id=first.pk, now=now + timedelta(minutes=1))

    recheck = patient.checkins.get(kind="recheck")
    assert (recheck.state, recheck.report) == ("done", second)


def test_second_reading_of_a_late_report_is_due_from_its_arrival(submit, patient, now):
    first = submit(answers=MASKED, observed_at=now - timedelta(hours=8)).report
    scoring.score(report_id=first.pk, now=now)
    assert patient.checkins.get(kind="recheck").due_at == now

    # One that was made in between and arrives only now is the second reading too.
    submit(observed_at=now - timedelta(hours=2), now=now + timedelta(minutes=5))

    assert patient.checkins.get(kind="recheck").state == "done"
