"""The nightly replay: every stored level comes out again, and where one does not, somebody hears of it."""

import logging
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command

from clinic.models import Assessment, AuditEvent, EngineRound, ReplayRun, Report, SystemAlarm
from clinic.models.system_alarm import AlarmKind
from clinic.queries.protocols import replays as query
from clinic.services.escalations import scoring
from clinic.services.protocols import replays
from clinic.tasks import replay
from notifications.models import Message
from tests import cases, factories

WELL = {"temp_value": "36.8", "temp_unit": "C"}
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def night(now):
    """02:00 UTC is still the day before; the next run begins at seven."""
    return now + 6 * HOUR


def run_night(at):
    """Every chunk of a night, and the day's row."""
    while replays.replay_next_chunk(now=at):
        pass
    return ReplayRun.objects.latest("day")


def stored(patient, author, count, now):
    """So many scored reports of somebody who is well, without the time that scoring takes."""
    model = cases.report_by_family(patient, WELL, now)
    assessment = model.assessment if hasattr(model, "assessment") else Assessment.objects.get(report=model)
    reports = [
        Report(
            id=uuid4(),
            patient=patient,
            author=author,
            protocol_version=model.protocol_version,
            language="en",
            answers=WELL,
            body_hash="0" * 64,
            observed_at=now,
            sent_at=now,
            received_at=now,
            state="scored",
            scored_at=now,
        )
        for _ in range(count - 1)
    ]
    Report.objects.bulk_create(reports)
    Assessment.objects.bulk_create(
        Assessment(
            report=one,
            level="none",
            reasons=[],
            protocol_version=one.protocol_version,
            inputs={**assessment.inputs, "history": []},
            assessed_at=now,
        )
        for one in reports
    )
    return list(Assessment.objects.order_by("pk"))


def spoil(assessment, level="same_day"):
    """As when the rules, or a row, have changed without anybody's meaning to."""
    Assessment.objects.filter(pk=assessment.pk).update(level=level)


def alarms():
    return set(SystemAlarm.objects.filter(cleared_at__isnull=True).values_list("kind", "subject"))


def test_every_level_comes_out_again_whatever_came_later(submit, patient, caregiver, now, night):
    """History and usual values of then: a replay that looked them up today would find others."""
    told = ({"confusion": 1}, {"temp_value": "38.6", "temp_unit": "C"}, WELL, {"vomiting": 2}, {"pulse": 130})
    for hours, answers in enumerate(told):
        at = now - timedelta(hours=40 - hours)
        report = submit(answers={**WELL, **answers}, observed_at=at, now=at).report
        scoring.score(report_id=report.pk, now=at)
    levels = list(Assessment.objects.order_by("pk").values_list("level", flat=True))
    assert len(set(levels)) > 1

    patient.baseline, patient.masked_until = {"pulse": 130, "confusion": 1}, now.date() + DAY
    patient.tier, patient.infusion_date = "high", patient.infusion_date - 90 * DAY
    patient.save()
    late = submit(answers={"temp_value": "40.0", "temp_unit": "C"}, observed_at=now - 39 * HOUR).report
    scoring.score(report_id=late.pk, now=now)
    found = run_night(night)

    assert (found.checked, found.differing) == (len(told) + 1, 0)
    assert not alarms()
    assert list(Assessment.objects.order_by("pk").values_list("level", flat=True))[:-1] == levels


def test_a_difference_is_an_alarm_that_names_the_report_and_no_level(submit, clinic, now, night, caplog):
    report = submit(answers=WELL).report
    spoil(scoring.score(report_id=report.pk, now=now), "emergency")

    with caplog.at_level(logging.DEBUG):
        found = run_night(night)

    alarm = SystemAlarm.objects.get()
    assert (alarm.clinic, alarm.kind, alarm.subject) == (clinic, "replay_differs", str(report.pk))
    assert (found.checked, found.differing) == (1, 1)
    assert "emergency" not in caplog.text
    # What was stored stays; nobody is paged and nothing is told by a replay.
    assert Assessment.objects.get().level == "emergency"
    assert not Message.objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="escalation").exists()


def test_rules_that_cannot_be_applied_are_a_difference_and_stop_nothing(submit, now, night, caplog):
    reports = [submit(answers=WELL).report for _ in range(3)]
    for report in reports:
        scoring.score(report_id=report.pk, now=now)
    broken = Assessment.objects.get(report=reports[1])
    Assessment.objects.filter(pk=broken.pk).update(inputs={"patient": {}, "history": []})

    found = run_night(night)

    assert (found.checked, found.differing) == (3, 1)
    assert alarms() == {("replay_differs", str(reports[1].pk))}
    [record] = [one for one in caplog.records if one.name == query.__name__]
    assert record.exc_info is None


def test_a_night_goes_on_where_it_stopped(patient, caregiver, now, night):
    rows = stored(patient, caregiver, query.AT_ONCE + 50, now)
    spoil(rows[0])
    spoil(rows[-1])

    assert replays.replay_next_chunk(now=night) == query.AT_ONCE
    half = ReplayRun.objects.get()
    assert (half.new_done, half.finished_at) == (rows[query.AT_ONCE - 1].pk, None)
    # The rest comes a day later, as after a standstill.
    assert replays.replay_next_chunk(now=night + DAY) == 50

    whole = ReplayRun.objects.get()
    assert (whole.checked, whole.differing, whole.finished_at) == (query.AT_ONCE + 50, 2, night + DAY)
    assert len(alarms()) == 2


