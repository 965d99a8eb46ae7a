from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.models import Assessment, Escalation, Page, ProtocolVersion, Report, SystemAlarm
from clinic.queries.protocols.assessments import assess_again
from clinic.queries.protocols.versions import rules_of
from clinic.services.escalations import scoring
from clinic.services.reports import intake
from tests import factories
from tests.examples import examples

FEVER = {"temp_value": "38.6", "temp_unit": "C"}


def unreadable(clinic, received_at):
    """A report on a version whose document cannot be read."""
    broken = factories.ProtocolVersionFactory(
        protocol=ProtocolVersion.objects.get().protocol, number=2, document={}, content_hash="broken"
    )
    return factories.ReportFactory(
        patient=factories.PatientFactory(clinic=clinic), protocol_version=broken, received_at=received_at
    )


def test_score_stores_level_reasons_version_and_inputs(submit, patient, now):
    submit(answers={"temp_value": "37.0", "temp_unit": "C"}, now=now - timedelta(hours=12))
    report = submit(answers={**FEVER, "confusion": 1}).report

    scoring.score(report_id=report.pk, now=now)

    assessment = Assessment.objects.get(report=report)
    assert assessment.level == "emergency"
    assert assessment.reasons[0]["rule"] == "C1_fever_neuro"
    assert set(assessment.reasons[0]["why"]) == {
        "en",
        "es",
        "zh-hans",
        "ar",
        "vi",
    }
    assert assessment.protocol_version == report.protocol_version
    assert assessment.inputs["patient"]["day"] == 4
    assert assessment.inputs["history"] == [
        {"hours_ago": 12.0, "answers": {"temp_value": "37.0", "temp_unit": "C"}}
    ]
    report.refresh_from_db()
    assert (report.state, report.scored_at) == ("scored", now)


def test_score_again_changes_nothing(submit, now):
    report = submit(answers=FEVER).report

    first = scoring.score(report_id=report.pk, now=now)
    second = scoring.score(report_id=report.pk, now=now + timedelta(minutes=1))

    assert first == second
    assert Assessment.objects.count() == 1
    assert Escalation.objects.get().version == 1
    assert Page.objects.count() == 1


def test_score_of_no_report_is_none(clinic, now):
    assert scoring.score(report_id=clinic.pk, now=now) is None


def test_score_counts_the_day_where_the_patient_is(submit, patient, now):
    """At 02:00 UTC it is still the evening before in New York."""
    report = submit(answers=FEVER).report

    assert scoring.score(report_id=report.pk, now=now).inputs["patient"]["day"] == 4


def test_score_masks_fever_while_staff_say_so(submit, patient, now):
    patient.masked_until = now.date()
    patient.save(update_fields=["masked_until"])
    report = submit(answers={"temp_value": "37.6", "temp_unit": "C"}).report

    assert scoring.score(report_id=report.pk, now=now).level == "urgent"


def test_finish_stuck_scores_what_no_task_has_scored_but_leaves_fresh_ones(submit, now):
    stuck = submit(answers=FEVER).report
    fresh = submit(answers=FEVER, now=now + timedelta(seconds=8)).report

    finished = scoring.score_stuck_reports(now=now + timedelta(seconds=10))

    assert finished == 1
    assert list(Report.objects.order_by("received_at").values_list("pk", "state")) == [
        (stuck.pk, "scored"),
        (fresh.pk, "received"),
    ]


def test_finish_stuck_takes_what_the_phone_calls_an_emergency_before_older_ones(submit, now):
    quiet = [submit(answers=FEVER).report for _number in range(3)]
    pressing = submit(answers=FEVER, now=now + timedelta(seconds=2), level_on_phone="emergency").report

    later = now + timedelta(seconds=10)
    assert scoring.score_stuck_reports(now=later, at_most=1) == 1
    assert Report.objects.get(state="scored") == pressing
    assert scoring.score_stuck_reports(now=later, at_most=2) == 2
    assert list(Report.objects.filter(state="received")) == [quiet[-1]]


