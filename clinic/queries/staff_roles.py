"""What a member of staff is, and where."""

from django.db.models import QuerySet

from clinic.models import Staff, User


def roles_of(user: User) -> QuerySet[Staff]:
    """The person's current roles with their clinics."""
    return (
        Staff.objects.filter(user=user, ended_at__isnull=True)
        .select_related("clinic")
        .order_by("clinic__name")
    )
