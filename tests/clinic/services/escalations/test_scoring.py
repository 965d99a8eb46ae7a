from datetime import timedelta

from clinic.models import Assessment, Escalation, Page, ProtocolVersion, Report, SystemAlarm
from clinic.services.escalations import scoring
from tests import factories

FEVER = {"temp_value": "38.6", "temp_unit": "C"}


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


def test_finish_stuck_goes_on_past_a_report_that_cannot_be_scored(submit, clinic, now):
    """A version whose document cannot be read: its report raises an alarm, the next one is scored."""
    good = submit(answers=FEVER).report
    broken = factories.ProtocolVersionFactory(
        protocol=ProtocolVersion.objects.get().protocol, number=2, document={}, content_hash="broken"
    )
    poison = factories.ReportFactory(
        patient=factories.PatientFactory(clinic=clinic), protocol_version=broken, received_at=now
    )

    finished = scoring.score_stuck_reports(now=now + timedelta(seconds=121))

    good.refresh_from_db()
    assert (finished, good.state) == (1, "scored")
    alarm = SystemAlarm.objects.get(cleared_at__isnull=True)
    assert (alarm.kind, alarm.subject, alarm.clinic) == ("unscored", str(poison.pk), clinic)


def test_unscored_alarm_clears_once_the_report_is_scored(submit, clinic, now):
    report = submit(answers=FEVER).report
    SystemAlarm.objects.create(clinic=clinic, kind="unscored", subject=str(report.pk), raised_at=now)

    scoring.score_stuck_reports(now=now + timedelta(seconds=130))

    assert SystemAlarm.objects.get().cleared_at == now + timedelta(seconds=130)
