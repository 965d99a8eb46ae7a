""" "I am worried": stored once, always answered by a call."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from clinic.access import NotVisible
from clinic.models import AuditEvent, Escalation, EscalationEvent, Page, Worry
from clinic.services.escalations import contacts, leases, lifecycle, worries
from notifications.models import Message
from notifications.rules.text import health_words
from tests import cases, factories

LATE = timedelta(days=146)


@pytest.fixture
def tell(patient, caregiver, now):
    def _tell(worry_id=None, *, at=now, **changes):
        facts = {"patient_id": patient.pk, "by": caregiver, "told_at": at, "now": at, **changes}
        return worries.record(worry_id=worry_id or uuid4(), **facts)

    return _tell


@pytest.mark.parametrize(
    ("is_strong", "after", "level"),
    [(False, timedelta(0), "same_day"), (True, timedelta(0), "urgent"), (True, LATE, "same_day")],
    ids=["tap", "very, early", "very, late"],
)
def test_level_is_the_protocols_and_never_below_a_call_today(tell, now, is_strong, after, level):
    tell(is_strong=is_strong, at=now + after)

    escalation = Escalation.objects.get()
    assert (escalation.level, escalation.state) == (level, "open")
    event = EscalationEvent.objects.exclude(kind="paged").get()
    assert (event.kind, event.cause) == ("opened", "worry")
    assert Page.objects.exists() == (level == "urgent")


def test_very_worried_where_no_protocol_is_published_is_urgent(db, now):
    patient = factories.PatientFactory(clinic=factories.ClinicFactory(protocol=False))
    family = factories.CareTeamMemberFactory(patient=patient).user

    worries.record(worry_id=uuid4(), patient_id=patient.pk, by=family, told_at=now, now=now, is_strong=True)

    assert Escalation.objects.get().level == "urgent"


def test_same_tap_again_is_one_worry_and_one_line_of_history(tell, now):
    worry_id = uuid4()

    for minutes in range(3):
        tell(worry_id, at=now + timedelta(minutes=minutes))

    worry = Worry.objects.get()
    assert (worry.pk, worry.received_at) == (worry_id, now)
    assert EscalationEvent.objects.filter(cause="worry").count() == 1
    assert AuditEvent.objects.filter(action="worry.told").count() == 1


def test_words_and_very_worried_are_added_to_the_same_worry(tell):
    worry_id = uuid4()
    tell(worry_id)
    tell(worry_id, words="He looks through me.")
    tell(worry_id, words="He looks through me.", is_strong=True)

    worry = Worry.objects.get()
    assert (worry.words, worry.is_strong) == ("He looks through me.", True)
    assert Escalation.objects.get().level == "urgent"
    kinds = list(EscalationEvent.objects.filter(cause="worry").order_by("pk").values_list("kind", "text"))
    assert kinds == [("opened", ""), ("cause_added", "He looks through me."), ("rose", "")]


def test_worry_told_late_keeps_when_it_was_felt_and_no_time_to_come(tell, now):
    past = tell(told_at=now - timedelta(hours=2))
    ahead = tell(told_at=now + timedelta(hours=2))

    assert (past.told_at, past.received_at) == (now - timedelta(hours=2), now)
    assert ahead.told_at == now


def test_worry_joins_what_is_open_and_never_lowers_it(tell, patient, now):
    escalation = cases.escalate(patient, {**cases.FEVER_AND_CONFUSION}, now)

    worry = tell()

    escalation.refresh_from_db()
    assert (worry.escalation, escalation.level) == (escalation, "emergency")


@pytest.fixture
def people(clinic):
    """Ana takes alerts; Ben is on call."""
    ana, ben = (factories.CoveringStaffFactory(clinic=clinic, user__name=name) for name in ("Ana", "Ben"))
    factories.OnCallFactory(staff=ben, position=0)
    return ana, ben


def take(patient, staff, now, answers=cases.FEVER_AND_CONFUSION):
    escalation = cases.escalate(patient, answers, now)
    return lifecycle.acknowledge(escalation_id=escalation.pk, by=staff.user, now=now)


def texts():
    waiting = Message.objects.filter(purpose="page", state="pending").order_by("created_at", "pk")
    return [(message.to, message.body) for message in waiting]


@pytest.mark.parametrize("answers", [cases.FEVER_AND_CONFUSION, cases.NAUSEA], ids=["emergency", "same day"])
def test_worry_about_what_somebody_has_is_told_to_them_once(tell, patient, people, now, answers):
    ana, _ben = people
    first, later = uuid4(), now + timedelta(minutes=7)
    held = take(patient, ana, now, {**answers, "worry": 1, "vomiting": 2})
    leases.snooze(escalation_id=held.pk, by=ana.user, until=later, reason="Waits for the lab", now=now)

    for _ in range(2):
        tell(first, at=now + timedelta(minutes=5))

    held.refresh_from_db()
    assert (held.state, held.acknowledged_by) == ("acknowledged", ana.user)
    [(to, body)] = texts()
    assert to == str(ana.phone)
    assert body == (
        "Kinwatch: a family whose alert is taken asks to be called. "
        f"Open http://testserver/console/escalations/{held.pk}/"
    )
    assert not health_words(body)
    tell(at=later)
    assert len(texts()) == 2


def test_worry_about_what_somebody_has_whom_no_text_reaches_is_told_to_who_is_on_call(
    tell, patient, people, now
):
    ana, ben = people
    take(patient, ana, now)
    ana.phone = ""
    ana.save(update_fields=["phone"])

    tell(at=now + timedelta(minutes=7))

    assert [to for to, _ in texts()] == [str(ben.phone)]


def test_worry_about_what_nobody_has_or_that_pages_is_no_text_besides(tell, patient, people, now):
    ana, _ben = people
    tell()
    assert texts() == []
    lifecycle.acknowledge(escalation_id=Escalation.objects.get().pk, by=ana.user, now=now)

    tell(at=now + timedelta(minutes=1), is_strong=True)

    assert Escalation.objects.get().state == "open"
    assert texts() == []


def test_id_of_somebody_elses_worry_is_refused(tell, stranger, caregiver):
    worry = tell()
    theirs = stranger.care_links.get().patient

    with pytest.raises(worries.WorryConflict):
        tell(worry.pk, by=stranger, patient_id=theirs.pk)
    with pytest.raises(NotVisible):
        tell(by=stranger)
    assert Worry.objects.count() == 1


def test_worry_closes_with_an_outcome_only_though_it_is_not_urgent(tell, nurse, now):
    escalation = tell().escalation
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    with pytest.raises(lifecycle.OutcomeNeeded):
        lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="", note="Fine.", now=now)
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="advice_given", note="", now=now)

    assert Escalation.objects.get().state == "resolved"


def test_first_call_that_reaches_the_family_ends_the_wait_and_nothing_moves_it(tell, nurse, now):
    escalation = tell().escalation
    called, closed = now + timedelta(minutes=12), now + timedelta(minutes=19)
    call = partial(contacts.log, escalation_id=escalation.pk, by=nurse, member_id=None, who="Carla", note="")
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    assert Worry.objects.get().called_back_at is None
    call(reached=False, now=now + timedelta(minutes=5))
    lifecycle.add_note(escalation_id=escalation.pk, by=nurse, text="Will try again.", now=now)
    assert Worry.objects.get().called_back_at is None
    call(reached=True, now=called)
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="advice_given", note="", now=closed)

    worry = Worry.objects.get()
    assert (worry.called_back_at, worry.called_back_by) == (called, nurse)


@pytest.mark.parametrize("outcome", ["advice_given", "clinic_visit", "sent_to_emergency", "mistaken_entry"])
def test_outcome_that_needs_a_conversation_ends_the_wait_too(tell, nurse, now, outcome):
    escalation = tell().escalation
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome=outcome, note="", now=now)

    assert Worry.objects.get().called_back_at == now


def test_worry_without_a_call_closes_with_the_words_why_and_no_call_is_claimed(tell, nurse, now):
    escalation = tell().escalation
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    closed = partial(lifecycle.resolve, escalation_id=escalation.pk, by=nurse, outcome="admitted", now=now)

    with pytest.raises(lifecycle.CallOrWordsNeeded):
        closed(note=" ")
    assert Escalation.objects.get().state == "acknowledged"
    closed(note="Met them on the ward.")

    assert Escalation.objects.get().state == "resolved"
    assert Worry.objects.get().called_back_at is None


def test_worry_that_was_called_back_closes_without_more_words(tell, nurse, now):
    escalation = tell().escalation
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    contacts.log(
        escalation_id=escalation.pk, by=nurse, member_id=None, who="Carla", reached=True, note="", now=now
    )

    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="admitted", note="", now=now)

    assert Worry.objects.get().called_back_at == now
