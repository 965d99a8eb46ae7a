"""Changing how a clinic pages, and by which channels a person is paged."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.access import NotVisible, Permission, require
from clinic.models import Clinic, PagingLadder, PagingOrder, Staff, User
from clinic.queries.paging import ladders
from clinic.rules.core.enums import Level
from clinic.rules.paging import channels, ladder
from clinic.services.core import audit, live


class OutOfBounds(Exception):
    """Numbers that would leave a family waiting: `problems` are (level, name) pairs."""

    def __init__(self, problems: list[tuple[Level, str]]) -> None:
        super().__init__(problems)
        self.problems = problems


def change(*, clinic: Clinic, by: User, to: ladder.Ladder, now: datetime) -> PagingLadder:
    """Set the clinic's ladder for what opens from now on. NotAllowed, OutOfBounds."""
    require(by, Permission.MANAGE_PAGING, clinic)
    problems = ladder.out_of_bounds(to)
    if problems:
        raise OutOfBounds(problems)
    with transaction.atomic():
        before = ladder.to_json(ladders.of_clinic(clinic.pk))
        after = ladder.to_json(to)
        row, _ = PagingLadder.objects.update_or_create(
            clinic=clinic, defaults={"document": after, "changed_at": now, "changed_by": by}
        )
        _audit_and_hint("ladder.changed", by, clinic.pk, {"from": before, "to": after}, now)
        return row


def set_channel_order(
    *, clinic_id: UUID, by: User, turns: Sequence[channels.ChannelTurn], now: datetime
) -> PagingOrder:
    """Set how this person is paged at this clinic. NotVisible without a role there, channels.BadOrder."""
    staff = Staff.objects.filter(user=by, clinic_id=clinic_id, ended_at__isnull=True).first()
    if staff is None:
        raise NotVisible("clinic")
    channels.check(turns)
    with transaction.atomic():
        before, after = channels.turns_to_json(ladders.chosen_turns(staff)), channels.turns_to_json(turns)
        row, _ = PagingOrder.objects.update_or_create(
            staff=staff, defaults={"turns": after, "changed_at": now}
        )
        _audit_and_hint("paging_order.changed", by, clinic_id, {"from": before, "to": after}, now)
        return row


def _audit_and_hint(action: str, by: User, clinic_id: UUID, detail: dict[str, object], now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=clinic_id,
        subject_type="ladder",
        subject_id=clinic_id,
        detail=detail,
    )
    live.publish_change(clinic_id=clinic_id, kind="ladder", ref=clinic_id, level=None, now=now)
