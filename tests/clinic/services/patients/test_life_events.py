from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from clinic.access import NotAllowed, NotVisible
from clinic.models import (
    AuditEvent,
    Escalation,
    LifeEvent,
    Night,
    Patient,
    Reminder,
    SystemAlarm,
    TrialText,
)
from clinic.queries.core import courses
from clinic.queries.patients import register
from clinic.queries.patients.facts import facts
from clinic.services.answers import text_alarms
from clinic.services.checkins import nights, plan, reminders
from clinic.services.escalations import call_backs, levels, life_events, lifecycle, missed, worries
from clinic.services.patients import enrolment, invitations, preparation
from clinic.services.patients.life_events import Refused
from notifications.models import Message
from notifications.services import opt_outs
from tests import cases, factories

HIGH_FEVER = {"temp_value": "39.4", "temp_unit": "C"}


@pytest.fixture
def patient(clinic, now):
    return factories.PatientFactory(clinic=clinic, created_at=now - timedelta(days=5))


def record(patient, kind, by, at, *, now=None, reason=""):
    event = life_events.record(patient_id=patient.pk, kind=kind, by=by, at=at, reason=reason, now=now or at)
    patient.refresh_from_db()
    return event


def take_back(patient, event, by, now, reason="The wrong row"):
    life_events.take_back(patient_id=patient.pk, event_id=event.pk, by=by, reason=reason, now=now)
    patient.refresh_from_db()


def waiting_texts():
    return Message.objects.filter(due_at__isnull=False).exclude(purpose="page")


def open_alarms():
    return set(SystemAlarm.objects.filter(cleared_at=None).values_list("kind", flat=True))


def days_of_engine(start, days):
    """Every half hour the steps that would remind, ask or alarm."""
    for n in range(days * 48):
        at = start + timedelta(minutes=30 * n)
        plan.plan_all(now=at)
        reminders.queue_due(now=at)
        nights.follow_up_due(now=at)
        missed.escalate_due(now=at)
        enrolment.end_pauses(now=at)


def test_admission_stops_reminders_and_silence_until_a_discharge(patient, caregiver, nurse, now):
    plan.plan_all(now=now - timedelta(hours=1))
    reminders.queue_due(now=now)

    record(patient, "admitted", nurse, now)
    days_of_engine(now, 3)

    assert patient.status == "admitted"
    assert not patient.checkins.filter(due_at__gte=now, state="planned").exists()
    assert not waiting_texts().exists()
    assert not Escalation.objects.exists()


def test_coming_home_is_counted_from_the_last_discharge_and_a_mistake_leads_back(patient, nurse, now):
    days = [now + timedelta(days=day) for day in range(5)]
    record(patient, "admitted", nurse, days[0])
    first = record(patient, "discharged", nurse, days[1])
    assert patient.home_since == days[1]
    record(patient, "admitted", nurse, days[2])
    second = record(patient, "discharged", nurse, days[3])
    assert patient.home_since == days[3]

    take_back(patient, second, nurse, days[4])
    assert (patient.status, patient.home_since) == ("admitted", days[1])
    assert first.home_since_before is None


def test_monitoring_that_begins_is_coming_home_and_a_pause_is_not(patient, caregiver, nurse, now):
    Patient.objects.filter(pk=patient.pk).update(status="preparing")
    preparation.start_monitoring(patient_id=patient.pk, by=nurse, reason="Proven by hand", now=now)
    enrolment.pause_monitoring(
        patient_id=patient.pk, by=nurse, until=now + timedelta(days=1), reason="A trip", now=now
    )
    enrolment.end_pauses(now=now + timedelta(days=2))

    patient.refresh_from_db()
    assert (patient.home_since, patient.monitored_since) == (now, now + timedelta(days=2))


