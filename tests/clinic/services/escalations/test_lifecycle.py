from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Clinic, Escalation, EscalationEvent, Page
from clinic.models.escalation import Cause
from clinic.queries.escalations.panel import panel
from clinic.rules.core.enums import Level
from clinic.services.escalations import leases, lifecycle, scoring, transfers
from tests import factories

FEVER = {"temp_value": "38.6", "temp_unit": "C"}
FEVER_AND_CONFUSION = {**FEVER, "confusion": 1}
NAUSEA = {"temp_value": "36.8", "temp_unit": "C", "vomiting": 1}
NOTHING = {"temp_value": "36.8", "temp_unit": "C"}


def events(escalation):
    return list(escalation.events.order_by("pk").values_list("kind", "level"))


def test_urgent_report_opens_an_escalation_and_the_paging_chain(escalate, now):
    escalation = escalate(FEVER)

    assert (escalation.level, escalation.severity, escalation.state) == ("urgent", 3, "open")
    assert events(escalation) == [("opened", "urgent")]
    page = Page.objects.get(escalation=escalation)
    assert (page.number, page.state, page.due_at) == (1, "due", now)


def test_watch_report_waits_on_the_console_and_pages_nobody(escalate):
    escalation = escalate(NAUSEA)

    assert escalation.level == "watch"
    assert Page.objects.count() == 0


def test_report_that_triggers_nothing_opens_nothing(submit, now):
    report = submit(answers=NOTHING).report

    assessment = scoring.score(report_id=report.pk, now=now)

    assert assessment.level == "none"
    assert Escalation.objects.count() == 0


def test_worse_report_raises_the_level_and_waits_anew(escalate, nurse, now):
    escalation = escalate(FEVER)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    later = now + timedelta(minutes=10)

    raised = escalate(FEVER_AND_CONFUSION, at=later)

    assert raised.pk == escalation.pk
    assert (raised.level, raised.state, raised.acknowledged_by) == ("emergency", "open", None)
    assert raised.waiting_since == later
    assert [kind for kind, _ in events(raised)] == ["opened", "acknowledged", "rose"]
    assert list(raised.pages.order_by("number").values_list("state", flat=True)) == ["cancelled", "due"]


@pytest.mark.parametrize(
    ("answers", "kind"),
    [(FEVER, "report_attached"), (NOTHING, "improved")],
    ids=["same level", "lower level"],
)
def test_later_report_attaches_and_never_lowers_the_level(escalate, answers, kind, now):
    escalation = escalate(FEVER)

    after = escalate(answers, at=now + timedelta(minutes=30))

    assert (after.pk, after.level, after.state) == (escalation.pk, "urgent", "open")
    assert [kind for kind, _ in events(after)] == ["opened", kind]
    assert after.version == escalation.version + 1
    assert after.pages.count() == 1


def test_cause_without_a_report_opens_pages_and_says_why(patient, nurse, now):
    with transaction.atomic():
        escalation = lifecycle.open_for_cause(
            patient=patient, cause=Cause.MISSED_CHECKIN, level=Level.URGENT, now=now
        )

    assert (escalation.level, escalation.state, escalation.pages.count()) == ("urgent", "open", 1)
    (reason,) = panel(user=nurse, escalation_id=escalation.pk, now=now).reasons
    assert (reason.level, reason.why) == (Level.URGENT, "A planned check-in was missed")


def test_cause_joins_what_is_open_and_keeps_its_words(escalate, patient, caregiver, now):
    escalation = escalate(FEVER)

    with transaction.atomic():
        joined = lifecycle.open_for_cause(
            patient=patient,
            cause=Cause.WORRY,
            level=Level.SAME_DAY,
            by=caregiver,
            text="He looks grey",
            now=now,
        )

    assert (joined.pk, joined.level) == (escalation.pk, "urgent")
    last = joined.events.order_by("pk").last()
    assert (last.kind, last.cause, last.by, last.text) == ("cause_added", "worry", caregiver, "He looks grey")


def test_acknowledge_notes_who_and_when_and_stops_the_pages(escalate, nurse, now):
    escalation = escalate(FEVER)
    version = Clinic.objects.get(pk=escalation.clinic_id).live_version

    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    escalation.refresh_from_db()
    assert (escalation.state, escalation.acknowledged_by, escalation.acknowledged_at) == (
        "acknowledged",
        nurse,
        now,
    )
    assert Page.objects.get(escalation=escalation).state == "cancelled"
    assert Clinic.objects.get(pk=escalation.clinic_id).live_version == version + 1
    audit = AuditEvent.objects.get(action="escalation.acknowledged")
    assert (audit.actor_id, audit.subject_id) == (nurse.pk, str(escalation.pk))


def test_acknowledge_second_person_hears_who_took_it(escalate, nurse, clinic, now):
    escalation = escalate(FEVER)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    second = factories.StaffFactory(clinic=clinic).user

    with pytest.raises(lifecycle.AlreadyTaken) as taken:
        lifecycle.acknowledge(escalation_id=escalation.pk, by=second, now=now + timedelta(seconds=8))

    assert (taken.value.by_name, taken.value.at, taken.value.state) == ("Nora Nurse", now, "acknowledged")


