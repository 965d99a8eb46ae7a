"""What a member of staff is, and where."""

from django.db.models import QuerySet

from clinic.access import AnyUser
from clinic.models import Staff


def roles_of(user: AnyUser) -> QuerySet[Staff]:
    """The person's current roles with their clinics."""
    return (
        Staff.objects.filter(user_id=user.pk, ended_at__isnull=True)
        .select_related("clinic")
        .order_by("clinic__name")
    )
