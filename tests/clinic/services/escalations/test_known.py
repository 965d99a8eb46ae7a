"""A finding that a person expects updates instead of paging; the ledger says so of each report."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clinic.models import Assessment, AuditEvent, Escalation, EscalationEvent, KnownFinding, Page, Suppression
from clinic.models.escalation import Cause
from clinic.queries.escalations.panel import panel
from clinic.queries.paging import ledger
from clinic.rules.core.enums import Level
from clinic.services.escalations import lifecycle, scoring
from clinic.services.escalations.known import Expected, NotExpectable, ReasonNeeded, TooLong
from clinic.services.paging import chain
from notifications.models import Message
from tests import cases, factories

WELL = {"temp_value": "36.8", "temp_unit": "C"}
SLOWER = {**WELL, "confusion": 1}
SHAKY = {**WELL, "handwriting": 1, "movement": 1}
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def person(clinic):
    return factories.OnCallFactory(staff__clinic=clinic, staff__user__name="Ana First", position=0).staff


@pytest.fixture
def close(patient, nurse, now):
    """Opens with these answers, is taken and closed with what is expected of it for a day."""

    def closed(answers, *items, hours=24, note="Known since the ward. Seen today."):
        escalation = cases.escalate(patient, answers, now)
        lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now + MINUTE)
        return lifecycle.resolve(
            escalation_id=escalation.pk,
            by=nurse,
            outcome="advice_given",
            note=note,
            expected=[Expected(item, now + timedelta(hours=hours)) for item in items],
            now=now + 2 * MINUTE,
        )

    return closed


def later(patient, answers, at):
    return cases.report_by_family(patient, answers, at)


def unresolved(patient):
    return Escalation.objects.exclude(state="resolved").filter(patient=patient)


def test_no_worse_report_becomes_a_line_of_the_closed_escalation_and_pages_nobody(
    close, patient, person, nurse, now
):
    escalation = close(SLOWER, "confusion")
    pages = Page.objects.count()

    report = later(patient, SLOWER, now + timedelta(hours=10))

    assert not unresolved(patient).exists()
    assert Page.objects.count() == pages
    event = EscalationEvent.objects.get(report=report)
    assert (event.escalation, event.kind, event.level) == (escalation, "expected", "urgent")
    held = Suppression.objects.get(event=event)
    assert (held.rule, held.patient, held.escalation, held.would_page) == (
        "expected",
        patient,
        escalation,
        person,
    )
    # What is stored of the report, and so what the family is told, is as ever.
    assert Assessment.objects.get(report=report).level == "urgent"
    assert AuditEvent.objects.filter(action="escalation.expected", subject_id=str(escalation.pk)).count() == 1


def test_finding_keeps_who_said_it_why_until_when_and_up_to_which_answer(close, patient, nurse, now):
    escalation = close(SHAKY, "handwriting", "movement", hours=72)

    found = list(KnownFinding.objects.order_by("item"))

    assert [(one.item, one.answer) for one in found] == [("handwriting", 1), ("movement", 1)]
    [first, _] = found
    assert (first.patient, first.escalation, first.named_by) == (patient, escalation, nurse)
    assert (first.expected_from, first.expected_until) == (now + 2 * MINUTE, now + timedelta(hours=72))
    assert first.reason == "Known since the ward. Seen today."
    assert {"C8_two_neuro", "handwriting", "movement"} <= set(first.rules)


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({**SLOWER, "confusion": 2}, "urgent"),
        ({**SLOWER, "confusion": 3}, "emergency"),
        ({**SLOWER, "temp_value": "38.2"}, "emergency"),
        ({**SLOWER, "sbp": 85}, "emergency"),
        ({**SLOWER, "pulse": 135}, "urgent"),
        ({**SLOWER, "spo2": 90}, "urgent"),
        ({**SLOWER, "speech": 1}, "urgent"),
        ({**SLOWER, "red_flags": ["seizure"]}, "emergency"),
        ({**WELL, "worry": 2}, "urgent"),
    ],
    ids=["worse", "much worse", "fever", "pressure", "pulse", "oxygen", "new rule", "danger sign", "another"],
)
def test_worse_answer_vital_sign_and_new_rule_page_as_ever(close, patient, person, now, answers, level):
    close(SLOWER, "confusion")

    later(patient, answers, now + timedelta(hours=10))

    opened = unresolved(patient).get()
    assert (opened.level, opened.state) == (level, "open")
    assert Page.objects.filter(escalation=opened, state="due").count() == 1
    assert not Suppression.objects.filter(rule="expected").exists()


def test_report_that_pages_ends_what_was_expected(close, patient, person, nurse, now):
    close(SLOWER, "confusion")
    later(patient, {**SLOWER, "confusion": 2}, now + timedelta(hours=1))
    worse = unresolved(patient).get()
    lifecycle.acknowledge(escalation_id=worse.pk, by=nurse, now=now + timedelta(hours=2))
    lifecycle.resolve(
        escalation_id=worse.pk, by=nurse, outcome="advice_given", note="", now=now + timedelta(hours=2)
    )

    later(patient, SLOWER, now + timedelta(hours=3))

    assert unresolved(patient).get().level == "urgent"
    assert KnownFinding.objects.get().ended_at == now + timedelta(hours=1)


@pytest.mark.parametrize(("hours", "pages"), [(23.99, False), (24, True)])
def test_nothing_is_expected_from_its_end_on(close, patient, person, now, hours, pages):
    close(SLOWER, "confusion", hours=24)

    later(patient, SLOWER, now + timedelta(hours=hours))

    assert unresolved(patient).exists() is pages


def test_unnamed_finding_pages_again(close, patient, person, now):
    close(SHAKY, "handwriting")

    later(patient, SHAKY, now + timedelta(hours=10))

    assert unresolved(patient).get().level == "urgent"


def test_closing_without_naming_anything_expects_nothing(close, patient, person, now):
    close(SLOWER)

    later(patient, SLOWER, now + timedelta(hours=10))

    assert not KnownFinding.objects.exists()
    assert unresolved(patient).get().level == "urgent"


def test_something_else_that_pages_nobody_still_waits_on_the_worklist(close, patient, person, now):
    close(SLOWER, "confusion")
    pages = Page.objects.count()

    report = later(patient, {**SLOWER, "vomiting": 1}, now + timedelta(hours=10))

    opened = unresolved(patient).get()
    event = EscalationEvent.objects.get(report=report)
    assert (opened.level, event.escalation, event.kind) == ("watch", opened, "opened")
    assert Suppression.objects.get(event=event).rule == "expected"
    assert Page.objects.count() == pages


def test_expected_report_joins_what_is_open_below_urgent_without_a_rise(close, patient, person, now):
    close(SLOWER, "confusion")
    later(patient, {**WELL, "vomiting": 2}, now + timedelta(hours=8))

    report = later(patient, SLOWER, now + timedelta(hours=10))

    opened = unresolved(patient).get()
    event = EscalationEvent.objects.get(report=report)
    assert (opened.level, event.escalation, event.kind) == ("same_day", opened, "expected")
    assert not Page.objects.filter(escalation=opened).exists()


def test_where_something_pages_already_the_report_belongs_there(close, patient, person, now):
    close(SLOWER, "confusion")
    with transaction.atomic():
        missed = lifecycle.open_for_cause(
            patient=patient, cause=Cause.MISSED_CHECKIN, level=Level.URGENT, now=now + timedelta(hours=9)
        )

    report = later(patient, SLOWER, now + timedelta(hours=10))

    event = EscalationEvent.objects.get(report=report)
    assert (event.escalation, event.kind) == (missed, "report_attached")
    assert Suppression.objects.get(event=event).rule == "already_paging"
    assert KnownFinding.objects.get().ended_at is None


def test_scoring_a_held_back_report_again_changes_nothing(close, patient, person, now):
    close(SLOWER, "confusion")
    at = now + timedelta(hours=10)
    report = later(patient, SLOWER, at)

    scoring.score(report_id=report.pk, now=at + MINUTE)

    assert EscalationEvent.objects.filter(report=report).count() == 1
    assert Suppression.objects.filter(rule="expected").count() == 1


def test_other_patients_page_as_ever(close, clinic, person, now):
    close(SLOWER, "confusion")
    other = factories.PatientFactory(clinic=clinic)

    later(other, SLOWER, now + timedelta(hours=1))

    assert unresolved(other).get().level == "urgent"


def test_ledger_adds_up_with_what_was_held_back(close, clinic, patient, person, now):
    close(SLOWER, "confusion")
    later(patient, SLOWER, now + timedelta(hours=10))
    later(patient, {**SLOWER, "vomiting": 1}, now + timedelta(hours=11))
    later(patient, {**SLOWER, "confusion": 2}, now + timedelta(hours=12))
    chain.send_due(now=now + timedelta(hours=12))
    Message.objects.filter(purpose="page", state="pending").update(state="accepted")

    found = ledger.count_alarms(clinic, now + timedelta(hours=9), now + timedelta(hours=13))

    assert (found.alarms, found.paged, found.answered_first, found.held_back) == (3, 1, 0, 2)
    assert (found.missing, found.lost_pages) == ((), 0)


@pytest.mark.parametrize(
    ("item", "hours", "note", "refused"),
    [
        ("temp", 24, "Why", NotExpectable),
        ("confusion", 24, "Why", NotExpectable),
        ("nonsense", 24, "Why", NotExpectable),
        ("chills", 72.1, "Why", TooLong),
        ("chills", 0, "Why", TooLong),
        ("chills", 24, "  ", ReasonNeeded),
    ],
)
def test_what_cannot_be_expected_is_refused_and_nothing_is_closed(
    close, patient, now, item, hours, note, refused
):
    with pytest.raises(refused):
        close({"temp_value": "38.4", "temp_unit": "C", "chills": 1}, item, hours=hours, note=note)

    assert Escalation.objects.get(patient=patient).state == "acknowledged"
    assert not KnownFinding.objects.exists()


def test_newest_report_says_how_bad_it_is(patient, nurse, now):
    escalation = cases.escalate(patient, {**WELL, "pain": 2, "chills": 2, "cough": 1}, now)
    cases.report_by_family(patient, {**WELL, "pain": 2, "cough": 1}, now + MINUTE)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now + 2 * MINUTE)

    found = panel(user=nurse, escalation_id=escalation.pk, now=now + 2 * MINUTE).nameable

    assert [one.item for one in found] == ["cough", "pain"]
    assert found[1].words == "Pain: Some tasks are hard"


def test_panel_of_the_closed_one_says_what_is_expected_until_when_by_whom(close, nurse, now):
    escalation = close(SLOWER, "confusion")

    open_still = panel(user=nurse, escalation_id=escalation.pk, now=now + timedelta(hours=1)).expected
    over = panel(user=nurse, escalation_id=escalation.pk, now=now + DAY).expected

    assert [(one.words, one.until, one.by, one.is_over) for one in open_still] == [
        ("Thinking: Slower, or forgets things", now + DAY, nurse.name, False)
    ]
    assert [one.is_over for one in over] == [True]


def test_escalation_without_a_report_has_nothing_to_name(patient, nurse, now):
    with transaction.atomic():
        missed = lifecycle.open_for_cause(
            patient=patient, cause=Cause.MISSED_CHECKIN, level=Level.URGENT, now=now
        )
    lifecycle.acknowledge(escalation_id=missed.pk, by=nurse, now=now)

    assert panel(user=nurse, escalation_id=missed.pk, now=now).nameable == ()


@pytest.mark.parametrize(
    "wrong",
    [{"expected_until": "before"}, {"reason": ""}, {"answer": 0}],
    ids=["ends before it begins", "no reason", "nothing there"],
)
def test_database_holds_what_must_hold(close, now, wrong):
    close(SLOWER, "confusion")
    values = {key: now - DAY if value == "before" else value for key, value in wrong.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        KnownFinding.objects.update(**values)
