"""Ending a role releases what the person holds, takes them out of chains and rota, and shuts every way in."""

from datetime import timedelta

import pytest
from django.test import Client

from clinic.access import NotVisible
from clinic.models import (
    ApiToken,
    AuditEvent,
    CalendarFeed,
    ColleagueRequest,
    Escalation,
    EscalationEvent,
    Handover,
    OnCall,
    Page,
    Shift,
    ShiftSwap,
    Staff,
    SystemAlarm,
)
from clinic.models.escalation import EscalationState
from clinic.queries.desk import handover_lines
from clinic.queries.rota import on_call
from clinic.rules.core.enums import Level
from clinic.services.accounts import leaving
from clinic.services.answers import page_replies
from clinic.services.core import tokens
from clinic.services.desk import handovers
from clinic.services.escalations import leases, lifecycle, opinions, transfers
from clinic.services.paging import bundles, chain
from clinic.services.rota import calendar_feeds, swaps, test_pages
from notifications.models import Message
from tests import factories


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator", user__name="Ada Admin")


@pytest.fixture
def ann(clinic):
    return person(clinic, "Ann Away")


@pytest.fixture
def bob(clinic):
    return person(clinic, "Bob Back")


def person(clinic, name, **more):
    return factories.CoveringStaffFactory(clinic=clinic, user__name=name, **more)


def listed(*people):
    for position, staff in enumerate(people):
        factories.OnCallFactory(staff=staff, position=position)


def escalation_of(clinic, now, level="urgent", **more):
    row = factories.EscalationFactory(
        patient=factories.PatientFactory(clinic=clinic),
        level=level,
        severity=Level(level).rank,
        opened_at=now,
        waiting_since=now,
        **more,
    )
    if level in ("urgent", "emergency"):
        chain.start(escalation=row, now=now)
    return row


def taken(clinic, by, now, **more):
    row = escalation_of(clinic, now, **more)
    return lifecycle.acknowledge(escalation_id=row.pk, by=by.user, now=now)


def end(staff, lead, now):
    leaving.end_role(staff_id=staff.pk, by=lead.user, now=now)


def paged(escalation):
    sent = Page.objects.filter(escalation=escalation, state="sent", staff__isnull=False).order_by("number")
    return [page.staff.user.name for page in sent.select_related("staff__user")]


def texts_to(staff):
    return [m.body for m in Message.objects.filter(to=str(staff.phone)).order_by("created_at", "pk")]


def test_what_the_person_holds_waits_again_and_pages_at_once(clinic, lead, ann, bob, now):
    listed(ann, bob)
    urgent, same_day = taken(clinic, ann, now), taken(clinic, ann, now, level="same_day")
    others = taken(clinic, bob, now)
    at = now + timedelta(minutes=3)

    end(ann, lead, at)
    chain.send_due(now=at)

    for row in (urgent, same_day, others):
        row.refresh_from_db()
    assert (urgent.state, urgent.acknowledged_by, urgent.waiting_since) == ("open", None, at)
    assert (same_day.state, same_day.lease_until) == ("open", None)
    assert others.acknowledged_by == bob.user
    assert paged(urgent) == ["Bob Back"]
    assert paged(same_day) == []
    event = EscalationEvent.objects.get(escalation=urgent, kind="released")
    assert (event.by, event.text) == (lead.user, "Ann Away")
    assert AuditEvent.objects.filter(action="escalation.released").count() == 2


def test_set_aside_is_released_too(clinic, lead, ann, now):
    row = taken(clinic, ann, now)
    leases.snooze(
        escalation_id=row.pk, by=ann.user, until=now + timedelta(minutes=10), reason="At the lift", now=now
    )

    end(ann, lead, now)

    row.refresh_from_db()
    assert (row.state, row.snoozed_until, row.snooze_reason) == ("open", None, "")


def answered_by_both_roles(clinic, nurse, doctor, now):
    row = escalation_of(clinic, now)
    for role in ("nurse", "physician"):
        row.required_answers.create(role=role)
    chain.start(escalation=row, now=now)
    for who in (nurse, doctor):
        lifecycle.acknowledge(escalation_id=row.pk, by=who.user, now=now)
    return row


