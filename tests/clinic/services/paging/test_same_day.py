"""A same-day alert reaches a phone: the person on shift, then the leads, and each of them once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from clinic.models import Escalation, EscalationEvent, Page, PagingLadder
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.answers import page_replies
from clinic.services.escalations import leases, lifecycle, worries
from clinic.services.paging import chain, same_day
from notifications.models import Message
from notifications.rules.text import health_words
from tests import factories

ZONE = ZoneInfo("America/New_York")


def local(day, clock):
    """By the clinic's clock; 23 November 2026 is a Monday, the clinic is staffed from 08:00 to 17:00."""
    return datetime.fromisoformat(f"2026-11-{day}T{clock}").replace(tzinfo=ZONE).astimezone(UTC)


@pytest.fixture
def pia(clinic):
    staff = factories.CoveringStaffFactory(clinic=clinic, user__name="Pia Proven")
    return factories.OnCallFactory(staff=staff, position=0).staff


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator", user__name="Ada Admin")


def alert(clinic, at, level="same_day"):
    return factories.EscalationFactory(
        patient=factories.PatientFactory(clinic=clinic),
        level=level,
        severity=Level(level).rank,
        opened_at=at,
        waiting_since=at,
    )


def texts_to(staff):
    return [m.body for m in Message.objects.filter(to=str(staff.phone)).order_by("created_at", "pk")]