def test_discharge_plans_anew_counts_silence_from_then_and_asks_staff(patient, caregiver, nurse, now):
    plan.plan_all(now=now - timedelta(days=1))
    record(patient, "admitted", nurse, now)
    home = now + timedelta(days=3)

    record(patient, "discharged", nurse, home)
    plan.plan_all(now=home)
    missed.escalate_due(now=home + timedelta(hours=1))

    assert (patient.status, patient.monitored_since) == ("active", home)
    assert patient.checkins.filter(due_at__gte=home, state="planned").exists()
    assert (open_alarms(), Escalation.objects.count()) == ({"home_again"}, 0)
    missed.escalate_due(now=home + timedelta(hours=40))
    assert Escalation.objects.get().events.get(kind="opened").cause == "missed_checkin"


def test_outcome_admitted_records_the_admission_once(patient, caregiver, nurse, now):
    plan.plan_all(now=now)
    escalation = cases.escalate(patient, HIGH_FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="admitted", note="", now=now)
    days_of_engine(now, 2)

    event = LifeEvent.objects.get()
    patient.refresh_from_db()
    assert (event.kind, event.escalation, event.at) == ("admitted", escalation, now)
    assert patient.status == "admitted"
    assert not Escalation.objects.exclude(pk=escalation.pk).exists()
    assert not Message.objects.filter(purpose="reminder", due_at__isnull=False).exists()


def test_second_answer_of_one_escalation_admits_nobody_again(patient, caregiver, nurse, now):
    """Lowered with "admitted", home again meanwhile, then closed: the outcome is that of the lowering."""
    escalation = cases.escalate(patient, HIGH_FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    levels.lower(
        escalation_id=escalation.pk,
        by=nurse,
        level="watch",
        reason="On the ward",
        outcome="admitted",
        now=now,
    )
    later = now + timedelta(minutes=10)
    record(patient, "discharged", nurse, later)

    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="", note="", now=later)

    patient.refresh_from_db()
    assert (patient.status, LifeEvent.objects.filter(kind="admitted").count()) == ("active", 1)


def test_report_from_hospital_is_scored_and_pages_as_in_a_pause(patient, caregiver, nurse, now):
    record(patient, "admitted", nurse, now)

    escalation = cases.escalate(patient, cases.FEVER, now + timedelta(hours=1))

    assert (escalation.level, escalation.pages.count()) == ("urgent", 1)
    assert not patient.checkins.filter(kind="recheck").exists()


def test_pause_ends_with_the_admission_and_no_clock_starts_monitoring(patient, caregiver, nurse, now):
    enrolment.pause_monitoring(
        patient_id=patient.pk, by=nurse, until=now + timedelta(hours=2), reason="in ICU", now=now
    )

    record(patient, "admitted", nurse, now)

    assert enrolment.end_pauses(now=now + timedelta(days=1)) == 0
    with pytest.raises(enrolment.NotMonitored):
        enrolment.resume_monitoring(patient_id=patient.pk, by=nurse, now=now)


def test_death_in_a_pause_ends_everything_for_good(patient, caregiver, nurse, now):
    enrolment.pause_monitoring(
        patient_id=patient.pk, by=nurse, until=now + timedelta(days=2), reason="in ICU", now=now
    )
    record(patient, "died", nurse, now + timedelta(days=1))

    days_of_engine(now + timedelta(days=1), 3)

    assert (patient.status, patient.paused_until) == ("died", None)
    assert not Message.objects.filter(purpose="reminder").exists()
    assert (Escalation.objects.count(), open_alarms()) == (0, {"call_family"})


