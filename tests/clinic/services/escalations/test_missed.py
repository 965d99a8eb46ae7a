from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.models import Checkin, Escalation, EscalationEvent, Page, Patient, Report
from clinic.queries.checkins import silences
from clinic.services.checkins import plan
from clinic.services.escalations import lifecycle, missed, scoring
from clinic.services.patients import enrolment
from clinic.services.reports import intake
from clinic.tasks import tick
from tests import factories
from tests.examples import examples

MORNING = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)  # 08:00 in New York
EVENING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 20:00 in New York


def hours(count):
    return timedelta(hours=count)


def level_at(patient, at):
    """What there is once the engine has looked at this moment."""
    missed.escalate_due(now=at)
    found = Escalation.objects.filter(patient=patient).exclude(state="resolved").first()
    return found.level if found else None


def planned(patient, *days, clock=13):
    """Check-ins of these days at 08:00 in New York."""
    return [
        Checkin.objects.create(
            patient=patient,
            due_at=datetime.combine(patient.infusion_date + timedelta(days=day), datetime.min.time(), UTC)
            + hours(clock),
        )
        for day in days
    ]


@pytest.mark.parametrize(
    ("day", "tier", "steps"),
    [
        (4, "standard", [(12, "same_day"), (24, "urgent")]),
        (14, "standard", [(12, "same_day"), (24, "urgent")]),
        (4, "high", [(8, "same_day"), (16, "urgent")]),
        (15, "standard", [(30, "same_day"), (48, "urgent")]),
        (30, "high", [(20, "same_day"), (32, "urgent")]),
        (31, "standard", [(7 * 24, "same_day")]),
        (101, "high", [(14 * 24, "same_day")]),
        (366, "standard", [(45 * 24, "watch")]),
    ],
)
def test_timers_of_every_phase_count_from_the_check_in_that_was_missed(clinic, day, tier, steps):
    patient = factories.PatientFactory(clinic=clinic, tier=tier, infusion_date=date(2025, 9, 1))
    [checkin] = planned(patient, day)

    before = None
    for after, level in steps:
        assert level_at(patient, checkin.due_at + hours(after) - timedelta(seconds=1)) == before
        assert level_at(patient, checkin.due_at + hours(after)) == level
        before = level
    # The last step is the last one, however long it stays silent.
    assert level_at(patient, checkin.due_at + timedelta(days=90)) == before
    assert EscalationEvent.objects.filter(cause="missed_checkin").count() == len(steps)


def test_urgent_silence_pages_and_says_why(clinic, patient):
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic), position=0)
    [checkin] = planned(patient, 4)

    missed.escalate_due(now=checkin.due_at + hours(24))

    event = EscalationEvent.objects.get(kind="opened")
    assert (event.cause, event.level) == ("missed_checkin", "urgent")
    assert [event.words(language) for language in ("en", "es")] == [
        "No report for 24 hours (24 or more)",
        "Sin reporte desde hace 24 horas (24 o más)",
    ]
    assert Page.objects.get().state == "due"


def test_report_at_any_moment_ends_the_silence(submit, patient, caregiver, now):
    plan.plan_all(now=now)

    submit(now=MORNING + hours(11.9))

    assert level_at(patient, MORNING + hours(36) - timedelta(seconds=1)) is None
    assert level_at(patient, MORNING + hours(36)) == "same_day"


def test_silence_that_began_in_one_phase_is_measured_by_it(clinic):
    """The last evening of the first phase; next morning the slower timers begin."""
    patient = factories.PatientFactory(clinic=clinic, infusion_date=date(2026, 11, 8))
    [checkin] = planned(patient, 14, clock=25)

    assert level_at(patient, checkin.due_at + hours(12)) == "same_day"


def test_oldest_unanswered_check_in_is_what_counts(patient):
    first, _ = planned(patient, 4, 5)

    assert level_at(patient, first.due_at + hours(24)) == "urgent"


@pytest.mark.parametrize("status", ["preparing", "paused", "ended"])
def test_who_is_not_monitored_never_alarms(patient, status):
    [checkin] = planned(patient, 4)
    patient.status = status
    patient.paused_until = checkin.due_at + timedelta(days=90)
    patient.save(update_fields=["status", "paused_until"])

    assert level_at(patient, checkin.due_at + timedelta(days=30)) is None


def test_end_of_a_pause_starts_the_clock_anew(patient, nurse, caregiver, now):
    plan.plan_all(now=now)
    enrolment.pause_monitoring(
        patient_id=patient.pk,
        by=nurse,
        until=MORNING + hours(30),
        reason="in hospital",
        now=MORNING + hours(1),
    )
    enrolment.end_pauses(now=MORNING + hours(30))
    plan.plan_all(now=MORNING + hours(30))

    # 08:00 and 20:00 of the first day were before and inside the pause; the next one is at 20:00.
    first = MORNING + hours(36)
    assert level_at(patient, first + hours(12) - timedelta(seconds=1)) is None
    assert level_at(patient, first + hours(12)) == "same_day"