def test_answer_as_second_role_is_owed_anew_and_its_chain_runs(clinic, lead, ann, now):
    doctor, second = (person(clinic, name, role="physician") for name in ("Dr. Gone", "Dr. Next"))
    listed(ann, doctor, second)
    row = answered_by_both_roles(clinic, ann, doctor, now)

    end(doctor, lead, now)
    chain.send_due(now=now)

    row.refresh_from_db()
    assert row.acknowledged_by == ann.user
    assert list(row.required_answers.filter(answered_at=None).values_list("role", flat=True)) == ["physician"]
    assert paged(row)[-1] == "Dr. Next"
    assert EscalationEvent.objects.get(escalation=row, kind="answer_owed").text == "Dr. Gone"
    with pytest.raises(lifecycle.AnswerMissing):
        lifecycle.resolve(escalation_id=row.pk, by=ann.user, outcome="advice_given", note="Spoke", now=now)


def test_whoever_took_it_over_answers_for_the_role_when_the_one_before_leaves(clinic, lead, ann, bob, now):
    doctor = person(clinic, "Dr. Next", role="physician")
    listed(ann, bob, doctor)
    row = answered_by_both_roles(clinic, ann, doctor, now)
    transfers.take_over(escalation_id=row.pk, by=bob.user, reason="Her shift is over", now=now)

    end(ann, lead, now)

    assert not row.required_answers.filter(answered_at=None).exists()
    assert not row.pages.filter(state="due").exists()
    closed = lifecycle.resolve(escalation_id=row.pk, by=bob.user, outcome="clinic_visit", note="", now=now)
    assert closed.state == "resolved"


@pytest.mark.parametrize("channel", ["first", "next channel"])
def test_chain_that_waits_for_the_person_goes_to_the_next_at_once(clinic, lead, ann, bob, now, channel):
    third = person(clinic, "Cat Third")
    listed(ann, bob, third)
    row = escalation_of(clinic, now)
    chain.send_due(now=now)
    at = now + timedelta(seconds=30)
    if channel == "next channel":
        at = now + timedelta(minutes=2, seconds=10)
        chain.send_due(now=at)
    assert set(paged(row)) == {"Ann Away"}

    end(ann, lead, at)
    chain.send_due(now=at)

    assert paged(row)[-1] == "Bob Back"


def test_page_that_is_held_back_for_the_person_goes_to_the_next(clinic, lead, ann, bob, now):
    listed(ann, bob)
    for _ in range(2):
        escalation_of(clinic, now)
    chain.send_due(now=now)
    held = Page.objects.get(state="held", staff=ann).escalation

    end(ann, lead, now)
    chain.send_due(now=now)
    bundles.send_due(now=now + timedelta(minutes=2))

    assert paged(held) == ["Bob Back"]


def test_text_that_has_not_left_is_taken_back(clinic, lead, ann, now):
    listed(ann)
    escalation_of(clinic, now)
    chain.send_due(now=now)

    end(ann, lead, now)

    assert Message.objects.get(to=str(ann.phone)).state == "suppressed"


def test_reply_of_somebody_who_has_left_takes_nothing(clinic, lead, ann, now):
    listed(ann)
    row = escalation_of(clinic, now)
    chain.send_due(now=now)
    end(ann, lead, now)

    page_replies.answer_text(from_phone=str(ann.phone), body="1", received_at=now, now=now)

    row.refresh_from_db()
    assert row.state == EscalationState.OPEN


def test_requests_to_and_from_the_person_lapse(clinic, lead, ann, bob, now):
    asked_to_take = taken(clinic, bob, now)
    transfers.offer(escalation_id=asked_to_take.pk, by=bob.user, to_staff_id=ann.pk, text="", now=now)
    asks = taken(clinic, bob, now)
    opinions.ask(escalation_id=asks.pk, by=bob.user, of_staff_id=ann.pk, text="What now?", now=now)

    end(ann, lead, now)

    assert set(ColleagueRequest.objects.values_list("state", flat=True)) == {"lapsed"}
    assert Escalation.objects.filter(acknowledged_by=bob.user).count() == 2


def test_person_is_taken_off_list_pattern_and_shifts(clinic, lead, ann, bob, now):
    listed(ann)
    factories.ShiftPatternFactory(staff=ann)
    running = factories.ShiftFactory(
        staff=ann, layer="backup", starts_at=now - timedelta(hours=2), ends_at=now + timedelta(hours=2)
    )
    coming = factories.ShiftFactory(staff=ann, layer="backup")
    past = factories.ShiftFactory(
        staff=ann, starts_at=now - timedelta(days=3), ends_at=now - timedelta(days=2)
    )
    kept = factories.ShiftPatternFactory(staff=bob, layer="backup")

    end(ann, lead, now)

    assert not OnCall.objects.exists()
    assert on_call.staff_in_order(clinic.pk, now) == [bob]
    for row in (running, coming, past, kept):
        row.refresh_from_db()
    assert (running.ends_at, running.cancelled_at) == (now, None)
    assert (coming.cancelled_at, coming.cancelled_by) == (now, lead.user)
    assert (past.cancelled_at, kept.ended_at) == (None, None)
    open_alarms = SystemAlarm.objects.filter(cleared_at__isnull=True)
    assert ("rota_gap", "primary:now") in open_alarms.values_list("kind", "subject")


