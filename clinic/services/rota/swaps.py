"""Shift swaps between colleagues: the shift stays with its owner until the other accepts."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clinic.access import NotAllowed, get_colleague, get_own_role, get_swap
from clinic.models import Clinic, Shift, ShiftSwap, Staff, User
from clinic.models.rota import SwapState
from clinic.queries.rota import shift_rows
from clinic.rules.rota.shifts import Layer, ShiftSpan
from clinic.services.core import audit, live, staff_texts
from clinic.services.rota import coverage, shifts

MY_SHIFTS_PATH = "/console/rota/mine/"
JUST_BEFORE = timedelta(minutes=1)


class NoSuchShift(Exception):
    """The shift is not, or no longer, that of the person who wants to hand it over, or it has begun."""


class AlreadyAsked(Exception):
    """This shift is waiting for a colleague's answer."""


class SwapNotOpen(Exception):
    """The swap was answered or withdrawn before."""


def ask(
    *, from_staff_id: int, to_staff_id: int, layer: str, starts_at: datetime, by: User, now: datetime
) -> ShiftSwap:
    """Ask a colleague to take one whole shift.

    NotVisible, NoSuchShift, AlreadyAsked, and what shifts.require_eligible says of the colleague.
    """
    giver, taker = get_own_role(by, from_staff_id), get_colleague(by, to_staff_id)
    span = _own_coming_shift(giver, Layer(layer), starts_at, now)
    shifts.require_eligible(clinic=giver.clinic, staff=taker, layer=layer, now=now)
    try:
        with transaction.atomic():
            return _create_swap(giver, taker, span, by, now)
    except IntegrityError as twice:
        raise AlreadyAsked from twice


def accept(*, swap_id: int, by: User, now: datetime) -> Shift:
    """Take the shift. NotVisible, NotAllowed, NotOpen, NoSuchShift, WrongRole, NotReachable."""
    visible = get_swap(by, swap_id)
    with transaction.atomic():
        return _hand_over(_locked_open(visible, by, "to_staff"), by, now)


def _hand_over(swap: ShiftSwap, by: User, now: datetime) -> Shift:
    shifts.require_eligible(clinic=swap.clinic, staff=swap.to_staff, layer=swap.layer, now=now)
    span = _own_coming_shift(swap.from_staff, Layer(swap.layer), swap.starts_at, now)
    if span.ends_at != swap.ends_at:
        raise NoSuchShift
    _close_swap(swap, SwapState.ACCEPTED, by, now)
    shift = Shift.objects.create(
        clinic=swap.clinic,
        staff=swap.to_staff,
        layer=swap.layer,
        starts_at=swap.starts_at,
        ends_at=swap.ends_at,
        swap=swap,
        created_at=now,
        created_by=by,
    )
    _text_about_swap(swap.from_staff, swap, now, gettext_noop("Your shift on %(when)s is taken."))
    coverage.check_clinic(clinic=swap.clinic, now=now)
    return shift


def decline(*, swap_id: int, by: User, now: datetime) -> None:
    """Leave the shift with the one who asked. NotVisible, NotAllowed, NotOpen."""
    visible = get_swap(by, swap_id)
    with transaction.atomic():
        swap = _locked_open(visible, by, "to_staff")
        _close_swap(swap, SwapState.DECLINED, by, now)
        _text_about_swap(
            swap.from_staff, swap, now, gettext_noop("Your colleague cannot take your shift on %(when)s.")
        )


def withdraw(*, swap_id: int, by: User, now: datetime) -> None:
    """Keep the shift after all. NotVisible, NotAllowed, NotOpen."""
    visible = get_swap(by, swap_id)
    with transaction.atomic():
        _close_swap(_locked_open(visible, by, "from_staff"), SwapState.WITHDRAWN, by, now)


def _create_swap(giver: Staff, taker: Staff, span: ShiftSpan, by: User, now: datetime) -> ShiftSwap:
    swap = ShiftSwap.objects.create(
        clinic=giver.clinic,
        layer=span.layer,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        from_staff=giver,
        to_staff=taker,
        asked_at=now,
    )
    _audit(swap, "swap.asked", by, now)
    _text_about_swap(taker, swap, now, gettext_noop("A colleague asks you to take a shift on %(when)s."))
    return swap


def _own_coming_shift(staff: Staff, layer: Layer, starts_at: datetime, now: datetime) -> ShiftSpan:
    """The person's shift that begins then and has not begun yet, or NoSuchShift."""
    clinic = Clinic.objects.get(pk=staff.clinic_id)
    if starts_at <= now:
        raise NoSuchShift
    # From a minute before, so that a shift which runs already is not taken for one that begins then.
    start, end = starts_at - JUST_BEFORE, starts_at + shifts.LONGEST_SHIFT
    found = shift_rows.load(clinics=[clinic], start=start, end=end)[clinic.pk]
    spans = found.timeline(layer, start, end)
    own = [span for span in spans if span.staff == staff.pk and span.starts_at == starts_at]
    if not own:
        raise NoSuchShift
    return own[0]


def _locked_open(visible: ShiftSwap, by: User, side: str) -> ShiftSwap:
    """The swap, locked, while it waits and if this side of it is the person's."""
    swap = ShiftSwap.objects.select_for_update(of=("self",)).select_related(
        "clinic", "from_staff__user", "from_staff__clinic", "to_staff__user", "to_staff__clinic"
    )
    locked = swap.get(pk=visible.pk)
    if getattr(locked, side).user_id != by.pk:
        raise NotAllowed(side)
    if locked.state != SwapState.ASKED:
        raise SwapNotOpen
    return locked


def _close_swap(swap: ShiftSwap, state: SwapState, by: User, now: datetime) -> None:
    swap.state, swap.answered_at = state, now
    swap.save(update_fields=["state", "answered_at"])
    _audit(swap, f"swap.{state}", by, now)
    live.publish_change(clinic_id=swap.clinic_id, kind="rota", ref=swap.pk, level=None, now=now)


def _audit(swap: ShiftSwap, action: str, by: User, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=swap.clinic_id,
        subject_type="swap",
        subject_id=swap.pk,
        detail={"from": swap.from_staff_id, "to": swap.to_staff_id, "layer": swap.layer},
    )


def _text_about_swap(staff: Staff, swap: ShiftSwap, now: datetime, sentence: str) -> None:
    staff_texts.text_person(
        staff=staff,
        words=lambda: _(sentence) % {"when": staff_texts.clinic_time(swap.starts_at, staff.clinic)},
        key=f"swap:{swap.pk}:{swap.state}",
        path=MY_SHIFTS_PATH,
        now=now,
    )