def times_of_texts(staff, start, hours, every=10):
    """Ticks every so many minutes; the moments at which somebody's phone was texted."""
    found = []
    for number in range(hours * 60 // every + 1):
        at = start + timedelta(minutes=every * number)
        before = len(texts_to(staff))
        same_day.text_due(now=at)
        found += [at] * (len(texts_to(staff)) - before)
    return found


@pytest.mark.parametrize(
    ("came", "person", "leads"),
    [
        (local(23, "10:00"), local(23, "11:00"), local(23, "12:00")),
        (local(23, "03:00"), local(23, "08:00"), local(23, "09:00")),
        (local(23, "20:00"), local(24, "08:00"), local(24, "09:00")),
        # It closes before the hour is over: the text comes as it closes, the leads' in the morning.
        (local(23, "16:30"), local(23, "17:00"), local(24, "08:00")),
        # The first text comes at the end of the day; the second hour would begin on Saturday.
        (local(27, "16:30"), local(27, "17:00"), local(30, "08:00")),
    ],
    ids=["day", "before opening", "evening", "before closing", "before the weekend"],
)
def test_person_on_shift_then_the_leads_each_once(clinic, pia, lead, came, person, leads):
    row = alert(clinic, came)

    hours = int((leads - came).total_seconds() // 3600) + 3
    assert times_of_texts(pia, came, hours) == [person]

    assert len(texts_to(lead)) == 1
    event = EscalationEvent.objects.get(escalation=row, kind="lead_texted")
    assert leads <= event.at < leads + timedelta(minutes=10)
    same_day.text_due(now=leads + timedelta(days=3))
    assert (len(texts_to(pia)), len(texts_to(lead))) == (1, 1)


def test_what_is_taken_in_time_texts_nobody(clinic, pia, lead):
    row = alert(clinic, local(23, "10:00"))
    lifecycle.acknowledge(escalation_id=row.pk, by=pia.user, now=local(23, "10:59"))

    same_day.text_due(now=local(23, "11:30"))

    assert texts_to(pia) == texts_to(lead) == []


@pytest.mark.parametrize("level", ["watch", "urgent"])
def test_other_levels_have_their_own_ways(clinic, pia, level):
    alert(clinic, local(23, "10:00"), level)

    assert same_day.text_due(now=local(23, "16:00")) == 0


def test_alerts_of_the_night_go_out_in_one_text(clinic, pia):
    for clock in ("02:00", "03:00", "05:00"):
        alert(clinic, local(23, clock))

    assert same_day.text_due(now=local(23, "08:00")) == 3

    assert len(texts_to(pia)) == 1
    assert "3 people are waiting for your answer." in texts_to(pia)[0]


def test_next_one_within_a_quarter_of_an_hour_waits_for_the_rest_of_it(clinic, pia):
    for clock in ("09:00", "09:05", "09:10"):
        alert(clinic, local(23, clock))

    assert times_of_texts(pia, local(23, "09:00"), 2, every=5) == [local(23, "10:00"), local(23, "10:15")]


def test_reply_takes_it(clinic, pia):
    row = alert(clinic, local(23, "10:00"))
    at = local(23, "11:00")
    same_day.text_due(now=at)
    code = Page.objects.get(escalation=row).code

    assert f"Reply 1 {code}" in texts_to(pia)[0]
    page_replies.answer_text(from_phone=str(pia.phone), body="1", received_at=at, now=at)

    row.refresh_from_db()
    assert row.acknowledged_by == pia.user


def test_lease_that_ran_out_begins_the_wait_anew(clinic, pia):
    row = alert(clinic, local(23, "09:00"))
    lifecycle.acknowledge(escalation_id=row.pk, by=pia.user, now=local(23, "09:30"))
    leases.end_expired(now=local(23, "13:30"))

    assert times_of_texts(pia, local(23, "13:30"), 2) == [local(23, "14:30")]


def test_text_that_did_not_arrive_goes_to_the_next_person(clinic, pia, lead):
    bob = factories.OnCallFactory(staff=factories.CoveringStaffFactory(clinic=clinic), position=1).staff
    alert(clinic, local(23, "10:00"))
    same_day.text_due(now=local(23, "11:00"))
    Message.objects.filter(to=str(pia.phone)).update(state="failed")

    same_day.text_due(now=local(23, "11:01"))

    assert (len(texts_to(pia)), len(texts_to(bob)), len(texts_to(lead))) == (1, 1, 0)


def test_without_anybody_on_call_the_leads_hear_at_once(clinic, lead):
    alert(clinic, local(23, "10:00"))

    same_day.text_due(now=local(23, "11:00"))
    same_day.text_due(now=local(23, "11:01"))

    assert len(texts_to(lead)) == 1


def test_clinic_sets_both_limits(clinic, pia, lead):
    rungs = {**ladder.DEFAULT.rungs, Level.SAME_DAY: ladder.Rung(240, text_minutes=20, lead_minutes=30)}
    document = ladder.to_json(ladder.Ladder(rungs))
    PagingLadder.objects.create(clinic=clinic, document=document, changed_by=lead.user)
    row = alert(clinic, local(23, "10:00"))
    Escalation.objects.filter(pk=row.pk).update(ladder=document)

    assert times_of_texts(pia, local(23, "10:00"), 2) == [local(23, "10:20")]
    assert EscalationEvent.objects.get(kind="lead_texted").at == local(23, "10:50")


def test_it_holds_no_urgent_page_back(clinic, pia):
    alert(clinic, local(23, "10:00"))
    at = local(23, "11:00")
    same_day.text_due(now=at)
    urgent = alert(clinic, at, "urgent")

    chain.start(escalation=urgent, now=at)
    chain.send_due(now=at)

    assert Page.objects.get(escalation=urgent, state="sent").staff == pia


def test_test_alarms_and_synthetic_patients_are_left_out(clinic, pia):
    alert(clinic, local(23, "10:00"))
    Escalation.objects.update(is_drill=True)
    factories.EscalationFactory(
        patient=factories.PatientFactory(clinic=clinic, is_synthetic=True, status="ended"),
        level="same_day",
        severity=2,
        opened_at=local(23, "10:00"),
        waiting_since=local(23, "10:00"),
    )

    assert same_day.text_due(now=local(23, "16:00")) == 0


def test_other_clinic_is_texted_about_its_own(clinic, other_clinic, pia):
    olga = factories.OnCallFactory(staff=factories.CoveringStaffFactory(clinic=other_clinic)).staff
    alert(other_clinic, local(23, "10:00"))

    same_day.text_due(now=local(23, "11:00"))

    assert (len(texts_to(pia)), len(texts_to(olga))) == (0, 1)


def test_worry_on_a_weekend_is_promised_a_call_and_somebody_is_texted_at_opening(
    clinic, patient, caregiver, pia, lead
):
    """Saturday 14:00. The family reads that nobody reads this until Monday, and that a person calls then."""
    came = local(28, "14:00")
    worries.record(worry_id=uuid4(), patient_id=patient.pk, by=caregiver, told_at=came, now=came)

    assert times_of_texts(pia, came, 48) == [local(30, "08:00")]
    assert EscalationEvent.objects.get(kind="lead_texted").at == local(30, "09:00")
    for body in texts_to(pia) + texts_to(lead):
        assert not health_words(body)
        assert patient.family_name not in body


def reply(staff, body, now):
    return page_replies.answer_text(from_phone=str(staff.phone), body=body, received_at=now, now=now)


def test_no_in_reply_texts_the_next_person_now_and_then_the_leads(clinic, pia, lead):
    """It runs no chain, so nobody else has heard of it: on a Friday evening nobody would until Monday."""
    ben = factories.CoveringStaffFactory(clinic=clinic, user__name="Ben Next")
    factories.OnCallFactory(staff=ben, position=1)
    row, other = alert(clinic, local(27, "16:30")), alert(clinic, local(27, "16:00"))
    same_day.text_due(now=local(27, "17:00"))
    at = local(27, "17:05")
    code = row.pages.get().code

    assert reply(pia, f"2 {code}", at) == "Passed on. A colleague is texted now."

    assert len(texts_to(ben)) == 1
    assert reply(pia, f"2 {code}", at) == "The page has gone to the next person already."
    assert (len(texts_to(ben)), texts_to(lead)) == (1, [])
    assert reply(ben, "can't", at) == "Passed on. A colleague is texted now."
    assert (len(texts_to(ben)), len(texts_to(lead))) == (1, 1)
    assert reply(ben, "can't", at) == "The page has gone to the next person already."
    # What a colleague passes on does not wait because of a text a minute ago.
    reply(pia, f"2 {other.pages.get().code}", at + timedelta(minutes=1))
    assert len(texts_to(ben)) == 2


def test_no_in_reply_where_nobody_else_has_a_phone_says_so(clinic, pia):
    row = alert(clinic, local(23, "10:00"))
    same_day.text_due(now=local(23, "11:00"))

    assert reply(pia, "2", local(23, "11:05")) == "Nobody else can be texted. It waits on the console."

    assert not EscalationEvent.objects.filter(kind="lead_texted").exists()
    lifecycle.acknowledge(escalation_id=row.pk, by=pia.user, now=local(23, "11:06"))
    assert reply(pia, "2", local(23, "11:07")).startswith("You have it already.")


def test_leads_without_a_phone_are_not_said_to_have_been_texted(clinic, pia):
    alert(clinic, local(23, "10:00"))
    same_day.text_due(now=local(23, "11:00"))

    assert same_day.text_due(now=local(23, "12:00")) == 0
    assert not EscalationEvent.objects.filter(kind="lead_texted").exists()
    lead = factories.StaffFactory(clinic=clinic, role="administrator", phone="+12025550177")
    assert same_day.text_due(now=local(23, "12:10")) == 1
    assert len(texts_to(lead)) == 1
