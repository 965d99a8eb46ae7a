"""The other systems that a clinic tells of events, and how they are doing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min, Q

from clinic.access import AnyUser, Permission, choose_clinic
from clinic.models import Clinic, Listener, ListenerEvent

# Of what was not taken; enough to see what it is.
SHOWN = 5


@dataclass(frozen=True)
class Trouble:
    """An event that was tried and not taken; `is_over` where it is tried no more."""

    kind: str
    at: datetime
    error: str
    tries: int
    is_over: bool


@dataclass(frozen=True)
class ListenerRow:
    """One system: how many events wait, since when, and when it last took one."""

    id: UUID
    address: str
    created_at: datetime
    created_by: str
    both_until: datetime | None
    waiting: int
    oldest_at: datetime | None
    taken_at: datetime | None
    next_try_at: datetime | None
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True)
class ListenersPage:
    """A clinic's systems, and the clinics between which the person may choose."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    rows: tuple[ListenerRow, ...]


def of_clinic(*, user: AnyUser, clinic_slug: str, now: datetime) -> ListenersPage:
    """The page of whoever manages the clinic. NotVisible."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.MANAGE_CLINIC)
    found = (
        Listener.objects.filter(clinic=clinic, ended_at__isnull=True)
        .select_related("created_by")
        .annotate(
            waiting=Count("events", filter=Q(events__due_at__isnull=False)),
            oldest_at=Min("events__at", filter=Q(events__due_at__isnull=False)),
            taken_at=Max("events__taken_at"),
        )
        .order_by("created_at", "pk")
    )
    troubles = _troubles(clinic)
    rows = tuple(_row(one, troubles.get(one.pk, ()), now) for one in found)
    return ListenersPage(clinic, clinics, rows)


def _troubles(clinic: Clinic) -> dict[UUID, tuple[Trouble, ...]]:
    found: dict[UUID, tuple[Trouble, ...]] = {}
    tried = ListenerEvent.objects.filter(
        clinic=clinic, listener__ended_at__isnull=True, taken_at__isnull=True, tried_at__isnull=False
    )
    for row in tried.order_by("-event_id")[: SHOWN * 10]:
        one = Trouble(row.kind, row.at, row.error, row.tries, row.due_at is None)
        found[row.listener_id] = (*found.get(row.listener_id, ()), one)[:SHOWN]
    return found


def _row(one: Listener, troubles: tuple[Trouble, ...], now: datetime) -> ListenerRow:
    counted = vars(one)
    return ListenerRow(
        id=one.pk,
        address=one.address,
        created_at=one.created_at,
        created_by=one.created_by.name,
        both_until=one.old_secret_until if one.old_secret_until and one.old_secret_until > now else None,
        waiting=counted["waiting"],
        oldest_at=counted["oldest_at"],
        taken_at=counted["taken_at"],
        next_try_at=one.next_try_at if one.next_try_at and one.next_try_at > now else None,
        troubles=troubles,
    )