def test_weekly_shift_that_runs_ends_now_and_the_past_stays_readable(clinic, lead, ann, now):
    """From 07:00 to 07:00; it is 21:00."""
    factories.ShiftPatternFactory(staff=ann)

    end(ann, lead, now)

    assert on_call.staff_in_order(clinic.pk, now + timedelta(minutes=1)) == []
    assert on_call.staff_in_order(clinic.pk, now - timedelta(hours=1)) == [ann]


def test_swaps_are_closed_and_the_other_side_hears_of_it(clinic, lead, ann, bob, now):
    factories.ShiftFactory(staff=bob)
    asked = swaps.ask(
        from_staff_id=bob.pk,
        to_staff_id=ann.pk,
        layer="primary",
        starts_at=now + timedelta(hours=1),
        by=bob.user,
        now=now,
    )
    factories.ShiftFactory(staff=ann, layer="backup")
    given = factories.ShiftSwapFactory(from_staff=ann, to_staff=bob, layer="backup")

    end(ann, lead, now)

    for swap in (asked, given):
        swap.refresh_from_db()
    assert (asked.state, given.state) == ("declined", "withdrawn")
    assert any("cannot take your shift" in body for body in texts_to(bob))
    with pytest.raises(swaps.SwapNotOpen):
        swaps.accept(swap_id=given.pk, by=bob.user, now=now)


def test_whose_shift_it_was_before_the_swap_hears_that_it_is_theirs_again(clinic, lead, ann, bob, now):
    factories.ShiftFactory(staff=bob)
    swap = swaps.ask(
        from_staff_id=bob.pk,
        to_staff_id=ann.pk,
        layer="primary",
        starts_at=now + timedelta(hours=1),
        by=bob.user,
        now=now,
    )
    swaps.accept(swap_id=swap.pk, by=ann.user, now=now)

    end(ann, lead, now)

    assert on_call.staff_in_order(clinic.pk, now + timedelta(hours=2)) == [bob]
    assert [body for body in texts_to(bob) if "the shift on Nov 21, 22:00 is yours again" in body]


@pytest.mark.parametrize("side", ["given", "received"])
def test_open_handover_stays_to_be_signed_and_the_lead_is_paged_at_once(clinic, lead, ann, bob, now, side):
    row = taken(clinic, ann, now)
    giver, taker = (ann, bob) if side == "given" else (bob, ann)
    sheet = handovers.hand_over(
        clinic_id=clinic.pk,
        by=giver.user,
        to_staff_id=taker.pk,
        notes={},
        seen=[line.key for line in handover_lines.open_lines(clinic=clinic, language="en", now=now)],
        now=now,
    )

    end(ann, lead, now)
    handovers.follow_up_due(now=now)

    sheet = Handover.objects.get(pk=sheet.pk)
    assert (sheet.state, sheet.lead_paged_at) == ("open", now)
    item = sheet.items.get()
    handovers.sign(
        handover_id=sheet.pk,
        item_id=item.pk,
        by=bob.user if side == "given" else person(clinic, "Cat Third").user,
        now=now,
    )
    row.refresh_from_db()
    assert row.state == "acknowledged"


def signed_in(staff):
    browser = Client()
    browser.force_login(staff.user)
    return browser


def test_last_role_ends_tokens_sessions_calendar_and_number(clinic, lead, ann, now):
    browser, token = signed_in(ann), tokens.issue(user=ann.user, label="Phone", days=30, now=now)
    feed = calendar_feeds.create(by=ann.user, now=now)
    assert browser.get("/console/rota/mine/").status_code == 200

    end(ann, lead, now)

    assert browser.get("/console/rota/mine/").status_code == 302
    assert tokens.authenticate(token=token, now=now) is None
    assert ApiToken.objects.get().revoked_at == now
    with pytest.raises(calendar_feeds.NoSuchFeed):
        calendar_feeds.owner_of(token=feed, now=now)
    assert CalendarFeed.objects.get().revoked_at == now


