"""Who is on call now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from phonenumber_field.phonenumber import PhoneNumber

from clinic.models import Clinic, OnCall, Staff


@dataclass(frozen=True)
class Person:
    """Somebody whom pages reach, in the order in which they are paged."""

    name: str
    phone: PhoneNumber


def reachable(staff: Staff) -> bool:
    """Whether a page can reach this person: still here, with an open account and a phone."""
    return staff.ended_at is None and staff.user.is_active and bool(staff.phone)


def chain(clinic_id: UUID, at: datetime) -> list[Staff]:
    """Who is paged one after the other at that moment, whether or not they can be reached."""
    rows = OnCall.objects.filter(clinic_id=clinic_id).select_related("staff__user", "staff__clinic")
    return [row.staff for row in rows.order_by("position")]


def by_clinic(clinics: Iterable[Clinic]) -> dict[UUID, tuple[Person, ...]]:
    """The people on call at each clinic: those with a phone and an open account; one query."""
    rows = (
        OnCall.objects.filter(
            clinic__in=[clinic.pk for clinic in clinics],
            staff__ended_at__isnull=True,
            staff__phone__isnull=False,
            staff__user__is_active=True,
        )
        .order_by("clinic", "position")
        .select_related("staff__user")
    )
    people: dict[UUID, list[Person]] = defaultdict(list)
    for row in rows:
        if row.staff.phone:
            people[row.clinic_id].append(Person(row.staff.user.name, row.staff.phone))
    return {clinic_id: tuple(found) for clinic_id, found in people.items()}