def test_death_withdraws_what_waits_and_leaves_another_patients_texts(patient, caregiver, nurse, now):
    """The same person looks after somebody else: those reminders stay."""
    other = factories.CareTeamMemberFactory(user=caregiver, patient__clinic=patient.clinic).patient
    guest = {"phone": "+16175550140", "name": "Ana", "relation": "sister", "language": "en"}
    invited = invitations.invite(patient=patient, by=nurse, now=now, **guest).invitation
    preparation.send_trial_texts(patient_id=patient.pk, by=nurse, now=now)
    plan.plan_all(now=now - timedelta(hours=2))
    reminders.queue_due(now=now)
    kept = set(Reminder.objects.filter(checkin__patient=other).values_list("message_id", flat=True)) - {None}

    event = record(patient, "died", nurse, now + timedelta(minutes=1))

    invited.refresh_from_db()
    assert kept and set(waiting_texts().values_list("pk", flat=True)) == kept
    assert Message.objects.get(pk=TrialText.objects.get().message_id).state == "suppressed"
    assert (invited.revoked_by, invited.revoked_at) == (nurse, event.recorded_at)
    with pytest.raises(invitations.CareOver):
        invitations.invite(patient=patient, by=nurse, now=now, **guest)
    withdrawn = AuditEvent.objects.get(action="patient.died").detail["withdrawn"]
    assert (withdrawn["texts"], withdrawn["invitations"]) == (3, 1)


def test_death_settles_a_night_that_was_asked_about(patient, caregiver, nurse, now):
    factories.CareTeamMemberFactory(patient=patient)
    plan.plan_all(now=now - timedelta(hours=3))
    nights.follow_up_due(now=now - timedelta(hours=1))
    assert Night.objects.filter(state="asked").exists()

    record(patient, "died", nurse, now)

    assert not Night.objects.filter(state__in=["asked", "told"]).exists()
    assert not waiting_texts().exists()


def test_death_closes_what_is_open_whoever_has_it_and_pages_stop(patient, caregiver, nurse, now):
    colleague = factories.StaffFactory(clinic=patient.clinic).user
    factories.OnCallFactory(staff__clinic=patient.clinic)
    escalation = cases.escalate(patient, cases.FEVER, now)
    cases.run_engine(now, minutes=1)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=colleague, now=now + timedelta(minutes=2))

    record(patient, "died", nurse, now + timedelta(minutes=3))

    escalation.refresh_from_db()
    assert (escalation.state, escalation.outcome, escalation.resolved_by) == ("resolved", "died", nurse)
    assert not escalation.pages.filter(state__in=["due", "held"]).exists()
    assert not Message.objects.filter(purpose="news", due_at__isnull=False).exists()


def test_taking_a_death_back_goes_on_as_before_and_pages_what_it_had_closed(patient, caregiver, nurse, now):
    plan.plan_all(now=now)
    before = list(patient.checkins.filter(due_at__gt=now + timedelta(hours=2)).values_list("pk", flat=True))
    escalation = cases.escalate(patient, cases.FEVER, now)
    event = record(patient, "died", nurse, now + timedelta(minutes=1))
    later = now + timedelta(hours=1)

    take_back(patient, event, nurse, later)
    plan.plan_all(now=later)

    escalation.refresh_from_db()
    assert (patient.status, patient.monitored_since) == ("active", later)
    assert (escalation.state, escalation.outcome, escalation.waiting_since) == ("open", "", later)
    assert escalation.pages.filter(state="due").count() == 1
    assert set(before) <= set(patient.checkins.filter(state="planned").values_list("pk", flat=True))
    assert open_alarms() == set()
    detail = AuditEvent.objects.get(action="patient.event_taken_back").detail
    assert detail == {"event": str(event.pk), "kind": "died", "status": "active"}


def test_report_that_came_while_a_living_patient_was_thought_dead_pages_then(patient, caregiver, nurse, now):
    event = record(patient, "died", nurse, now)
    cases.report_by_family(patient, cases.FEVER, now + timedelta(minutes=5))
    assert not Escalation.objects.exists()

    take_back(patient, event, nurse, now + timedelta(minutes=10))

    assert Escalation.objects.get(patient=patient).pages.filter(state="due").count() == 1


