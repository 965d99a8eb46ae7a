"""The rest of a running shift, and what its person has in hand, go to a colleague."""

from datetime import timedelta

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, EscalationEvent, Shift, ShiftNotice, SystemAlarm
from clinic.queries.rota import on_call
from clinic.services.accounts import leaving
from clinic.services.desk import takeovers
from clinic.services.escalations import lifecycle
from clinic.services.rota import notices, shifts, swaps
from notifications.models import Message
from notifications.rules.text import health_words
from tests import factories


@pytest.fixture
def pia(clinic, now):
    """On shift since six hours, for another two."""
    staff = factories.CoveringStaffFactory(clinic=clinic, user__name="Pia")
    factories.ShiftFactory(staff=staff, starts_at=now - timedelta(hours=6), ends_at=now + timedelta(hours=2))
    return staff


@pytest.fixture
def bob(clinic):
    return factories.CoveringStaffFactory(clinic=clinic, user__name="Bob")


@pytest.fixture
def cat(clinic):
    return factories.CoveringStaffFactory(clinic=clinic, user__name="Cat")


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator", user__name="Ada Admin")


def offer(giver, taker, now, **more):
    facts = {"from_staff_id": giver.pk, "to_staff_id": taker.pk, "layer": "primary", "by": giver.user}
    return takeovers.offer(**{**facts, "now": now, **more})


def accept(swap, staff, now):
    return takeovers.accept(swap_id=swap.pk, by=staff.user, now=now)


def step_in(giver, taker, now, **more):
    facts = {
        "from_staff_id": giver.pk,
        "staff_id": taker.pk,
        "layer": "primary",
        "by": taker.user,
        "now": now,
    }
    return takeovers.step_in(**{**facts, "now": now, **more})


def assign(giver, taker, lead, now, **more):
    facts = {
        "from_staff_id": giver.pk,
        "to_staff_id": taker.pk,
        "layer": "primary",
        "by": lead.user,
        "now": now,
    }
    return takeovers.assign(**{**facts, "now": now, **more})


def held_by(staff, now):
    row = factories.EscalationFactory(
        patient=factories.PatientFactory(clinic=staff.clinic), opened_at=now, waiting_since=now
    )
    return lifecycle.acknowledge(escalation_id=row.pk, by=staff.user, now=now)


def on_at(clinic, at):
    return [staff.user.name for staff in on_call.staff_in_order(clinic.pk, at)]


def texts_to(staff):
    return [m.body for m in Message.objects.filter(to=str(staff.phone)).order_by("created_at", "pk")]


def test_shift_stays_until_it_is_accepted_and_goes_with_what_is_in_hand(clinic, pia, bob, cat, now):
    mine, cats = held_by(pia, now), held_by(cat, now)
    swap = offer(pia, bob, now)
    assert on_at(clinic, now) == ["Pia"]
    assert any("take over their shift now" in body for body in texts_to(bob))
    at = now + timedelta(minutes=10)

    shift = accept(swap, bob, at)

    assert (shift.starts_at, shift.ends_at, shift.swap) == (at, now + timedelta(hours=2), swap)
    assert [on_at(clinic, one) for one in (at - timedelta(minutes=1), at, at + timedelta(hours=3))] == [
        ["Pia"],
        ["Bob"],
        [],
    ]
    for row in (mine, cats):
        row.refresh_from_db()
    assert (mine.acknowledged_by, mine.lease_until) == (bob.user, at + timedelta(minutes=20))
    assert cats.acknowledged_by == cat.user
    assert EscalationEvent.objects.get(kind="handed_over").escalation_id == mine.pk
    assert any(
        "You are on shift now (Primary), until" in b and "1 alert is yours" in b for b in texts_to(bob)
    )
    assert any("has taken over your shift" in body for body in texts_to(pia))
    assert not any(health_words(body) for body in texts_to(bob) + texts_to(pia))
    event = AuditEvent.objects.get(action="shift.taken_over")
    assert event.detail["from"] == pia.pk
    assert event.detail["escalations"] == [str(mine.pk)]


def test_what_the_giver_has_at_another_clinic_stays(other_clinic, pia, bob, now):
    there = factories.CoveringStaffFactory(clinic=other_clinic, user=pia.user)
    elsewhere = held_by(there, now)

    step_in(pia, bob, now)

    elsewhere.refresh_from_db()
    assert elsewhere.acknowledged_by == pia.user


def test_accepted_twice_is_accepted_once(pia, bob, now):
    swap = offer(pia, bob, now)
    accept(swap, bob, now)

    with pytest.raises(takeovers.SwapNotOpen):
        accept(swap, bob, now)
    assert Shift.objects.filter(staff=bob).count() == 1


def test_of_two_who_step_in_one_has_it_and_the_other_reads_who(clinic, pia, bob, cat, now):
    step_in(pia, bob, now)

    with pytest.raises(takeovers.NotOnShift) as refused:
        step_in(pia, cat, now)

    assert refused.value.now_on == "Bob"
    assert on_at(clinic, now) == ["Bob"]


def test_acceptance_after_the_end_is_refused(pia, bob, now):
    swap = offer(pia, bob, now)

    with pytest.raises(takeovers.NotOnShift) as refused:
        accept(swap, bob, now + timedelta(hours=2))

    assert refused.value.now_on == ""