def test_role_that_ends_at_one_clinic_keeps_the_other_clinics(clinic, other_clinic, lead, ann, now):
    there = factories.CoveringStaffFactory(clinic=other_clinic, user=ann.user)
    listed(ann)
    OnCall.objects.create(clinic=other_clinic, staff=there, position=0)
    kept, lost = taken(other_clinic, there, now), taken(clinic, ann, now)
    browser, token = signed_in(ann), tokens.issue(user=ann.user, label="Phone", days=30, now=now)

    end(ann, lead, now)

    for row in (kept, lost):
        row.refresh_from_db()
    assert (kept.acknowledged_by, lost.state) == (ann.user, "open")
    assert browser.get("/console/rota/mine/").status_code == 200
    assert browser.get(f"/console/escalations/{lost.pk}/").status_code == 404
    assert tokens.authenticate(token=token, now=now) == ann.user
    assert on_call.staff_in_order(other_clinic.pk, now) == [there]
    assert on_call.staff_in_order(clinic.pk, now) == []


def test_closed_sign_in_ends_the_roles_at_every_clinic(clinic, other_clinic, lead, ann, now):
    there = factories.CoveringStaffFactory(clinic=other_clinic, user=ann.user)
    rows = [taken(other_clinic, there, now), taken(clinic, ann, now)]

    leaving.close_sign_in(user=ann.user, by=lead.user, now=now)

    assert {Escalation.objects.get(pk=row.pk).state for row in rows} == {"open"}
    assert not Staff.objects.filter(user=ann.user, ended_at__isnull=True).exists()
    ann.user.refresh_from_db()
    assert not ann.user.is_active
    assert AuditEvent.objects.filter(action="sign_in.closed", actor_id=lead.user_id).count() == 1


def test_twice_is_once(clinic, lead, ann, now):
    taken(clinic, ann, now)

    end(ann, lead, now)
    end(ann, lead, now + timedelta(minutes=1))

    ann.refresh_from_db()
    assert (ann.ended_at, ann.ended_by) == (now, lead.user)
    assert AuditEvent.objects.filter(action="staff.ended").count() == 1
    assert EscalationEvent.objects.filter(kind="released").count() == 1


def test_nobody_ends_their_own_role_or_one_of_another_clinic(clinic, other_clinic, lead, ann, now):
    stranger = factories.StaffFactory(clinic=other_clinic, role="administrator")

    with pytest.raises(leaving.OwnRole):
        end(lead, lead, now)
    for by in (stranger, ann):
        with pytest.raises(NotVisible):
            end(ann, by, now)
    operator = factories.UserFactory(is_staff=True, is_superuser=True)
    leaving.end_role(staff_id=ann.pk, by=operator, now=now)
    assert Staff.objects.get(pk=ann.pk).ended_by == operator


def test_test_page_to_somebody_who_has_left_since_is_no_alarm(clinic, lead, ann, now):
    factories.PagerDrillFactory(staff=ann, sent_at=now)

    end(ann, lead, now)

    assert test_pages.report_unanswered(now=now + timedelta(hours=2)) == 0


def test_taking_in_the_moment_of_leaving_is_put_right_by_the_next_tick(clinic, lead, ann, bob, now):
    """The press passed the check, then the role ended, then the row was written."""
    listed(ann, bob)
    row = escalation_of(clinic, now)
    end(ann, lead, now)
    Escalation.objects.filter(pk=row.pk).update(
        state="acknowledged",
        acknowledged_by=ann.user,
        acknowledged_at=now,
        lease_until=now + timedelta(minutes=20),
    )
    held_by_bob = taken(clinic, bob, now)

    assert leaving.release_held_without_role(now=now) == 1
    assert leaving.release_held_without_role(now=now) == 0

    row.refresh_from_db()
    held_by_bob.refresh_from_db()
    assert (row.state, held_by_bob.state) == ("open", "acknowledged")


def test_shift_swap_rows_stay_for_the_record(clinic, lead, ann, bob, now):
    swap = factories.ShiftSwapFactory(from_staff=ann, to_staff=bob)

    end(ann, lead, now)

    assert ShiftSwap.objects.get(pk=swap.pk).answered_at == now
    assert Shift.objects.count() == 0


def test_a_shut_sign_in_of_the_last_one_at_home_asks_who_watches(patient, ann, lead, now):
    factories.CareTeamMemberFactory(patient=patient, user=ann.user)

    leaving.close_sign_in(user=ann.user, by=lead.user, now=now)

    alarm = SystemAlarm.objects.get(kind="nobody_watches", cleared_at__isnull=True)
    assert alarm.subject == str(patient.pk)
