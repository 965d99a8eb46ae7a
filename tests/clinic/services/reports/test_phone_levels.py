"""The phone said one level and the rules here another: both are kept, and the higher one escalates."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.models import AuditEvent, Disagreement, Escalation, EscalationEvent, Page, Report, Suppression
from clinic.models.escalation import Cause
from clinic.queries.escalations.panel import panel
from clinic.queries.paging import ledger
from clinic.queries.patients import register
from clinic.queries.reports import listing, reasons
from clinic.rules.core.enums import Level
from clinic.services.escalations import lifecycle, scoring
from clinic.services.escalations.known import Expected
from clinic.services.paging import chain
from clinic.services.reports import intake
from notifications.models import Message
from tests import factories

WELL = {"temp_value": "36.8", "temp_unit": "C"}
VOMITING = {**WELL, "vomiting": 1}
FEVER = {"temp_value": "38.6", "temp_unit": "C"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def person(clinic):
    return factories.OnCallFactory(staff__clinic=clinic, staff__user__name="Ana First", position=0).staff


def scored(stored, now):
    scoring.score(report_id=stored.report.pk, now=now)
    return Report.objects.get(pk=stored.report.pk)


def count(clinic, now):
    Message.objects.filter(purpose="page", state="pending").update(state="accepted")
    found = ledger.count_alarms(clinic, now - timedelta(hours=1), now + timedelta(hours=1))
    return found.alarms, found.paged, found.held_back, len(found.missing)


@pytest.mark.parametrize("on_phone", Level)
@pytest.mark.parametrize(("answers", "here"), [(WELL, "none"), (VOMITING, "watch"), (FEVER, "urgent")])
def test_both_levels_are_kept_and_the_higher_one_escalates(submit, person, now, answers, here, on_phone):
    report = scored(submit(answers=answers, level_on_phone=on_phone.value), now)

    higher = max(Level(here), on_phone)
    assert (report.level_on_phone, report.assessment.level) == (on_phone, here)
    assert [one.level for one in Escalation.objects.all()] == ([higher] if higher > Level.NONE else [])
    assert Page.objects.exists() is (higher >= Level.URGENT)
    assert intake.advise_on_report(report=report, now=now).level == higher


def test_row_and_reasons_say_that_the_phone_said_call_now(submit, patient, person, nurse, now):
    report = scored(submit(answers=WELL, level_on_phone="urgent"), now)

    escalation = Escalation.objects.get()
    [why] = reasons.of_escalations([escalation.pk], "en")[escalation.pk]
    assert why.level == "urgent"
    assert why.why == "The phone said “call now” (Urgent). The rules here say: No alert"
    [line] = listing.newest(patient=patient, language="en", size=5)
    assert (line.level, line.level_on_phone, line.scored_level) == ("urgent", "urgent", "none")
    shown = panel(user=nurse, escalation_id=escalation.pk, now=now).reports[0]
    assert (shown.id, shown.level_on_phone) == (report.pk, "urgent")


def test_row_says_so_where_the_phone_said_less(submit, patient, now):
    scored(submit(answers=FEVER, level_on_phone="none"), now)

    [line] = listing.newest(patient=patient, language="en", size=5)
    assert (line.level, line.level_on_phone, line.scored_level) == ("urgent", "none", "urgent")
    assert reasons.PHONE not in {one.rule for one in line.reasons}


@pytest.mark.parametrize("on_phone", ["", "urgent"])
def test_row_says_nothing_where_both_say_the_same(submit, patient, now, on_phone):
    scored(submit(answers=FEVER, level_on_phone=on_phone), now)

    [line] = listing.newest(patient=patient, language="en", size=5)
    assert (line.level, line.level_on_phone) == ("urgent", None)


def test_list_of_patients_shows_the_level_that_counts(submit, nurse, now):
    scored(submit(answers=WELL, level_on_phone="urgent"), now)

    [row] = register.search(user=nurse, words="", cursor="", now=now).rows

    assert row.last_level == "urgent"


@pytest.mark.parametrize("sent", ["severe", "URGENT", "x" * 40])
def test_level_that_nobody_knows_is_noted_and_says_nothing(submit, now, sent):
    report = scored(submit(answers=WELL, level_on_phone=sent), now)

    assert report.level_on_phone == ""
    assert not Escalation.objects.exists()
    detail = AuditEvent.objects.get(action="report.submitted").detail
    assert detail["level_on_phone"] == "unknown"
    assert sent not in str(detail)


def test_repeat_with_another_level_is_a_repeat_and_the_higher_word_counts(submit, person, now):
    report_id = uuid4()
    scored(submit(report_id=report_id, answers=WELL), now)
    assert not Escalation.objects.exists()

    same = {"report_id": report_id, "answers": WELL, "observed_at": now, "sent_at": now}
    again = submit(**same, level_on_phone="urgent", now=now + MINUTE)

    assert again.replayed
    report = scored(again, now + MINUTE)
    assert (report.level_on_phone, report.state, report.assessment.level) == ("urgent", "scored", "none")
    assert Escalation.objects.get().level == "urgent"
    assert EscalationEvent.objects.get(kind="opened").report == report
    assert Page.objects.count() == 1
    assert Report.objects.count() == 1


def test_higher_word_after_the_report_has_entered_is_a_cause_of_its_own(submit, clinic, person, now):
    report_id = uuid4()
    scored(submit(report_id=report_id, answers=VOMITING), now)
    assert Escalation.objects.get().level == "watch"

    scored(submit(report_id=report_id, answers=VOMITING, level_on_phone="urgent"), now)
    chain.send_due(now=now)

    escalation = Escalation.objects.get()
    assert escalation.level == "urgent"
    rose = escalation.events.get(kind="rose")
    assert (rose.cause, rose.report) == (Cause.PHONE_LEVEL, None)
    assert reasons.of_escalations([escalation.pk], "en")[escalation.pk][0].why == (
        "The phone told the family a higher level"
    )
    assert count(clinic, now) == (1, 1, 0, 0)


def test_higher_word_is_found_by_the_sweep_when_no_task_came(submit, person, now):
    report_id = uuid4()
    scored(submit(report_id=report_id, answers=WELL), now)
    submit(report_id=report_id, answers=WELL, level_on_phone="emergency")

    assert scoring.score_stuck_reports(now=now + MINUTE) == 1

    assert Escalation.objects.get().level == "emergency"
    assert scoring.score_stuck_reports(now=now + MINUTE) == 0


@pytest.mark.parametrize("second", ["", "none", "watch", "urgent", "severe"])
def test_repeat_that_says_no_more_changes_nothing(submit, person, now, second):
    report_id = uuid4()
    scored(submit(report_id=report_id, answers=WELL, level_on_phone="urgent"), now)
    version = Escalation.objects.get().version

    scored(submit(report_id=report_id, answers=WELL, level_on_phone=second), now)

    report = Report.objects.get()
    assert (report.level_on_phone, report.state) == ("urgent", "scored")
    assert Escalation.objects.get().version == version
    assert not AuditEvent.objects.filter(action="report.level_on_phone").exists()


def test_repeat_that_says_what_scoring_found_is_kept_and_pages_nobody_anew(submit, person, now):
    report_id = uuid4()
    scored(submit(report_id=report_id, answers=FEVER), now)

    submit(report_id=report_id, answers=FEVER, level_on_phone="urgent")

    report = Report.objects.get()
    assert (report.level_on_phone, report.state) == ("urgent", "scored")
    assert Page.objects.count() == 1


def test_word_that_comes_before_scoring_is_counted_once(submit, person, now):
    report_id = uuid4()
    submit(report_id=report_id, answers=WELL)
    again = submit(report_id=report_id, answers=WELL, level_on_phone="urgent")

    scored(again, now)
    scored(again, now)

    assert EscalationEvent.objects.exclude(kind="paged").count() == 1


def test_what_is_expected_does_not_hold_back_what_only_the_phone_found(submit, patient, person, nurse, now):
    scored(submit(answers={**WELL, "confusion": 1}), now)
    escalation = Escalation.objects.get()
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    lifecycle.resolve(
        escalation_id=escalation.pk,
        by=nurse,
        outcome="advice_given",
        note="Known since the ward.",
        expected=[Expected("confusion", now + timedelta(hours=24))],
        now=now,
    )

    scored(
        submit(answers={**WELL, "confusion": 1}, level_on_phone="emergency", now=now + MINUTE), now + MINUTE
    )

    assert Escalation.objects.exclude(state="resolved").get().level == "emergency"
    assert not Suppression.objects.filter(rule="expected").exists()


def test_the_night_counts_an_alarm_of_the_phone_like_any_other(submit, clinic, person, now):
    scored(submit(answers=WELL, level_on_phone="urgent"), now)
    assert count(clinic, now) == (1, 0, 0, 1)

    chain.send_due(now=now)

    assert count(clinic, now) == (1, 1, 0, 0)


def test_two_of_the_family_differ_by_the_level_that_counts(submit, patient, now):
    other = factories.CareTeamMemberFactory(patient=patient).user
    scored(submit(answers=WELL, level_on_phone="urgent"), now)
    scored(submit(answers=FEVER, by=other), now)
    assert not Disagreement.objects.exists()

    third = factories.CareTeamMemberFactory(patient=patient).user
    scored(submit(answers=WELL, by=third), now)

    assert Disagreement.objects.count() == 2


def test_drill_with_a_word_stays_a_drill(submit, now):
    report_id = uuid4()
    scored(submit(report_id=report_id, answers=WELL, is_drill=True), now)

    scored(submit(report_id=report_id, answers=WELL, is_drill=True, level_on_phone="urgent"), now)

    assert [one.is_drill for one in Escalation.objects.all()] == [True]
    assert not Page.objects.exists()
