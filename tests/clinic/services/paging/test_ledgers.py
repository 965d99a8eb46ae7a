"""What should page against what did: counted from both ends, once a night, told once a week."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.models import Escalation, EscalationEvent, LedgerDay, Page, Suppression, SystemAlarm
from clinic.models.escalation import Cause
from clinic.queries.paging import ledger
from clinic.rules.core.enums import Level
from clinic.services.escalations import lifecycle, scoring
from clinic.services.paging import bundles, chain, ledgers
from clinic.services.patients import enrolment
from clinic.services.watch import weekly_test
from notifications.models import Message
from tests import cases, factories

# The cast's clock says Saturday 21:00 in New York; this is the night after it, and the Monday.
NIGHT = timedelta(hours=6)
MONDAY = timedelta(hours=37)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def person(clinic):
    return factories.OnCallFactory(staff__clinic=clinic, staff__user__name="Ana First", position=0).staff


def arrive():
    """The phone company has taken what was in the outbox."""
    Message.objects.filter(purpose="page", state="pending").update(state="accepted")


def tally(clinic, now):
    arrive()
    return ledger.count_alarms(clinic, now - timedelta(hours=1), now + timedelta(hours=1))


def numbers(clinic, now):
    found = tally(clinic, now)
    return found.alarms, found.paged, found.answered_first, found.held_back, len(found.missing)


def test_everything_that_should_page_is_counted_once(clinic, person, nurse, now):
    _paged, answered, twice = (
        cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER_AND_CONFUSION, now) for _ in "123"
    )
    lifecycle.acknowledge(escalation_id=answered.pk, by=nurse, now=now)
    chain.send_due(now=now)
    cases.escalate(twice.patient, cases.FEVER_AND_CONFUSION, now + MINUTE)
    cases.escalate(factories.PatientFactory(clinic=clinic), {"vomiting": 2}, now)

    assert numbers(clinic, now) == (4, 2, 1, 1, 0)


def test_page_that_waits_for_the_bundle_is_paged_when_it_went(clinic, person, now):
    for _ in range(2):
        cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER, now)
    chain.send_due(now=now)
    bundles.send_due(now=now + MINUTE)

    held = Suppression.objects.get(rule="throttled")
    assert (held.page.state, held.page.staff) == ("sent", person)
    assert numbers(clinic, now) == (2, 2, 0, 0, 0)


def test_missed_check_ins_count_paused_ones_too(clinic, person, patient, nurse, now):
    other = factories.PatientFactory(clinic=clinic)
    paused = enrolment.pause_monitoring(
        patient_id=other.pk, by=nurse, until=now + timedelta(days=1), reason="In hospital", now=now
    )
    with transaction.atomic():
        for one in (patient, paused):
            lifecycle.open_for_cause(patient=one, cause=Cause.MISSED_CHECKIN, level=Level.URGENT, now=now)
    chain.send_due(now=now)

    assert numbers(clinic, now) == (2, 1, 0, 1, 0)


def test_practice_weekly_test_and_other_clinics_count_nowhere(clinic, other_clinic, person, now, settings):
    settings.STAFF_CHECKS = True
    admin = factories.StaffFactory(clinic=clinic, role="administrator").user
    weekly_test.send(clinic=clinic, by=admin, now=now)
    preparing = factories.PatientFactory(clinic=clinic, status="preparing")
    practice = factories.ReportFactory(patient=preparing, answers=cases.FEVER_AND_CONFUSION, is_drill=True)
    scoring.score(report_id=practice.pk, now=now)
    assert Escalation.objects.get().is_drill
    cases.escalate(factories.PatientFactory(clinic=other_clinic), cases.FEVER, now)

    assert numbers(clinic, now) == (0, 0, 0, 0, 0)


def lose_the_event(escalation):
    """As if scoring had stored its result and then opened nothing."""
    Page.objects.filter(escalation=escalation).delete()
    EscalationEvent.objects.filter(escalation=escalation).update(report=None)


def lose_the_pages(escalation):
    """As if nobody had ever been paged."""
    Page.objects.filter(escalation=escalation).delete()


def lose_the_message(escalation):
    """As if the page had stayed where it was, unsent."""
    Page.objects.filter(escalation=escalation).exclude(state="due").update(state="held")


@pytest.mark.parametrize("lose", [lose_the_event, lose_the_pages, lose_the_message])
def test_alarm_that_paged_nobody_is_found_with_the_patients_name(clinic, patient, person, now, lose):
    escalation = cases.escalate(patient, cases.FEVER, now)
    chain.send_due(now=now)
    assert numbers(clinic, now) == (1, 1, 0, 0, 0)

    lose(escalation)

    assert numbers(clinic, now) == (1, 0, 0, 0, 1)
    assert [one.patient_name for one in tally(clinic, now).missing] == [patient.full_name]


def test_report_that_joined_without_a_row_is_found(clinic, patient, person, now):
    cases.escalate(patient, cases.FEVER, now)
    chain.send_due(now=now)
    cases.escalate(patient, cases.FEVER, now + MINUTE)
    Suppression.objects.all().delete()

    assert numbers(clinic, now) == (2, 1, 0, 0, 1)


def test_page_that_is_gone_from_the_middle_is_found(clinic, patient, person, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    for minutes in (0, 10, 20):
        chain.send_due(now=now + minutes * MINUTE)
        arrive()
    assert tally(clinic, now).lost_pages == 0

    escalation.pages.filter(number=2).delete()

    assert tally(clinic, now).lost_pages == 1


def test_one_thing_is_held_back_once(clinic, patient, person, now):
    cases.escalate(patient, cases.FEVER, now)
    cases.escalate(patient, cases.FEVER, now + MINUTE)
    row = Suppression.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Suppression.objects.create(clinic=clinic, rule=row.rule, event=row.event)


def test_day_is_counted_once_in_the_night_after_it(clinic, patient, person, now):
    cases.escalate(patient, cases.FEVER, now)
    chain.send_due(now=now)
    # The cast's clinic is at 21:00 of the 21st: the days before it are over, this one is not.
    arrive()
    ledgers.count_due(now=now)
    assert not LedgerDay.objects.filter(day="2026-11-21").exists()

    ledgers.count_due(now=now + NIGHT)
    lose_the_pages(Escalation.objects.get())
    again = ledgers.count_due(now=now + NIGHT)

    row = LedgerDay.objects.get(day="2026-11-21")
    assert (again, row.alarms, row.paged, row.is_right) == (0, 1, 1, True)
    assert not SystemAlarm.objects.exists()


def test_before_two_in_the_morning_yesterday_is_not_counted(clinic, now):
    midnight = now + timedelta(hours=3)

    ledgers.count_due(now=midnight + timedelta(minutes=119))
    before = LedgerDay.objects.filter(day="2026-11-21").count()
    ledgers.count_due(now=midnight + timedelta(minutes=120))

    assert (before, LedgerDay.objects.filter(day="2026-11-21").count()) == (0, 1)


def test_days_of_a_standstill_are_made_up_for(clinic, now):
    ledgers.count_due(now=now + NIGHT)

    days = LedgerDay.objects.order_by("day").values_list("day", flat=True)
    assert [f"{day:%d}" for day in days] == ["15", "16", "17", "18", "19", "20", "21"]


def test_day_that_does_not_add_up_is_an_alarm_that_names_the_day(clinic, patient, person, now):
    lose_the_pages(cases.escalate(patient, cases.FEVER, now))

    ledgers.count_due(now=now + NIGHT)

    alarm = SystemAlarm.objects.get(kind="ledger_wrong")
    assert (alarm.clinic, alarm.subject) == (clinic, "2026-11-21")
    assert LedgerDay.objects.get(day="2026-11-21").unaccounted == 1


def test_sums_that_do_not_add_up_cannot_be_stored(clinic, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerDay.objects.create(
            clinic=clinic,
            day=now.date(),
            alarms=2,
            paged=1,
            answered_first=0,
            held_back=0,
            unaccounted=0,
            lost_pages=0,
            counted_at=now,
        )


def hold_something_back(patient, at):
    cases.escalate(patient, cases.FEVER, at)
    cases.escalate(patient, cases.FEVER, at + MINUTE)


def test_leads_are_texted_once_on_monday_with_no_name_and_no_health_word(clinic, patient, now):
    lead = factories.StaffFactory(clinic=clinic, role="administrator", user__language="es")
    hold_something_back(patient, now)

    for hours in (0, 1, 2):
        ledgers.text_leads_weekly(now=now + MONDAY + timedelta(hours=hours))

    message = Message.objects.get(dedupe_key__startswith="ledger:")
    assert message.to == str(lead.phone)
    assert message.body.endswith(" http://testserver/console/ledger/")
    assert "semana pasada" in message.body
    assert patient.family_name not in message.body


@pytest.mark.parametrize("hours", [0, 24, 35, 45, 61])
def test_leads_are_left_alone_at_other_times(clinic, patient, now, hours):
    factories.StaffFactory(clinic=clinic, role="administrator")
    hold_something_back(patient, now - timedelta(days=1))

    ledgers.text_leads_weekly(now=now + timedelta(hours=hours))

    assert not Message.objects.filter(dedupe_key__startswith="ledger:").exists()


def test_week_in_which_nothing_was_held_back_texts_nobody(clinic, patient, person, now):
    factories.StaffFactory(clinic=clinic, role="administrator")
    cases.escalate(patient, cases.FEVER, now)

    ledgers.text_leads_weekly(now=now + MONDAY)

    assert not Message.objects.filter(dedupe_key__startswith="ledger:").exists()


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_count_and_text_once(clinic, patient, now):
    factories.StaffFactory(clinic=clinic, role="administrator")
    hold_something_back(patient, now)
    together = Barrier(2)

    def run():
        try:
            together.wait(10)
            ledgers.count_due(now=now + MONDAY)
            ledgers.text_leads_weekly(now=now + MONDAY)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert LedgerDay.objects.filter(day="2026-11-21").count() == 1
    assert Message.objects.filter(dedupe_key__startswith="ledger:").count() == 1


@pytest.mark.parametrize("state", ["accepted", "sent", "delivered"])
def test_page_counts_as_paged_when_the_phone_company_has_taken_it(clinic, patient, person, now, state):
    cases.escalate(patient, cases.FEVER, now)
    chain.send_due(now=now)
    Message.objects.update(state=state)

    assert numbers(clinic, now) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize("state", ["sending", "unknown", "failed", "expired"])
def test_page_that_nobody_took_is_not_paged_and_is_an_alarm(clinic, patient, person, now, state):
    cases.escalate(patient, cases.FEVER, now)
    chain.send_due(now=now)
    Message.objects.update(state=state)

    assert numbers(clinic, now) == (1, 0, 0, 0, 1)
    ledgers.count_due(now=now + NIGHT)

    row = LedgerDay.objects.get(day="2026-11-21")
    assert (row.alarms, row.paged, row.unaccounted, row.is_right) == (1, 0, 1, False)
    assert SystemAlarm.objects.get().kind == "ledger_wrong"


def test_one_page_of_a_chain_that_went_out_is_enough(clinic, patient, person, now):
    cases.escalate(patient, cases.FEVER, now)
    chain.send_due(now=now)
    Message.objects.update(state="failed")
    chain.send_due(now=now + 2 * MINUTE)

    assert numbers(clinic, now) == (1, 1, 0, 0, 0)


def test_answer_before_any_page_went_out_counts_as_that(clinic, patient, person, nurse, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    chain.send_due(now=now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    assert Message.objects.get(purpose="page").state == "suppressed"

    assert numbers(clinic, now) == (1, 0, 1, 0, 0)
    Message.objects.update(state="failed")
    assert numbers(clinic, now) == (1, 0, 1, 0, 0)


def test_page_whose_message_is_no_longer_kept_stays_paged(clinic, patient, person, now):
    cases.escalate(patient, cases.FEVER, now)
    chain.send_due(now=now)
    Page.objects.filter(state="sent").update(message_id=uuid4())

    assert numbers(clinic, now) == (1, 1, 0, 0, 0)
