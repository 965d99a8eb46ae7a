from datetime import timedelta

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Shift
from clinic.queries.rota import on_call
from clinic.services.rota import shifts, swaps
from notifications.models import Message
from tests import factories


@pytest.fixture
def pair(clinic):
    """Pia has the shift one hour after now; Bob might take it."""
    pia, bob = (factories.CoveringStaffFactory(clinic=clinic, user__name=name) for name in ("Pia", "Bob"))
    factories.ShiftFactory(staff=pia)
    return pia, bob


def ask(pair, now, **changes):
    pia, bob = pair
    facts = {"from_staff_id": pia.pk, "to_staff_id": bob.pk, "layer": "primary", "by": pia.user, "now": now}
    return swaps.ask(**{**facts, "starts_at": now + timedelta(hours=1), **changes})


def on_at(clinic, at):
    return on_call.staff_in_order(clinic.pk, at)


def test_shift_stays_until_the_colleague_accepts_and_both_steps_are_audited(clinic, pair, now):
    pia, bob = pair
    swap = ask(pair, now)
    assert on_at(clinic, now + timedelta(hours=2)) == [pia]

    shift = swaps.accept(swap_id=swap.pk, by=bob.user, now=now)

    assert on_at(clinic, now + timedelta(hours=2)) == [bob]
    assert (shift.swap, shift.starts_at, shift.ends_at) == (swap, swap.starts_at, swap.ends_at)
    trail = AuditEvent.objects.filter(subject_type="swap").order_by("pk")
    assert list(trail.values_list("action", "actor_id")) == [
        ("swap.asked", pia.user_id),
        ("swap.accepted", bob.user_id),
    ]
    texts = Message.objects.order_by("created_at", "pk")
    assert {(m.to, m.service) for m in texts} == {(str(pia.phone), "paging"), (str(bob.phone), "paging")}
    assert "Nov 21, 22:00" in texts.get(to=str(bob.phone)).body


def test_declined_and_withdrawn_swaps_leave_the_shift(clinic, pair, now):
    pia, bob = pair
    swaps.decline(swap_id=ask(pair, now).pk, by=bob.user, now=now)
    swaps.withdraw(swap_id=ask(pair, now).pk, by=pia.user, now=now)

    assert on_at(clinic, now + timedelta(hours=2)) == [pia]
    assert Shift.objects.count() == 1


def test_swap_is_answered_once_and_by_the_right_side(pair, other_nurse, now):
    pia, bob = pair
    swap = ask(pair, now)

    with pytest.raises(NotAllowed):
        swaps.accept(swap_id=swap.pk, by=pia.user, now=now)
    with pytest.raises(NotAllowed):
        swaps.withdraw(swap_id=swap.pk, by=bob.user, now=now)
    with pytest.raises(NotVisible):
        swaps.accept(swap_id=swap.pk, by=other_nurse, now=now)
    swaps.accept(swap_id=swap.pk, by=bob.user, now=now)
    for act, by in ((swaps.accept, bob), (swaps.decline, bob), (swaps.withdraw, pia)):
        with pytest.raises(swaps.SwapNotOpen):
            act(swap_id=swap.pk, by=by.user, now=now)


def test_shift_is_offered_to_one_colleague_at_a_time(pair, now):
    ask(pair, now)

    with pytest.raises(swaps.AlreadyAsked):
        ask(pair, now)


def test_only_ones_own_shift_that_has_not_begun_can_be_handed_over(pair, now):
    pia, bob = pair

    for changes in (
        {"starts_at": now + timedelta(hours=2)},
        {"layer": "backup"},
        {"now": now + timedelta(hours=1)},
        {"from_staff_id": bob.pk, "to_staff_id": pia.pk, "by": bob.user},
    ):
        with pytest.raises(swaps.NoSuchShift):
            ask(pair, **{"now": now, "starts_at": now + timedelta(hours=1), **changes})
    with pytest.raises(NotVisible):
        ask(pair, now, by=bob.user)


def test_colleague_must_be_reachable_when_asked_and_when_accepting(clinic, pair, now):
    bob = pair[1]
    unproven = factories.StaffFactory(clinic=clinic)
    with pytest.raises(shifts.NotReachable):
        ask(pair, now, to_staff_id=unproven.pk)
    swap = ask(pair, now)
    bob.phone_verified_at = None
    bob.save(update_fields=["phone_verified_at"])

    with pytest.raises(shifts.NotReachable):
        swaps.accept(swap_id=swap.pk, by=bob.user, now=now)


def test_shift_that_went_elsewhere_meanwhile_cannot_be_accepted(clinic, pair, now):
    swap = ask(pair, now)
    factories.ShiftFactory(staff=factories.CoveringStaffFactory(clinic=clinic))

    with pytest.raises(swaps.NoSuchShift):
        swaps.accept(swap_id=swap.pk, by=pair[1].user, now=now)