def test_finish_stuck_goes_on_past_a_report_that_cannot_be_scored(submit, clinic, now):
    """Its report raises an alarm, the next one is scored."""
    good = submit(answers=FEVER).report
    poison = unreadable(clinic, received_at=now)

    finished = scoring.score_stuck_reports(now=now + timedelta(seconds=121))

    good.refresh_from_db()
    assert (finished, good.state) == (1, "scored")
    alarm = SystemAlarm.objects.get(cleared_at__isnull=True)
    assert (alarm.kind, alarm.subject, alarm.clinic) == ("unscored", str(poison.pk), clinic)


def test_reports_that_wait_are_scored_with_the_one_that_is_asked_for(submit, clinic, now):
    others = [submit(answers=FEVER).report for _number in range(2)]
    asked_for = submit(answers=FEVER).report
    days_old = factories.ReportFactory(
        patient=factories.PatientFactory(clinic=clinic), received_at=now - scoring.ALARM_AFTER
    )

    scoring.score_with_waiting(report_id=asked_for.pk, now=now)
    scoring.score_with_waiting(report_id=asked_for.pk, now=now)

    assert set(Report.objects.filter(state="scored")) == {*others, asked_for}
    assert list(Report.objects.filter(state="received")) == [days_old]
    assert Escalation.objects.get().events.filter(report__isnull=False).count() == 3


def test_report_that_cannot_be_scored_holds_up_none_of_those_that_wait(submit, clinic, now):
    good = [submit(answers=FEVER).report for _number in range(2)]
    poison = unreadable(clinic, received_at=now - timedelta(seconds=1))

    scoring.score_with_waiting(report_id=good[0].pk, now=now)

    assert set(Report.objects.filter(state="scored")) == set(good)
    assert list(Report.objects.filter(state="received")) == [poison]


def test_more_than_one_task_should_hold_wake_the_next(clinic, now, django_capture_on_commit_callbacks):
    first, *_others = (
        factories.ReportFactory(
            patient=factories.PatientFactory(clinic=clinic),
            received_at=now + timedelta(milliseconds=number),
        )
        for number in range(scoring.AT_ONCE + 1)
    )

    with django_capture_on_commit_callbacks() as woken:
        scoring.score_with_waiting(report_id=first.pk, now=now + timedelta(seconds=1))

    assert Report.objects.filter(state="scored").count() == scoring.AT_ONCE
    assert len(woken) == 1


def test_unscored_alarm_clears_once_the_report_is_scored(submit, clinic, now):
    report = submit(answers=FEVER).report
    SystemAlarm.objects.create(clinic=clinic, kind="unscored", subject=str(report.pk), raised_at=now)

    scoring.score_stuck_reports(now=now + timedelta(seconds=130))

    assert SystemAlarm.objects.get().cleared_at == now + timedelta(seconds=130)


# 23:50 on day 30 in New York, and a quarter of an hour later, on day 31.
LAST_OF_DAY_30 = datetime(2026, 12, 18, 4, 50, tzinfo=UTC)
FIRST_OF_DAY_31 = datetime(2026, 12, 18, 5, 5, tzinfo=UTC)


@pytest.mark.parametrize("arrives", [LAST_OF_DAY_30 + timedelta(minutes=5), FIRST_OF_DAY_31])
def test_sign_seen_before_midnight_weighs_the_same_whenever_it_arrives(submit, arrives):
    """Slower or forgetful: urgent up to day 30, same day after it."""
    report = submit(answers={"confusion": 1}, observed_at=LAST_OF_DAY_30, now=arrives).report

    assessment = scoring.score(report_id=report.pk, now=arrives)

    assert (assessment.level, assessment.level_as_observed) == ("urgent", "urgent")
    assert intake.advise_on_report(report=report, now=arrives).level == "urgent"
    assert Escalation.objects.get().level == "urgent"
    assert Page.objects.exists()