@pytest.mark.django_db(transaction=True)
def test_six_acknowledge_at_once_and_one_wins(escalate, clinic, now):
    escalation = escalate(FEVER)
    people = [factories.StaffFactory(clinic=clinic).user for _ in range(6)]
    barrier, results = Barrier(6), []

    def take(person) -> None:
        barrier.wait()
        try:
            lifecycle.acknowledge(escalation_id=escalation.pk, by=person, now=now)
            results.append(person)
        except lifecycle.AlreadyTaken as taken:
            results.append(taken.by_name)
        finally:
            connection.close()

    threads = [Thread(target=take, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    winners = [result for result in results if not isinstance(result, str)]
    assert len(winners) == 1
    assert [name for name in results if isinstance(name, str)] == [winners[0].name] * 5
    assert AuditEvent.objects.filter(action="escalation.acknowledged").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_reports_scored_at_once_share_one_escalation(submit, now):
    ids = [submit(answers=answers).report.pk for answers in (FEVER, FEVER_AND_CONFUSION, FEVER, NAUSEA)]
    barrier = Barrier(len(ids))

    def score(report_id) -> None:
        barrier.wait()
        try:
            scoring.score(report_id=report_id, now=now)
        finally:
            connection.close()

    threads = [Thread(target=score, args=[report_id]) for report_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    escalation = Escalation.objects.get()
    assert escalation.level == "emergency"
    assert escalation.events.filter(report__isnull=False).count() == len(ids)
    assert escalation.pages.filter(state="due").count() == 1


def test_note_is_kept_with_its_author(escalate, nurse, now):
    escalation = escalate(FEVER)

    lifecycle.add_note(escalation_id=escalation.pk, by=nurse, text="  Called, no answer. ", now=now)

    note = EscalationEvent.objects.get(kind="note")
    assert (note.text, note.by, note.at) == ("Called, no answer.", nurse, now)


def test_note_without_words_is_refused(escalate, nurse, now):
    escalation = escalate(FEVER)

    with pytest.raises(lifecycle.EmptyNote):
        lifecycle.add_note(escalation_id=escalation.pk, by=nurse, text="  ", now=now)


def test_resolve_keeps_outcome_and_person_and_a_new_report_opens_anew(escalate, nurse, now):
    escalation = escalate(FEVER)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="admitted", note="Ward 4.", now=now)
    second = escalate(FEVER, at=now + timedelta(hours=1))

    escalation.refresh_from_db()
    assert (escalation.state, escalation.outcome, escalation.resolved_by) == ("resolved", "admitted", nurse)
    assert escalation.resolution_note == "Ward 4."
    assert second.pk != escalation.pk


def test_resolve_urgent_without_outcome_is_refused(escalate, nurse, now):
    escalation = escalate(FEVER)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    for outcome in ("", "made_up"):
        with pytest.raises(lifecycle.OutcomeNeeded):
            lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome=outcome, note="", now=now)


def test_resolve_watch_needs_no_outcome(escalate, nurse, now):
    escalation = escalate(NAUSEA)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    resolved = lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="", note="", now=now)

    assert resolved.state == "resolved"


def test_resolve_before_acknowledging_is_refused(escalate, nurse, now):
    escalation = escalate(FEVER)

    with pytest.raises(lifecycle.NotAcknowledged):
        lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="admitted", note="", now=now)


def test_only_the_holder_closes_and_a_colleague_takes_over_first_with_a_reason(escalate, nurse, clinic, now):
    escalation = escalate(FEVER)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    colleague = factories.StaffFactory(clinic=clinic).user
    close = {"escalation_id": escalation.pk, "outcome": "admitted", "note": "", "now": now}

    with pytest.raises(lifecycle.NotHolder) as refused:
        lifecycle.resolve(by=colleague, **close)
    assert refused.value.holder == "Nora Nurse"
    with pytest.raises(leases.ReasonNeeded):
        transfers.take_over(escalation_id=escalation.pk, by=colleague, reason=" ", now=now)
    transfers.take_over(escalation_id=escalation.pk, by=colleague, reason="Called away", now=now)

    assert lifecycle.resolve(by=colleague, **close).resolved_by == colleague


def test_resolved_escalation_takes_no_second_end_and_no_note(escalate, nurse, now):
    escalation = escalate(FEVER)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="admitted", note="", now=now)

    with pytest.raises(lifecycle.AlreadyResolved):
        lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="admitted", note="", now=now)
    with pytest.raises(lifecycle.AlreadyResolved):
        lifecycle.add_note(escalation_id=escalation.pk, by=nurse, text="late", now=now)
    with pytest.raises(lifecycle.AlreadyTaken):
        lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)


def test_other_clinic_and_caregiver_see_no_escalation(escalate, other_nurse, caregiver, now):
    escalation = escalate(FEVER)

    for person in (other_nurse, caregiver):
        with pytest.raises(NotVisible):
            lifecycle.acknowledge(escalation_id=escalation.pk, by=person, now=now)
    assert AuditEvent.objects.filter(action="access.denied").count() == 2


def test_administrator_sees_but_may_not_take(escalate, clinic, now):
    escalation = escalate(FEVER)
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user

    with pytest.raises(NotAllowed):
        lifecycle.acknowledge(escalation_id=escalation.pk, by=administrator, now=now)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "resolved"},
        {"state": "acknowledged"},
        {"severity": 1},
        {"level": "none", "severity": 0},
    ],
    ids=["resolved by nobody", "acknowledged by nobody", "level and severity differ", "level none"],
)
def test_database_refuses_an_escalation_that_breaks_the_rules(escalate, changes):
    escalation = escalate(FEVER)

    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.filter(pk=escalation.pk).update(**changes)


def test_database_refuses_a_resolved_urgent_escalation_without_outcome(escalate, nurse, now):
    escalation = escalate(FEVER)

    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.filter(pk=escalation.pk).update(
            state="resolved", resolved_at=now, resolved_by=nurse
        )


def test_database_refuses_a_second_open_escalation(escalate, patient):
    escalate(FEVER)

    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.create(clinic=patient.clinic, patient=patient, level="urgent", severity=3)
