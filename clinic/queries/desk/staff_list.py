"""Everybody with a current role at a clinic, as its administrators see them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from phonenumber_field.phonenumber import PhoneNumber

from clinic.access import Permission, choose_clinic
from clinic.models import AccessRequest, Clinic, Staff, StaffInvitation, User
from clinic.queries.desk import factor_resets
from clinic.queries.rota import on_call


@dataclass(frozen=True)
class StaffRow:
    """One role; whether pages count on the person is said only of roles that are paged."""

    id: int
    name: str
    email: str
    role: str
    phone: PhoneNumber | None
    since: datetime
    is_paged: bool
    is_certain: bool
    is_mine: bool
    # The sign-in is shut, though the role has not ended.
    is_shut: bool
    # Somebody has asked to take their second factor away, and a second person has to agree.
    factor_waits: bool


@dataclass(frozen=True)
class InvitedRow:
    """Somebody who has not used their link yet; `is_over`: it is too old."""

    id: UUID
    name: str
    email: str
    role: str
    invited_at: datetime
    is_over: bool


@dataclass(frozen=True)
class StaffList:
    """The page: `clinics` are those between which the person may choose."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    rows: tuple[StaffRow, ...]
    invited: tuple[InvitedRow, ...]
    # What operators ask for, and somebody here has to agree to.
    requests: tuple[AccessRequest, ...]


def of_clinic(*, user: User, clinic_slug: str, now: datetime) -> StaffList:
    """That of the named clinic, or of the person's first one, by name. NotVisible."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.MANAGE_STAFF)
    found = Staff.objects.filter(clinic=clinic, ended_at__isnull=True).select_related("user")
    rows = list(found.order_by("user__name", "pk"))
    waiting = factor_resets.waiting_of([row.user_id for row in rows], now=now)
    return StaffList(
        clinic=clinic,
        clinics=clinics,
        rows=tuple(
            StaffRow(
                id=row.pk,
                name=row.user.name,
                email=row.user.email or "",
                role=row.get_role_display(),
                phone=row.phone,
                since=row.created_at,
                is_paged=row.role in on_call.PAGED_ROLES,
                is_certain=on_call.is_covering(row, now),
                is_mine=row.user_id == user.pk,
                is_shut=not row.user.is_active,
                factor_waits=row.user_id in waiting,
            )
            for row in rows
        ),
        requests=tuple(
            AccessRequest.objects.filter(clinic=clinic, done_at__isnull=True, withdrawn_at__isnull=True)
            .select_related("user", "asked_by")
            .order_by("asked_at", "pk")
        ),
        invited=_invited(clinic, now),
    )


def _invited(clinic: Clinic, now: datetime) -> tuple[InvitedRow, ...]:
    waiting = StaffInvitation.objects.filter(clinic=clinic, accepted_at=None, revoked_at=None)
    return tuple(
        InvitedRow(
            id=row.pk,
            name=row.name,
            email=row.email,
            role=row.get_role_display(),
            invited_at=row.invited_at,
            is_over=row.expires_at <= now,
        )
        for row in waiting.order_by("name", "pk")
    )