def test_offer_of_a_shift_that_somebody_else_has_meanwhile_is_void(pia, bob, cat, now):
    swap = offer(pia, bob, now)
    step_in(pia, cat, now)

    with pytest.raises(takeovers.SwapNotOpen):
        accept(swap, bob, now)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"phone_verified_at": None}, shifts.NotReachable),
        ({"phone_tested_at": None}, shifts.NotReachable),
        ({"phone": None}, shifts.NotReachable),
        ({"role": "educator"}, shifts.WrongRole),
        ({"role": "administrator"}, shifts.WrongRole),
        ({"user__is_active": False}, shifts.WrongRole),
    ],
    ids=["unverified", "untested", "no phone", "educator", "administrator", "shut"],
)
def test_nobody_takes_over_who_could_fill_no_shift(clinic, pia, lead, now, facts, refusal):
    taker = factories.CoveringStaffFactory(clinic=clinic, **facts)

    for act in (lambda: offer(pia, taker, now), lambda: assign(pia, taker, lead, now)):
        with pytest.raises(refusal):
            act()
    assert not Shift.objects.filter(staff=taker).exists()


def test_number_that_was_lost_since_the_offer_is_found_at_acceptance(pia, bob, now):
    swap = offer(pia, bob, now)
    type(bob).objects.filter(pk=bob.pk).update(phone_verified_at=None)

    with pytest.raises(shifts.NotReachable):
        accept(swap, bob, now)


def test_physicians_layer_goes_to_a_physician(clinic, bob, now):
    doctor, second = (factories.CoveringStaffFactory(clinic=clinic, role="physician") for _ in range(2))
    factories.ShiftFactory(staff=doctor, layer="physician", starts_at=now, ends_at=now + timedelta(hours=1))

    with pytest.raises(shifts.WrongRole):
        step_in(doctor, bob, now, layer="physician")
    step_in(doctor, second, now, layer="physician")


def test_who_may_do_what(clinic, other_clinic, pia, bob, cat, lead, now):
    stranger = factories.StaffFactory(clinic=other_clinic, role="administrator")

    with pytest.raises(NotAllowed):
        assign(pia, bob, cat, now)
    with pytest.raises(NotVisible):
        assign(pia, bob, stranger, now)
    with pytest.raises(NotVisible):
        offer(pia, bob, now, by=cat.user)
    with pytest.raises(takeovers.SamePerson):
        assign(pia, pia, lead, now)
    with pytest.raises(takeovers.NotOnShift):
        offer(bob, cat, now)
    with pytest.raises(takeovers.NotOnShift):
        offer(pia, bob, now, layer="backup")
    swap = offer(pia, bob, now)
    with pytest.raises(NotVisible):
        accept(swap, cat, now)
    with pytest.raises(takeovers.AlreadyAsked):
        offer(pia, cat, now)


def test_offer_can_be_declined_and_withdrawn(clinic, pia, bob, now):
    swaps.decline(swap_id=offer(pia, bob, now).pk, by=bob.user, now=now)
    swaps.withdraw(swap_id=offer(pia, bob, now).pk, by=pia.user, now=now)

    assert on_at(clinic, now) == ["Pia"]


def test_assigned_colleague_confirms_by_reply_or_the_lead_hears(clinic, pia, bob, lead, now):
    assign(pia, bob, lead, now)
    assert on_at(clinic, now) == ["Bob"]
    assert any("Reply 7 to confirm" in body for body in texts_to(bob))

    assert notices.report_unconfirmed(now=now + timedelta(minutes=4)) == 0
    assert notices.report_unconfirmed(now=now + timedelta(minutes=5)) == 1
    assert SystemAlarm.objects.filter(kind="shift_unconfirmed", cleared_at=None).exists()
    assert notices.confirm_by_text(from_phone=str(bob.phone), now=now + timedelta(minutes=6))
    assert not SystemAlarm.objects.filter(kind="shift_unconfirmed", cleared_at=None).exists()


def test_colleague_who_came_by_themselves_is_not_asked_to_confirm(pia, bob, now):
    step_in(pia, bob, now)

    assert not any("confirm" in body for body in texts_to(bob))
    assert notices.report_unconfirmed(now=now + timedelta(minutes=30)) == 0


def test_end_of_the_shift_is_told_to_whoever_has_it(pia, bob, now):
    factories.ShiftNoticeFactory(
        staff=pia, starts_at=now - timedelta(hours=6), ends_at=now + timedelta(hours=2), confirmed_at=now
    )
    step_in(pia, bob, now)

    notices.text_shift_ends(now=now + timedelta(hours=2))

    assert any("Your shift has ended." in body for body in texts_to(bob))
    assert not any("Your shift has ended." in body for body in texts_to(pia))
    assert ShiftNotice.objects.count() == 2


def test_weekly_shift_goes_over_until_its_own_end_and_no_further(clinic, bob, lead, now):
    """From 07:00 to 07:00 every day; it is 21:00."""
    pia = factories.CoveringStaffFactory(clinic=clinic, user__name="Pia")
    factories.ShiftPatternFactory(staff=pia)

    shift = step_in(pia, bob, now)

    assert shift.ends_at == now + timedelta(hours=10)
    assert on_at(clinic, now + timedelta(hours=9)) == ["Bob"]
    assert on_at(clinic, now + timedelta(hours=10)) == ["Pia"]


def test_whoever_has_left_can_neither_give_nor_take(clinic, pia, bob, lead, now):
    swap = offer(pia, bob, now)
    leaving.end_role(staff_id=bob.pk, by=lead.user, now=now)

    with pytest.raises(NotVisible):
        accept(swap, bob, now)
    with pytest.raises(NotVisible):
        assign(pia, bob, lead, now)