@pytest.mark.parametrize("stopped_after", [-1, 1])
def test_whom_no_reminder_reaches_is_asked_about_again_when_a_death_is_taken_back(
    patient, caregiver, nurse, now, stopped_after
):
    def stop(at):
        opt_outs.record(phone=str(caregiver.phone), service="reminders", source="keyword", now=at)
        text_alarms.raise_for_text(from_phone=str(caregiver.phone), kind="stop", inbound_id="x", now=at)

    at = now + timedelta(minutes=stopped_after)
    if at < now:
        stop(at)
    event = record(patient, "died", nurse, now)
    if at > now:
        stop(at)
    assert open_alarms() == {"call_family"}

    take_back(patient, event, nurse, now + timedelta(minutes=10))

    assert open_alarms() == {"opted_out"}


def test_worry_told_while_a_living_patient_was_thought_dead_is_owed_a_call_then(
    patient, caregiver, nurse, now
):
    def tell(words):
        worries.record(
            worry_id=told,
            patient_id=patient.pk,
            by=caregiver,
            told_at=now,
            now=now,
            is_strong=True,
            words=words,
        )

    told = uuid4()
    event = record(patient, "died", nurse, now)
    tell("He only sleeps")
    assert not Escalation.objects.exists()

    take_back(patient, event, nurse, now + timedelta(minutes=10))

    escalation = Escalation.objects.get(patient=patient)
    assert (escalation.state, escalation.worries.get().pk) == ("open", told)
    assert escalation.events.get(kind="opened").text == "He only sleeps"
    assert call_backs.is_owed(escalation)


def test_worry_of_before_a_mistaken_death_that_was_told_more_meanwhile_is_still_owed(
    patient, caregiver, nurse, now
):
    told = {"worry_id": uuid4(), "patient_id": patient.pk, "by": caregiver, "told_at": now}
    before = worries.record(**told, now=now).escalation
    event = record(patient, "died", nurse, now + timedelta(minutes=1))
    worries.record(**told, now=now + timedelta(minutes=2), words="Please call")

    take_back(patient, event, nurse, now + timedelta(minutes=10))

    assert Escalation.objects.exclude(state="resolved").get() == before
    assert call_backs.is_owed(before)


def test_pause_that_would_have_ended_meanwhile_is_no_pause_after_taking_back(patient, caregiver, nurse, now):
    until = now + timedelta(hours=2)
    enrolment.pause_monitoring(patient_id=patient.pk, by=nurse, until=until, reason="holiday", now=now)
    event = record(patient, "died", nurse, now)
    take_back(patient, event, nurse, now + timedelta(hours=1))
    assert (patient.status, patient.paused_until, patient.pause_reason) == ("paused", until, "holiday")

    again = record(patient, "died", nurse, now + timedelta(minutes=90))
    take_back(patient, again, nurse, now + timedelta(hours=3))

    assert (patient.status, patient.paused_until) == ("active", None)


def test_discharge_taken_back_is_in_hospital_again(patient, caregiver, nurse, now):
    admitted = record(patient, "admitted", nurse, now)
    discharged = record(patient, "discharged", nurse, now + timedelta(hours=1))
    with pytest.raises(life_events.NotLast):
        take_back(patient, admitted, nurse, now + timedelta(hours=2))

    take_back(patient, discharged, nurse, now + timedelta(hours=2))

    assert (patient.status, open_alarms()) == ("admitted", set())
    with pytest.raises(life_events.AlreadyTakenBack):
        take_back(patient, discharged, nurse, now + timedelta(hours=2))


def test_late_record_keeps_what_was_sent_and_lets_nothing_more_leave(patient, caregiver, nurse, now):
    plan.plan_all(now=now - timedelta(days=1))
    reminders.queue_due(now=now)
    Message.objects.update(state="delivered", due_at=None)
    sent = Message.objects.count()

    record(patient, "died", nurse, now - timedelta(hours=5), now=now)
    days_of_engine(now, 1)

    assert (Message.objects.count(), Message.objects.filter(state="delivered").count()) == (sent, sent)