def test_a_night_is_replayed_once_and_the_next_one_takes_what_is_new(patient, caregiver, now, night):
    rows = stored(patient, caregiver, 40, now)
    assert run_night(night).checked == 40
    assert run_night(night + HOUR).checked == 40

    new = cases.report_by_family(patient, WELL, night)
    spoil(Assessment.objects.get(report=new))
    second = run_night(night + DAY)

    # What is new, and a slice of what was there.
    assert (second.new_after, second.new_until - second.new_after) == (rows[-1].pk, 1)
    assert second.old_until == -(-rows[-1].pk // replays.NIGHTS_FOR_ALL)
    assert second.differing == 1
    assert ReplayRun.objects.count() == 2


@pytest.mark.parametrize(
    ("hour", "day"),
    [
        (6, date(2026, 11, 21)),
        (7, date(2026, 11, 22)),
        (23, date(2026, 11, 22)),
        (24 + 6, date(2026, 11, 22)),
    ],
)
def test_a_run_belongs_to_the_day_that_begins_at_seven(clinic, now, hour, day):
    replays.replay_next_chunk(now=now.replace(hour=0) + hour * HOUR)

    assert ReplayRun.objects.get().day == day


def test_all_there_is_is_looked_at_within_thirty_nights(patient, caregiver, now, night):
    rows = stored(patient, caregiver, 100, now)
    run_night(night)
    for one in rows:
        spoil(one)

    seen = [run_night(night + n * DAY).differing for n in range(1, replays.NIGHTS_FOR_ALL + 1)]

    assert sum(seen) >= len(rows)
    # In even slices, by the numbers of the rows: other tests may have used some up.
    assert max(seen) <= rows[-1].pk // replays.NIGHTS_FOR_ALL + 1


def test_an_alarm_ends_when_the_level_comes_out_again(submit, now, night):
    assessment = scoring.score(report_id=submit(answers=WELL).report.pk, now=now)
    spoil(assessment)
    run_night(night)
    assert len(alarms()) == 1

    spoil(assessment, "none")
    run_night(night + DAY)

    assert not alarms()


def test_many_differences_are_counted_and_do_not_bury_other_alarms(patient, caregiver, now, night):
    for one in stored(patient, caregiver, replays.ALARMS_AT_MOST + 10, now):
        spoil(one)

    found = run_night(night)

    assert found.differing == replays.ALARMS_AT_MOST + 10
    assert len(alarms()) == replays.ALARMS_AT_MOST


def test_each_clinic_hears_of_its_own(clinic, other_clinic, now, night):
    for one in (clinic, other_clinic):
        report = cases.report_by_family(factories.PatientFactory(clinic=one), WELL, now)
        spoil(Assessment.objects.get(report=report))

    run_night(night)

    assert set(SystemAlarm.objects.values_list("clinic", "kind")) == {
        (clinic.pk, AlarmKind.REPLAY_DIFFERS),
        (other_clinic.pk, AlarmKind.REPLAY_DIFFERS),
    }


def test_nothing_scored_is_a_night_without_a_finding(db, night):
    assert replays.replay_next_chunk(now=night) == 0
    assert ReplayRun.objects.get().finished_at == night


def test_task_records_its_round(clinic):
    replay()

    assert EngineRound.objects.get(name="replays").failing == []


def replayed(*arguments):
    """Exit code and output of the command."""
    out = StringIO()
    try:
        call_command("replay_reports", *arguments, stdout=out)
    except SystemExit as stopped:
        return int(str(stopped.code)), out.getvalue()
    return 0, out.getvalue()


def test_command_replays_everything_and_names_what_differs(patient, caregiver, now):
    rows = stored(patient, caregiver, query.AT_ONCE + 3, now)
    assert replayed() == (0, "203 of 203 reports give the level that was stored\n")

    spoil(rows[-1], "emergency")

    assert replayed() == (1, f"{rows[-1].report_id}\n202 of 203 reports give the level that was stored\n")
    assert replayed("--json")[1].splitlines()[-1] == '{"checked": 203, "differing": 1}'
    assert not alarms()


def test_command_can_begin_at_a_day(patient, caregiver, now):
    cases.report_by_family(patient, WELL, now - 3 * DAY)
    cases.report_by_family(patient, WELL, now)

    assert replayed("--since", now.date().isoformat())[1].startswith("1 of 1 ")
    assert replayed("--since", (now.date() + DAY).isoformat())[1].startswith("0 of 0 ")


def test_what_is_stored_today_can_be_replayed_by_every_later_version(patient, caregiver, now):
    """The shape of what an assessment keeps. Who adds a fact to it says what it is where it was not kept."""
    row = stored(patient, caregiver, 1, now)[0]
    Assessment.objects.filter(pk=row.pk).update(
        level="urgent",
        inputs={
            "patient": {
                "day": 20,
                "tier": "standard",
                "target": "CD19",
                "product": "axi-cel",
                "age": 61,
                "immune_risk": False,
                "neutropenia": False,
                "platelets_low": False,
                "masked": False,
                "baseline": {"pulse": 70},
            },
            "history": [{"hours_ago": 11.75, "answers": {"temp_value": "37.0", "temp_unit": "C"}}],
        },
    )
    Report.objects.filter(pk=row.report_id).update(answers={"temp_value": "38.6", "temp_unit": "C"})

    assert [one.agrees for one in query.since(None)] == [True]
