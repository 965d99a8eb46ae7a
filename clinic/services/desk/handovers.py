"""Shift handovers: a sheet of open matters, signed line by line. Unsigned lines page the lead.

A signature moves what the giver had, takes what nobody had, and otherwise says that the signer knows of it.
"""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from clinic.access import Permission, get_clinic, get_handover, get_handover_item, require
from clinic.models import Escalation, Handover, HandoverItem, Staff, User
from clinic.models.handover import HandoverState, SignedAs
from clinic.models.system_alarm import AlarmKind
from clinic.queries.core import staff_roles
from clinic.queries.desk import handover_lines
from clinic.queries.desk import handovers as query
from clinic.queries.desk.handover_lines import HandoverLine
from clinic.services.core import alarms, audit, live, staff_texts
from clinic.services.escalations import changes, lifecycle, transfers
from clinic.services.escalations.colleague_requests import NotAColleague

__all__ = ["NotAColleague"]

logger = logging.getLogger(__name__)

# Longer than a handover at the bedside takes, and short enough that nobody goes home unsigned.
SIGNED_WITHIN = timedelta(minutes=15)
LONGEST_NOTE = 200


class AlreadyGiven(Exception):
    """The person's last sheet of this clinic is still open: `handover_id`."""

    def __init__(self, handover_id: UUID) -> None:
        super().__init__(handover_id)
        self.handover_id = handover_id


class SheetChanged(Exception):
    """A line has been added since the giver saw the sheet."""


class OwnHandover(Exception):
    """Nobody signs what they hand over themselves."""


class NotGiver(Exception):
    """Only the giver takes a handover back."""


class HandoverNotOpen(Exception):
    """The handover is settled or taken back, so there is nothing to sign."""


class AlreadySigned(Exception):
    """A colleague has signed this line: `by_name` and `at`."""

    def __init__(self, item: HandoverItem) -> None:
        super().__init__(item.pk)
        self.by_name, self.at = item.signed_by.name if item.signed_by else "", item.signed_at


class LineEnded(Exception):
    """The matter is closed, so the line needs no signature."""


def hand_over(
    *,
    clinic_id: UUID,
    by: User,
    to_staff_id: int,
    notes: Mapping[str, str],
    seen: Collection[str],
    now: datetime,
) -> Handover:
    """Hand over what is open at the clinic now, and text the colleague.

    `notes` and `seen` are by the key of a line. NotAColleague, SheetChanged, AlreadyGiven.
    """
    clinic = get_clinic(by, clinic_id)
    require(by, Permission.ACT_ON_ESCALATIONS, clinic)
    others = staff_roles.colleagues(user=by, clinic_id=clinic.pk)
    colleague = next((one for one in others if one.pk == to_staff_id), None)
    if colleague is None:
        raise NotAColleague
    try:
        with transaction.atomic():
            lines = handover_lines.open_lines(clinic=clinic, language=by.language, now=now)
            if any(line.key not in seen for line in lines):
                raise SheetChanged
            return _create_handover(clinic.pk, by, colleague, lines, notes, now)
    except IntegrityError:
        # The button was pressed twice, or on two desks.
        mine = Handover.objects.filter(clinic=clinic, given_by=by, state=HandoverState.OPEN)
        raise AlreadyGiven(mine.values_list("pk", flat=True).get()) from None


def sign(*, handover_id: UUID, item_id: int, by: User, now: datetime) -> HandoverItem:
    """A colleague signs a line and is responsible for it from then on. Idempotent.

    NotVisible, NotAllowed, OwnHandover, AlreadySigned, Ended, NotOpen.
    """
    visible = get_handover_item(by, handover_id, item_id)
    require(by, Permission.ACT_ON_ESCALATIONS, visible.handover.clinic_id)
    if visible.given_by_id == by.pk:
        raise OwnHandover
    with transaction.atomic():
        # Locks in their order: the escalation, then the handover, which stands for all its lines.
        escalation = changes.lock(visible.escalation_id) if visible.escalation_id else None
        handover = _lock_handover(visible.handover_id)
        item = _items_of(handover).get(pk=visible.pk)
        if item.signed_by == by:
            return item
        _require_unsigned(item, handover, now)
        item.signed_as = _apply_signature(escalation, handover, by, now)
        item.signed_at, item.signed_by = now, by
        item.save(update_fields=["signed_as", "signed_at", "signed_by"])
        _audit(handover, "handover.signed", by, now, {"line": item.pk, "as": item.signed_as})
        _settle_ended_lines(handover, now)
        _hint_consoles(handover, now)
        return item


