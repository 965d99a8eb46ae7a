"""Who is on call: the people on shift now by layer, then the standing list.

A page to a doubtful number is better than none, so nobody with a phone is left out; but whoever has not
proven their number, or has not answered a test on it lately, comes after everybody who has. Such an
empty step is thus skipped at once and still tried before the chain starts again. Whoever
cannot be paged at all stands at the end, for the record of who was passed over.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from phonenumber_field.phonenumber import PhoneNumber

from clinic.access import Permission, roles_with
from clinic.models import Clinic, OnCall, Staff
from clinic.prepared import PreparedQuery
from clinic.queries.rota import shift_rows
from clinic.rules.rota import shifts
from clinic.rules.rota.shifts import Gap, Layer, counts_as_coverage

# Whoever may not act on an escalation is never paged about one, however they came on a list.
PAGED_ROLES = frozenset(roles_with(Permission.ACT_ON_ESCALATIONS))


@dataclass(frozen=True)
class Person:
    """Somebody whom pages reach, in the order in which they are paged."""

    name: str
    phone: PhoneNumber


def staff_in_order(clinic_id: UUID, at: datetime) -> list[Staff]:
    """Who is paged, one after the other, at this moment, each once; `is_reachable` says who is skipped."""
    clinic = Clinic.objects.only("pk", "time_zone").get(pk=clinic_id)
    return _staff_in_order_by_clinic([clinic], at)[clinic_id]


def people_by_clinic(clinics: Iterable[Clinic], *, at: datetime) -> dict[UUID, tuple[Person, ...]]:
    """The same people, as the top of the console names them; three queries for all clinics."""
    return {
        clinic_id: tuple(
            Person(staff.user.name, staff.phone) for staff in found if staff.phone and is_reachable(staff)
        )
        for clinic_id, found in _staff_in_order_by_clinic(list(clinics), at).items()
    }


_standing = PreparedQuery(
    lambda clinic_ids: (
        OnCall.objects.filter(clinic__in=clinic_ids, staff__clinic=F("clinic"))
        .order_by("clinic", "position")
        .select_related("staff__user", "staff__clinic")
    ),
    list[UUID],
)


def standing_lists(clinic_ids: Iterable[UUID]) -> dict[UUID, list[Staff]]:
    """The standing lists, in their order."""
    found: dict[UUID, list[Staff]] = defaultdict(list)
    for row in _standing(list(clinic_ids)):
        found[row.clinic_id].append(row.staff)
    return found


def is_reachable(staff: Staff) -> bool:
    """Has a phone, a role that answers alerts, and an open account."""
    has_role = staff.ended_at is None and staff.role in PAGED_ROLES
    return bool(staff.phone) and has_role and staff.user.is_active


def is_covering(staff: Staff, at: datetime) -> bool:
    """Whether this person counts as coverage: can be paged, on a proven and lately tested number."""
    proven = counts_as_coverage(staff.phone_verified_at, staff.phone_tested_at, at)
    return is_reachable(staff) and proven


def is_covered(*, clinic: Clinic, now: datetime, days: int) -> bool:
    """Whether somebody who counts as coverage can be paged at every moment of the coming days.

    Where the rota is not used, whoever stands on the list is on call always.
    """
    end = now + timedelta(days=days)
    found = shift_rows.load(clinics=[clinic], start=now, end=end)[clinic.pk]
    if not found.is_used:
        return any(is_covering(staff, now) for staff in standing_lists([clinic.pk]).get(clinic.pk, []))
    certain = {pk for pk, staff in found.people.items() if is_covering(staff, now)}
    return not any(gaps(found, layer, now, end, people=certain) for layer in filled_layers(clinic))


def filled_layers(clinic: Clinic) -> list[Layer]:
    """The layers in which somebody must be on at every minute."""
    return [layer for layer in Layer if layer in clinic.filled_layers]


def gaps(
    found: shift_rows.Rota,
    layer: Layer,
    start: datetime,
    end: datetime,
    *,
    people: Collection[int] | None = None,
) -> tuple[Gap, ...]:
    """The time in which nobody of these people is on the layer; by default nobody who can be paged at all."""
    if people is None:
        people = {pk for pk, staff in found.people.items() if is_reachable(staff)}
    on = [span for span in found.timeline(layer, start, end) if span.staff in people]
    return shifts.gaps(on, layer, start, end)


def _staff_in_order_by_clinic(clinics: list[Clinic], at: datetime) -> dict[UUID, list[Staff]]:
    rotas = shift_rows.load(clinics=clinics, start=at, end=at + timedelta.resolution)
    lists = standing_lists(rotas)
    return {
        clinic_id: _ordered([*(rota.people[span.staff] for span in rota.on_at(at)), *lists[clinic_id]], at)
        for clinic_id, rota in rotas.items()
    }


def _ordered(people: Iterable[Staff], at: datetime) -> list[Staff]:
    once = {staff.pk: staff for staff in people}
    # A stable sort: in each of the parts the layers and the standing list keep their order.
    return sorted(once.values(), key=lambda staff: (not is_reachable(staff), not is_covering(staff, at)))