def test_who_was_admitted_before_going_home_goes_home_by_the_check(patient, caregiver, nurse, now):
    type(patient).objects.filter(pk=patient.pk).update(status="preparing")
    record(patient, "admitted", nurse, now)

    record(patient, "discharged", nurse, now + timedelta(days=1))

    assert (patient.status, open_alarms()) == ("preparing", set())


@pytest.mark.parametrize(
    ("before", "kind", "minutes", "reason", "why"),
    [
        ((), "died", 5, "", "in_future"),
        ((), "died", -60 * 24 * 6, "", "before_enrolment"),
        ((), "discharged", 0, "", "not_in_hospital"),
        (("admitted",), "admitted", 0, "", "in_hospital_already"),
        (("admitted",), "discharged", -2, "", "before_last"),
        (("died",), "died", 0, "", "after_death"),
        (("died",), "discharged", 0, "", "after_death"),
        (("ended",), "admitted", 0, "", "after_end"),
        (("relapsed",), "relapsed", 0, "", "twice"),
        ((), "ended", 0, "  ", "reason_needed"),
        ((), "transferred", 0, "", "needs_acceptance"),
    ],
)
def test_what_cannot_have_happened_is_refused(patient, nurse, now, before, kind, minutes, reason, why):
    for earlier in before:
        record(patient, earlier, nurse, now, reason="Said so")

    with pytest.raises(Refused) as refused:
        record(patient, kind, nurse, now + timedelta(minutes=minutes), now=now, reason=reason)

    assert (refused.value.reason, LifeEvent.objects.count()) == (why, len(before))


def test_relapse_is_a_fact_and_changes_no_monitoring(patient, caregiver, nurse, now):
    plan.plan_all(now=now)
    planned = patient.checkins.filter(state="planned").count()

    record(patient, "relapsed", nurse, now - timedelta(hours=3), now=now)

    assert (patient.status, patient.checkins.filter(state="planned").count()) == ("active", planned)


def test_death_is_for_those_who_answer_alerts(patient, caregiver, stranger, other_nurse, now):
    lead = factories.StaffFactory(clinic=patient.clinic, role="administrator").user
    educator = factories.StaffFactory(clinic=patient.clinic, role="educator").user

    for person, refusal in ((lead, NotAllowed), (caregiver, NotAllowed), (educator, NotVisible)):
        with pytest.raises(refusal):
            record(patient, "died", person, now)
    for person in (stranger, other_nurse):
        with pytest.raises(NotVisible):
            record(patient, "died", person, now)
    assert record(patient, "admitted", lead, now).recorded_by == lead


def test_fact_is_never_changed_and_taken_back_once(patient, nurse, now):
    event = record(patient, "relapsed", nurse, now)

    for change in ({"at": now - timedelta(days=1)}, {"reason": "other"}, {"kind": "died"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            LifeEvent.objects.filter(pk=event.pk).update(**change)
    take_back(patient, event, nurse, now)
    with pytest.raises(DatabaseError), transaction.atomic():
        LifeEvent.objects.filter(pk=event.pk).update(taken_back_reason="again")
    with pytest.raises(DatabaseError), transaction.atomic():
        LifeEvent.objects.filter(pk=event.pk).delete()


def test_days_stop_with_a_death_and_go_on_when_it_was_a_mistake(patient, caregiver, nurse, now):
    """In every place that says the day, also weeks later."""
    event = record(patient, "died", nurse, now)
    then, later = courses.day_at(patient, now), now + timedelta(days=40)

    [row] = register.search(user=nurse, words="", cursor="", status="all", now=later).rows
    assert {row.day, facts(patient, later).day, courses.shown_day(patient, later)} == {then}

    take_back(patient, event, nurse, later)
    assert courses.shown_day(patient, later) == then + 40