def withdraw(*, handover_id: UUID, by: User, now: datetime) -> Handover:
    """The giver goes on after all; what was signed stays with whoever signed. NotGiver, NotOpen."""
    visible = get_handover(by, handover_id)
    if visible.given_by_id != by.pk:
        raise NotGiver
    with transaction.atomic():
        handover = _lock_handover(visible.pk)
        if handover.state != HandoverState.OPEN:
            raise HandoverNotOpen
        _close(handover, HandoverState.WITHDRAWN, by, now)
        _hint_consoles(handover, now)
        return handover


def lock_of_leaver(*, staff: Staff) -> list[Handover]:
    """The open sheets that somebody has given or received, locked before the person's row is."""
    rows = Handover.objects.select_for_update(of=("self",)).filter(
        Q(given_by=staff.user_id) | Q(given_to=staff.pk), clinic=staff.clinic_id, state=HandoverState.OPEN
    )
    return list(rows.order_by("pk"))


def hasten_for_leaver(*, staff: Staff, now: datetime) -> int:
    """The lead is paged at once about open sheets that somebody who has left had given or received.

    The sheet stays open, so that nothing on it is lost; any colleague signs it. Returns how many. Runs inside
    the caller's transaction.
    """
    sheets = lock_of_leaver(staff=staff)
    hastened = [one for one in sheets if one.lead_paged_at is None and one.due_at > now]
    for handover in hastened:
        handover.due_at = now
        handover.save(update_fields=["due_at"])
        _audit(handover, "handover.hastened", None, now, {"left": staff.pk})
        _hint_consoles(handover, now)
    return len(hastened)


def follow_up_due(*, now: datetime) -> int:
    """Close what is settled, and page the lead about what is late; returns for how many they were paged."""
    paged = 0
    rows = Handover.objects.filter(state=HandoverState.OPEN).order_by("due_at")
    for handover_id in list(rows.values_list("pk", flat=True)[:200]):
        try:
            paged += follow_up(handover_id=handover_id, now=now)
        except Exception:
            logger.exception("a handover cannot be looked at", extra={"handover_id": str(handover_id)})
    return paged


@transaction.atomic
def follow_up(*, handover_id: UUID, now: datetime) -> bool:
    """Follow up one open handover; True when this call paged the lead, which happens once."""
    rows = Handover.objects.select_for_update(of=("self",), skip_locked=True)
    handover = rows.filter(pk=handover_id, state=HandoverState.OPEN).first()
    if handover is None:
        return False
    if _settle_ended_lines(handover, now):
        _hint_consoles(handover, now)
    if handover.state != HandoverState.OPEN or handover.due_at > now or handover.lead_paged_at:
        return False
    handover.lead_paged_at = now
    handover.save(update_fields=["lead_paged_at"])
    _page_lead(handover, now)
    return True


def _create_handover(
    clinic_id: UUID,
    by: User,
    colleague: Staff,
    lines: Collection[HandoverLine],
    notes: Mapping[str, str],
    now: datetime,
) -> Handover:
    handover = Handover.objects.create(
        clinic_id=clinic_id, given_by=by, given_to=colleague, given_at=now, due_at=now + SIGNED_WITHIN
    )
    HandoverItem.objects.bulk_create(
        _new_item(handover, position, line, notes.get(line.key, "")) for position, line in enumerate(lines)
    )
    _audit(handover, "handover.given", by, now, {"to": colleague.pk, "lines": len(lines)})
    if not lines:
        # Kept all the same: it says that nothing was open.
        _close(handover, HandoverState.SETTLED, None, now)
    _hint_consoles(handover, now)
    staff_texts.text_person(
        staff=Staff.objects.select_related("user", "clinic").get(pk=colleague.pk),
        words=lambda: _("A colleague hands their shift over to you. Open and sign:"),
        key=f"handover:{handover.pk}",
        path=_path(handover),
        now=now,
    )
    return handover