def test_both_readings_are_kept_and_the_reasons_say_which_one_they_are_of(submit):
    report = submit(answers={"confusion": 1}, observed_at=LAST_OF_DAY_30, now=FIRST_OF_DAY_31).report

    assessment = scoring.score(report_id=report.pk, now=FIRST_OF_DAY_31)

    assert (assessment.level_as_observed, assessment.level_as_received) == ("urgent", "same_day")
    as_observed = {reason["rule"]: reason["as_observed"] for reason in assessment.reasons}
    assert as_observed["confusion"] is True
    assert assessment.inputs["patient_as_observed"]["day"] == 30
    assert assessment.inputs["patient"]["day"] == 31
    # The very inputs give the very level again.
    assert assess_again(rules_of(report.protocol_version), assessment).level == "urgent"


def test_report_that_weighs_more_by_its_arrival_keeps_that_level(submit, patient):
    """Loose stools after BCMA: same day at first, urgent from day 8."""
    patient.target, patient.infusion_date = "BCMA", date(2026, 11, 14)
    patient.save(update_fields=["target", "infusion_date"])
    midnight = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
    answers = {"temp_value": "36.8", "temp_unit": "C", "diarrhea": 2}

    report = submit(answers=answers, observed_at=midnight - timedelta(minutes=5), now=midnight).report
    assessment = scoring.score(report_id=report.pk, now=midnight)

    assert (assessment.level_as_observed, assessment.level_as_received) == ("same_day", "urgent")
    assert assessment.level == "urgent"


def test_older_hotter_reading_that_arrives_late_claims_no_rise(submit, now):
    """36.9 this morning; then 39.2 arrives, seen 20 hours ago: it fell."""
    for degrees, hours_ago, minutes in (("36.9", 0, 0), ("39.2", 20, 150)):
        arrives = now + timedelta(minutes=minutes)
        report = submit(
            answers={"temp_value": degrees, "temp_unit": "C"},
            observed_at=now - timedelta(hours=hours_ago),
            now=arrives,
        ).report
        assessment = scoring.score(report_id=report.pk, now=arrives)

    assert assessment.level == "urgent"
    assert [reason["rule"] for reason in assessment.reasons] == ["temp"]
    assert assessment.inputs["history"] == []


def test_rise_is_counted_between_the_moments_at_which_both_were_seen(submit, now):
    arrivals = [("36.4", 6, 5), ("37.4", 4, 0)]
    for degrees, seen, came in arrivals:
        report = submit(
            answers={"temp_value": degrees, "temp_unit": "C"},
            observed_at=now - timedelta(hours=seen),
            now=now - timedelta(hours=came),
        ).report
        assessment = scoring.score(report_id=report.pk, now=now)

    [rise] = [
        reason for reason in assessment.reasons if reason["item"] == "temp" and reason["rule"] != "temp"
    ]
    assert "2 hours" in rise["why"]["en"]


@given(order=st.permutations([(20, "37.1"), (14, "36.2"), (3, "37.4"), (0, "36.9")]))
@settings(
    max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_report_has_what_was_seen_before_it_as_history_in_whatever_order_all_arrive(submit, now, order):
    with transaction.atomic():
        seen_before = {}
        for place, (hours_ago, degrees) in enumerate(order):
            arrives = now + timedelta(minutes=place)
            report = submit(
                answers={"temp_value": degrees, "temp_unit": "C"},
                observed_at=now - timedelta(hours=hours_ago),
                now=arrives,
            ).report
            history = scoring.score(report_id=report.pk, now=arrives).inputs["history"]
            known = sorted(h for h in seen_before if h > hours_ago)
            assert [past["answers"]["temp_value"] for past in history] == [seen_before[h] for h in known]
            assert [past["hours_ago"] for past in history] == [h - hours_ago for h in known]
            seen_before[hours_ago] = degrees
        transaction.set_rollback(True)