def test_pause_takes_back_what_was_planned_and_nobody_is_reminded(patient, nurse, caregiver, now):
    plan.plan_all(now=now)

    enrolment.pause_monitoring(
        patient_id=patient.pk, by=nurse, until=MORNING + hours(30), reason="x", now=now
    )

    assert set(patient.checkins.values_list("state", flat=True)) == {"dropped"}
    tick()
    assert not patient.checkins.filter(reminders__state="queued").exists()


def test_staff_who_closed_a_silence_hear_of_the_next_missed_check_in_not_of_the_same(patient, nurse):
    first, second = planned(patient, 4, 5)
    escalation_of = Escalation.objects.filter(patient=patient)
    assert level_at(patient, first.due_at + hours(12)) == "same_day"
    close(escalation_of.get(), nurse, first.due_at + hours(13))

    assert level_at(patient, first.due_at + hours(30)) is None
    assert level_at(patient, second.due_at + hours(12)) == "same_day"


def close(escalation, nurse, at):
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=at)
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="advice_given", note="", now=at)


MASKED = {"temp_value": "37.6", "temp_unit": "C", "antipyretic_6h": True}


def minutes(count):
    return timedelta(minutes=count)


@pytest.fixture
def owed(submit, now):
    """A second reading that a watch-level report asks for, late after the infusion; nothing is open yet."""
    report = submit(answers=MASKED).report
    Patient.objects.update(infusion_date=date(2026, 1, 1))
    scoring.score(report_id=report.pk, now=now)
    assert not Escalation.objects.filter(level__in=["same_day", "urgent"]).exists()
    return Checkin.objects.get(recheck_of=report)


def test_second_reading_that_does_not_come_has_short_timers_of_its_own(patient, owed):
    assert owed.due_at == owed.recheck_of.observed_at + hours(1)
    assert level_at(patient, owed.due_at + minutes(60) - timedelta(seconds=1)) in (None, "watch")
    assert level_at(patient, owed.due_at + minutes(60)) == "same_day"
    assert level_at(patient, owed.due_at + minutes(120) - timedelta(seconds=1)) == "same_day"
    assert level_at(patient, owed.due_at + minutes(120)) == "urgent"
    assert level_at(patient, owed.due_at + hours(30)) == "urgent"
    events = EscalationEvent.objects.filter(cause="missed_checkin").order_by("at")
    assert [event.words("en") for event in events] == [
        "No second reading 60 minutes after it was due (60 or more)",
        "No second reading 120 minutes after it was due (120 or more)",
    ]


def test_second_reading_that_does_not_come_pages_once(clinic, patient, owed):
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic), position=0)

    for after in (120, 121, 400):
        missed.escalate_due(now=owed.due_at + minutes(after))

    assert Page.objects.get().state == "due"


def test_second_reading_that_came_in_between_alarms_nobody(patient, submit, owed):
    submit(now=owed.due_at + minutes(59))

    assert level_at(patient, owed.due_at + hours(3)) in (None, "watch")


def test_second_reading_is_owed_no_more_where_staff_have_closed_the_alert(patient, nurse, submit, now):
    report = submit(answers=MASKED).report
    scoring.score(report_id=report.pk, now=now)
    escalation = Escalation.objects.get()
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now + minutes(5))
    facts = {"escalation_id": escalation.pk, "by": nurse, "now": now + minutes(20)}
    lifecycle.resolve(**facts, outcome="advice_given", note="Called, resting.")

    assert level_at(patient, now + hours(5)) is None


@pytest.mark.parametrize("status", ["preparing", "paused", "ended"])
def test_second_reading_of_who_is_not_monitored_never_alarms(patient, owed, status):
    patient.refresh_from_db()
    patient.status, patient.paused_until = status, owed.due_at + timedelta(days=90)
    patient.save(update_fields=["status", "paused_until"])

    assert level_at(patient, owed.due_at + hours(5)) in (None, "watch")


def test_second_reading_from_before_a_pause_is_not_owed_after_it(patient, owed):
    Patient.objects.update(monitored_since=owed.due_at + minutes(10))

    assert level_at(patient, owed.due_at + hours(5)) in (None, "watch")


