"""The rest of a running shift goes to a colleague: they accept it, they step in, or a lead assigns it.

What the giver has in hand at this clinic goes along, with a fresh lease. Both are told by text.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.access import NotAllowed, Permission, get_colleague, get_own_role, get_swap, require
from clinic.models import Clinic, Escalation, Shift, ShiftNotice, ShiftSwap, Staff, User
from clinic.models.escalation import EscalationState
from clinic.models.rota import LayerName, SwapState
from clinic.models.system_alarm import AlarmKind
from clinic.queries.rota import shift_rows
from clinic.rules.rota.shifts import Layer, ShiftSpan
from clinic.services.core import alarms, audit, live, staff_texts
from clinic.services.escalations import changes, transfers
from clinic.services.rota import coverage, notices, shifts, swaps
from clinic.services.rota.swaps import AlreadyAsked, SwapNotOpen

__all__ = ["AlreadyAsked", "SwapNotOpen"]


class NotOnShift(Exception):
    """The person is not on this layer now: the shift has ended, or somebody else has it (`now_on`)."""

    def __init__(self, now_on: str = "") -> None:
        super().__init__(now_on)
        self.now_on = now_on


class SamePerson(Exception):
    """Whoever is on already has nothing to take over."""


def offer(*, from_staff_id: int, to_staff_id: int, layer: str, by: User, now: datetime) -> ShiftSwap:
    """The person on shift offers the rest of it to a colleague; until they accept it stays with the person.

    NotVisible, NotOnShift, AlreadyAsked, and what shifts.require_eligible says of the colleague.
    """
    giver, taker = get_own_role(by, from_staff_id), get_colleague(by, to_staff_id)
    span = _running_span(giver, layer, now)
    _require_taker(giver, taker, layer, now)
    try:
        with transaction.atomic():
            swap = ShiftSwap.objects.create(
                clinic=giver.clinic,
                layer=layer,
                starts_at=span.starts_at,
                ends_at=span.ends_at,
                from_staff=giver,
                to_staff=taker,
                asked_at=now,
            )
            _audit(swap, "swap.asked", by, giver, taker, now)
            live.publish_change(clinic_id=swap.clinic_id, kind="rota", ref=swap.pk, level=None, now=now)
            staff_texts.text_person(
                staff=taker,
                words=lambda: _("A colleague asks you to take over their shift now. Open and answer:"),
                key=f"takeover:{swap.pk}:asked",
                path=swaps.MY_SHIFTS_PATH,
                now=now,
            )
            return swap
    except IntegrityError as twice:
        raise AlreadyAsked from twice


def accept(*, swap_id: int, by: User, now: datetime) -> Shift:
    """The colleague takes over what was offered.

    NotVisible, NotAllowed, SwapNotOpen, NotOnShift, WrongRole, NotReachable.
    """
    visible = get_swap(by, swap_id)
    if visible.to_staff.user_id != by.pk:
        raise NotAllowed("to_staff")
    giver, taker = get_colleague(by, visible.from_staff_id), get_colleague(by, visible.to_staff_id)
    if visible.state == SwapState.ASKED:
        _require_taker(giver, taker, visible.layer, now)
    with transaction.atomic():
        return _hand_on(giver, taker, visible.layer, by, now, swap_id=swap_id)


def step_in(*, from_staff_id: int, staff_id: int, layer: str, by: User, now: datetime) -> Shift:
    """A colleague takes over now, because they are there and the other cannot go on.

    NotVisible, NotOnShift, SamePerson, WrongRole, NotReachable.
    """
    giver, taker = get_colleague(by, from_staff_id), get_own_role(by, staff_id)
    _require_taker(giver, taker, layer, now)
    with transaction.atomic():
        return _hand_on(giver, taker, layer, by, now)


def assign(*, from_staff_id: int, to_staff_id: int, layer: str, by: User, now: datetime) -> Shift:
    """A lead gives the rest of the shift to a colleague at once; they are asked to confirm by reply.

    NotVisible, NotAllowed, NotOnShift, SamePerson, WrongRole, NotReachable.
    """
    giver, taker = get_colleague(by, from_staff_id), get_colleague(by, to_staff_id)
    require(by, Permission.MANAGE_STAFF, giver.clinic_id)
    _require_taker(giver, taker, layer, now)
    with transaction.atomic():
        return _hand_on(giver, taker, layer, by, now)


def _require_taker(giver: Staff, taker: Staff, layer: str, now: datetime) -> None:
    if giver.pk == taker.pk:
        raise SamePerson
    if layer not in LayerName.values:
        raise NotOnShift
    shifts.require_eligible(clinic=giver.clinic, staff=taker, layer=layer, now=now)


def _running_span(giver: Staff, layer: str, now: datetime) -> ShiftSpan:
    """The shift of the person that runs on this layer, from its beginning to its end; NotOnShift."""
    clinic = Clinic.objects.get(pk=giver.clinic_id)
    if layer not in LayerName.values:
        raise NotOnShift
    start, end = now - shifts.LONGEST_SHIFT, now + shifts.LONGEST_SHIFT
    found = shift_rows.load(clinics=[clinic], start=start, end=end)[clinic.pk]
    on = [one for one in found.timeline(Layer(layer), start, end) if one.starts_at <= now < one.ends_at]
    if not on or on[0].staff != giver.pk:
        raise NotOnShift(found.people[on[0].staff].user.name if on else "")
    return on[0]


def _hand_on(
    giver: Staff, taker: Staff, layer: str, by: User, now: datetime, *, swap_id: int | None = None
) -> Shift:
    """Locks in their order: escalations, then the giver, which stands for the shift. Of two, one finds it."""
    held = _lock_held(giver)
    Staff.objects.select_for_update(no_key=True).get(pk=giver.pk)
    swap = ShiftSwap.objects.select_for_update().get(pk=swap_id) if swap_id is not None else None
    if swap is not None and swap.state != SwapState.ASKED:
        raise SwapNotOpen
    span = _running_span(giver, layer, now)
    if swap is not None and (swap.starts_at, swap.ends_at) != (span.starts_at, span.ends_at):
        raise NotOnShift
    _close_offers(giver, layer, span, swap, by, now)
    shift = Shift.objects.create(
        clinic=giver.clinic,
        staff=taker,
        layer=layer,
        starts_at=now,
        ends_at=span.ends_at,
        swap=swap,
        created_at=now,
        created_by=by,
    )
    for escalation in held:
        transfers.move_at_handover(escalation=escalation, to=taker.user, now=now)
    _audit(shift, "shift.taken_over", by, giver, taker, now, escalations=[str(one.pk) for one in held])
    _settle_notices(giver, taker, shift, by, now)
    _text_both(giver, taker, shift, len(held), by, now)
    coverage.check_clinic(clinic=giver.clinic, now=now)
    live.publish_change(clinic_id=giver.clinic_id, kind="rota", ref=shift.pk, level=None, now=now)
    return shift


def _lock_held(giver: Staff) -> list[Escalation]:
    rows = Escalation.objects.filter(
        clinic=giver.clinic_id,
        state=EscalationState.ACKNOWLEDGED,
        acknowledged_by=giver.user_id,
        is_drill=False,
    )
    locked = [changes.lock(pk) for pk in sorted(rows.values_list("pk", flat=True))]
    return [
        one
        for one in locked
        if one.state == EscalationState.ACKNOWLEDGED and one.acknowledged_by_id == giver.user_id
    ]


def _close_offers(
    giver: Staff, layer: str, span: ShiftSpan, accepted: ShiftSwap | None, by: User, now: datetime
) -> None:
    """The offer that was accepted; another one of this shift is pointless from now on."""
    rows = ShiftSwap.objects.filter(
        from_staff=giver, layer=layer, starts_at=span.starts_at, state=SwapState.ASKED
    )
    for swap in rows.select_for_update():
        is_accepted = accepted is not None and swap.pk == accepted.pk
        swap.state = SwapState.ACCEPTED if is_accepted else SwapState.WITHDRAWN
        swap.answered_at = now
        swap.save(update_fields=["state", "answered_at"])
        _audit(swap, f"swap.{swap.state}", by, giver, swap.to_staff, now)


def _settle_notices(giver: Staff, taker: Staff, shift: Shift, by: User, now: datetime) -> None:
    """The giver is told of no end that is not theirs; the taker confirms, unless they came by themselves."""
    theirs = ShiftNotice.objects.filter(
        staff=giver, layer=shift.layer, starts_at__lte=now, ends_at__gt=now, end_told_at__isnull=True
    )
    for notice in theirs:
        alarms.clear(clinic_id=notice.clinic_id, kind=AlarmKind.SHIFT_UNCONFIRMED, subject=notice.pk, now=now)
    theirs.update(end_told_at=now)
    ShiftNotice.objects.update_or_create(
        staff=taker,
        layer=shift.layer,
        starts_at=now,
        defaults={
            "clinic": shift.clinic,
            "ends_at": shift.ends_at,
            "sent_at": now,
            "confirmed_at": now if taker.user_id == by.pk else None,
        },
    )


def _text_both(giver: Staff, taker: Staff, shift: Shift, moved: int, by: User, now: datetime) -> None:
    confirmed = taker.user_id == by.pk
    staff_texts.text_person(
        staff=taker,
        words=lambda: " ".join(
            [
                _("You are on shift now (%(layer)s), until %(until)s.")
                % {"layer": shift.get_layer_display(), "until": _clock(shift)},
                *_moved_words(moved),
                *([] if confirmed else [_confirm_words()]),
            ]
        ),
        key=f"takeover:{shift.pk}:taker",
        path="/console/" if confirmed else swaps.MY_SHIFTS_PATH,
        now=now,
    )
    staff_texts.text_person(
        staff=giver,
        words=lambda: _("A colleague has taken over your shift, and what you had in hand. Your shifts:"),
        key=f"takeover:{shift.pk}:giver",
        path=swaps.MY_SHIFTS_PATH,
        now=now,
    )


def _confirm_words() -> str:
    return _("Reply %(digit)s to confirm, or open:") % {"digit": notices.REPLY_DIGIT}


def _moved_words(moved: int) -> list[str]:
    if not moved:
        return []
    return [ngettext("%(n)s alert is yours now.", "%(n)s alerts are yours now.", moved) % {"n": moved}]


def _clock(shift: Shift) -> str:
    return staff_texts.clinic_time(shift.ends_at, shift.clinic)


def _audit(
    subject: ShiftSwap | Shift,
    action: str,
    by: User,
    giver: Staff,
    taker: Staff,
    now: datetime,
    **more: object,
) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=giver.clinic_id,
        subject_type="swap" if isinstance(subject, ShiftSwap) else "shift",
        subject_id=subject.pk,
        detail={"from": giver.pk, "to": taker.pk, "layer": subject.layer, **more},
    )