def _new_item(handover: Handover, position: int, line: HandoverLine, note: str) -> HandoverItem:
    return HandoverItem(
        handover=handover,
        given_by_id=handover.given_by_id,
        position=position,
        kind=line.kind,
        patient_id=line.patient_id,
        escalation_id=line.escalation_id,
        alarm_id=line.alarm_id,
        checkin_id=line.checkin_id,
        level=line.level or "",
        state=line.state,
        held_by_id=line.held_by_id,
        since=line.since,
        waits_for=handover_lines.matters_to_json(line.waits_for),
        note=note.strip()[:LONGEST_NOTE],
    )


def _lock_handover(handover_id: UUID) -> Handover:
    return Handover.objects.select_for_update().get(pk=handover_id)


def _items_of(handover: Handover) -> QuerySet[HandoverItem]:
    rows = HandoverItem.objects.filter(handover=handover)
    return rows.select_related("escalation", "alarm", "checkin__report", "signed_by")


def _require_unsigned(item: HandoverItem, handover: Handover, now: datetime) -> None:
    if item.signed_by:
        raise AlreadySigned(item)
    if item.ended_at or query.ended_at(item, now):
        raise LineEnded
    if handover.state != HandoverState.OPEN:
        raise HandoverNotOpen


def _apply_signature(escalation: Escalation | None, handover: Handover, by: User, now: datetime) -> SignedAs:
    """Under the lock, so that what is seen is what is moved or taken."""
    signed_as = query.signature_effect(escalation, handover.given_by_id)
    if escalation and signed_as == SignedAs.MOVED:
        transfers.move_at_handover(escalation=escalation, to=by, now=now)
    if escalation and signed_as == SignedAs.TOOK:
        lifecycle.acknowledge(escalation_id=escalation.pk, by=by, now=now)
    return signed_as


def _settle_ended_lines(handover: Handover, now: datetime) -> bool:
    """Note what has ended by itself, and close the sheet when nothing is left; whether anything changed."""
    unsigned = list(_items_of(handover).filter(signed_at__isnull=True, ended_at__isnull=True))
    ended = [item for item in unsigned if query.ended_at(item, now)]
    for item in ended:
        item.ended_at = query.ended_at(item, now)
        item.save(update_fields=["ended_at"])
        _audit(handover, "handover.ended", None, now, {"line": item.pk})
    if len(ended) == len(unsigned):
        _close(handover, HandoverState.SETTLED, None, now)
    return bool(ended)


def _close(handover: Handover, state: HandoverState, by: User | None, now: datetime) -> None:
    handover.state, handover.closed_at = state, now
    handover.save(update_fields=["state", "closed_at"])
    _audit(handover, f"handover.{state}", by, now)
    alarms.clear(clinic_id=handover.clinic_id, kind=AlarmKind.HANDOVER_UNSIGNED, subject=handover.pk, now=now)


def _page_lead(handover: Handover, now: datetime) -> None:
    _audit(handover, "handover.lead_paged", None, now)
    alarms.raise_alarm(
        clinic_id=handover.clinic_id, kind=AlarmKind.HANDOVER_UNSIGNED, subject=handover.pk, now=now
    )
    staff_texts.page_leads(
        clinic_id=handover.clinic_id,
        words=lambda: _("A shift handover is not signed yet. Open it:"),
        key=f"handover-unsigned:{handover.pk}",
        path=_path(handover),
        now=now,
    )
    _hint_consoles(handover, now)


def _path(handover: Handover) -> str:
    return f"/console/handover/{handover.pk}/"


def _audit(
    handover: Handover, action: str, by: User | None, now: datetime, detail: dict[str, Any] | None = None
) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=handover.clinic_id,
        subject_type="handover",
        subject_id=handover.pk,
        detail=detail,
    )


def _hint_consoles(handover: Handover, now: datetime) -> None:
    live.publish_change(clinic_id=handover.clinic_id, kind="handover", ref=handover.pk, level=None, now=now)
