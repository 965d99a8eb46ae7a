"""What a member of staff is, and where."""

from uuid import UUID

from django.db.models import QuerySet

from clinic.access import Permission, roles_with
from clinic.models import Staff, User


def roles_of(user: User) -> QuerySet[Staff]:
    """The person's current roles with their clinics."""
    return (
        Staff.objects.filter(user=user, ended_at__isnull=True)
        .select_related("clinic")
        .order_by("clinic__name")
    )


def role_at(*, user: User, clinic_id: UUID) -> str:
    """The person's role at a clinic now; empty where they have none."""
    rows = Staff.objects.filter(user=user, clinic_id=clinic_id, ended_at__isnull=True)
    return rows.values_list("role", flat=True).first() or ""


def clinicians(clinic_id: UUID) -> QuerySet[Staff]:
    """Those who may act on the clinic's escalations, by name."""
    rows = Staff.objects.filter(
        clinic_id=clinic_id,
        ended_at__isnull=True,
        user__is_active=True,
        role__in=roles_with(Permission.ACT_ON_ESCALATIONS),
    )
    return rows.select_related("user").order_by("user__name", "pk")


def colleagues(*, user: User, clinic_id: UUID) -> list[Staff]:
    """The others who may act on the clinic's escalations, by name."""
    return list(clinicians(clinic_id).exclude(user=user))
