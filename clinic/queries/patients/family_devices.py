"""A family's phones as they stand on pages, and who may say of a new one that it is theirs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic import device_scope, row_scope
from clinic.access import family_devices_visible_to
from clinic.models import CareTeamMember, FamilyDevice, User
from clinic.rules.patients.device_kinds import shown_kind


@dataclass(frozen=True)
class ShownDevice:
    """One browser of one person. `kind`: such as "Chrome · Android", or empty."""

    id: UUID
    person: str
    kind: str
    first_seen_at: datetime
    last_seen_at: datetime
    waits: bool
    is_mine: bool
    # The one on which the page is open.
    is_this: bool
    # The reader may say that it is theirs, not only that it is not.
    may_confirm: bool
    # What staff wrote when they confirmed it.
    reason: str = ""


@dataclass(frozen=True)
class WaysToConfirm:
    """Who, beside the clinic, can say that a new device is this person's."""

    own_device: bool
    family: bool


def of_reader(*, by: User) -> tuple[ShownDevice, ...]:
    """What they may answer, then their own, the one in use first. Nothing on a device that waits."""
    rows = list(family_devices_visible_to(by).select_related("user").order_by("first_seen_at", "pk"))
    used = device_scope.device_of(by.pk)
    shown = [_shown(row, by, used.id if used else None) for row in rows]
    return tuple(sorted(shown, key=lambda one: (not one.waits, not one.is_this)))


def to_answer(*, by: User) -> tuple[ShownDevice, ...]:
    """New phones of theirs or of their family that wait."""
    return tuple(one for one in of_reader(by=by) if one.waits)


def of_people(user_ids: Iterable[UUID]) -> Mapping[UUID, tuple[ShownDevice, ...]]:
    """For staff: the devices of each of these that have not ended, new ones first."""
    rows = FamilyDevice.objects.filter(user__in=list(user_ids), ended_at__isnull=True).select_related("user")
    found: dict[UUID, list[FamilyDevice]] = {}
    for row in rows.order_by("first_seen_at", "pk"):
        found.setdefault(row.user_id, []).append(row)
    return {
        user_id: tuple(_shown(row, None, None) for row in sorted(of_one, key=lambda row: not row.waits))
        for user_id, of_one in found.items()
    }


@row_scope.everything()
def may_confirm(*, by: User, person: User) -> bool:
    """They themselves, or somebody who looks after everybody whom they look after: a yes opens all of it."""
    if by.pk == person.pk:
        return True
    return _patients_of(person) <= _patients_of(by)


@row_scope.everything()
def ways_to_confirm(*, user: User) -> WaysToConfirm:
    """From any of their devices that is known; by any of the family who may."""
    known = FamilyDevice.objects.filter(user=user, confirmed_at__isnull=False, ended_at__isnull=True)
    patients = _patients_of(user)
    family = User.objects.filter(
        care_links__patient__in=patients, care_links__ended_at__isnull=True, is_active=True, email=None
    )
    # Somebody on the same number would be asked on the same phone.
    others = family.exclude(pk=user.pk).exclude(phone=user.phone).distinct()
    return WaysToConfirm(
        own_device=known.exists(), family=any(patients <= _patients_of(one) for one in others)
    )


def _patients_of(user: User) -> set[UUID]:
    links = CareTeamMember.objects.filter(user=user, ended_at__isnull=True)
    return set(links.values_list("patient_id", flat=True))


def _shown(row: FamilyDevice, by: User | None, used: UUID | None) -> ShownDevice:
    return ShownDevice(
        id=row.pk,
        person=row.user.name,
        kind=shown_kind(row.kind),
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        waits=row.waits,
        is_mine=by is not None and row.user_id == by.pk,
        is_this=row.pk == used,
        may_confirm=by is not None and row.waits and may_confirm(by=by, person=row.user),
        reason=row.confirmed_reason,
    )