def test_correction_that_gives_no_reason_takes_the_second_reading_back(patient, submit, owed):
    report = owed.recheck_of
    at = report.received_at + minutes(5)
    fixed = submit(answers={"temp_value": "36.6", "temp_unit": "C"}, corrects=report, now=at).report

    scoring.score(report_id=fixed.pk, now=at)

    owed.refresh_from_db()
    assert owed.state == "dropped"
    assert level_at(patient, owed.due_at + hours(5)) in (None, "watch")


def test_silence_of_check_ins_does_not_begin_with_a_second_reading(patient, submit, owed, nurse):
    """Its own timers have spoken; the hours of the phase count from planned check-ins."""
    [checkin] = planned(patient, 4)

    assert not silences.unanswered(checkin.due_at + hours(12)).filter(kind="recheck").exists()


def test_drill_does_not_end_a_silence(submit, patient, caregiver, now):
    plan.plan_all(now=now)

    submit(now=MORNING + hours(1), is_drill=True)

    assert level_at(patient, MORNING + hours(12)) == "same_day"


def test_clinic_without_a_protocol_holds_up_no_other(patient):
    planned(factories.PatientFactory(clinic=factories.ClinicFactory(protocol=False)), 4)
    [checkin] = planned(patient, 4)

    assert level_at(patient, checkin.due_at + hours(12)) == "same_day"


def test_looking_costs_the_same_for_three_patients_as_for_one(clinic, django_assert_num_queries):
    def silent(count):
        for _ in range(count):
            planned(factories.PatientFactory(clinic=clinic), 4)

    silent(1)
    at = MORNING - hours(23)
    with django_assert_num_queries(3):
        missed.escalate_due(now=at)
    silent(2)
    with django_assert_num_queries(3):
        missed.escalate_due(now=at)


FEW = settings(
    max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# From 19 to 21 hundred: before the clocks go back, on that day, and after.
infusions = st.dates(date(2026, 10, 22), date(2026, 11, 10))


@FEW
@given(
    infusion=infusions,
    tier=st.sampled_from(["standard", "high"]),
    minutes_late=st.lists(st.integers(-230, 7 * 60 + 59), min_size=8, max_size=8),
)
def test_family_that_answers_each_check_in_in_time_never_alarms(
    clinic, caregiver, patient, infusion, tier, minutes_late
):
    """Up to four hours early or eight late, such as 08:00 and 20:05 every day, over the clock change too."""
    start(patient, infusion, tier)
    begin = datetime.combine(infusion, datetime.min.time(), UTC) + timedelta(days=1, hours=5)
    plan.plan_patient(patient=patient, now=begin)
    due = list(patient.checkins.order_by("due_at").values_list("due_at", flat=True))
    reported = sorted(at + timedelta(minutes=late) for at, late in zip(due, minutes_late, strict=False))

    end = due[-1]
    at = begin
    while at < end:
        for moment in [one for one in reported if at <= one < at + hours(1)]:
            report(patient, caregiver, moment)
        at += hours(1)
        assert level_at(patient, at - timedelta(seconds=1)) is None


@FEW
@given(infusion=infusions, tier=st.sampled_from(["standard", "high"]), answered=st.integers(0, 3))
def test_family_that_falls_silent_alarms_after_the_first_check_in_that_it_missed(
    clinic, caregiver, patient, infusion, tier, answered
):
    start(patient, infusion, tier)
    begin = datetime.combine(infusion, datetime.min.time(), UTC) + timedelta(days=1, hours=5)
    plan.plan_patient(patient=patient, now=begin)
    due = list(patient.checkins.order_by("due_at").values_list("due_at", flat=True))
    for at in due[:answered]:
        report(patient, caregiver, at)
    first, second = (8, 16) if tier == "high" else (12, 24)
    missed = due[answered]

    assert level_at(patient, missed + hours(first) - timedelta(seconds=1)) is None
    assert level_at(patient, missed + hours(first)) == "same_day"
    assert level_at(patient, missed + hours(second)) == "urgent"


def start(patient, infusion, tier):
    """A fresh patient for each example: the database of one test is rolled back only at its end."""
    fresh = factories.PatientFactory(clinic=patient.clinic, infusion_date=infusion, tier=tier)
    patient.pk, patient.infusion_date, patient.tier = fresh.pk, infusion, tier


def report(patient, caregiver, at):
    stored: Report = factories.ReportFactory(patient=patient, author=caregiver, received_at=at)
    plan.complete_answered(report=stored, now=at)


def test_reports_module_and_silence_agree_on_what_a_report_answers(submit, patient, caregiver, now):
    """The same through the service that phones call: the report and the end of the silence are one commit."""
    plan.plan_all(now=now)

    submission: intake.StoredReport = submit(now=MORNING + timedelta(minutes=5))

    assert patient.checkins.get(due_at=MORNING).report == submission.report
