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


# So far ahead it is said who is on call after the one who is on call now.
AHEAD = timedelta(days=2)


@dataclass(frozen=True)
class Person:
    """Somebody whom pages reach."""

    staff_id: int
    name: str
    phone: PhoneNumber


@dataclass(frozen=True)
class Relief:
    """Who is paged first from `at` on, because the rota changes then."""

    at: datetime
    person: Person


@dataclass(frozen=True)
class PagingOrder:
    """Who is paged at a moment: one first, the others in line behind; and who is first after the one now.

    Every page that names who is on call, or who comes next, says what this says.
    """

    in_order: tuple[Person, ...]
    # None where nobody else comes first within two days: there is no rota, or it goes on as it is.
    relief: Relief | None

    @property
    def first(self) -> Person | None:
        return self.in_order[0] if self.in_order else None

    @property
    def behind(self) -> tuple[Person, ...]:
        return self.in_order[1:]


def staff_in_order(clinic_id: UUID, at: datetime) -> list[Staff]:
    """Who is paged, one after the other, at this moment, each once; `is_reachable` says who is skipped."""
    clinic = Clinic.objects.only("pk", "time_zone").get(pk=clinic_id)
    return _staff_in_order_by_clinic([clinic], at)[clinic_id]


def people_by_clinic(clinics: Iterable[Clinic], *, at: datetime) -> dict[UUID, tuple[Person, ...]]:
    """The same people, as the top of the console names them; three queries for all clinics."""
    return {
        clinic_id: _reached(found)
        for clinic_id, found in _staff_in_order_by_clinic(list(clinics), at).items()
    }


def order_at(clinic: Clinic, *, at: datetime) -> PagingOrder:
    """Who is paged at this moment, and who is first after that; three queries."""
    rota = shift_rows.load(clinics=[clinic], start=at, end=at + AHEAD)[clinic.pk]
    return order_of(rota, standing_lists([clinic.pk]).get(clinic.pk, []), at=at)


def order_of(rota: shift_rows.Rota, standing: Iterable[Staff], *, at: datetime) -> PagingOrder:
    """The same of a rota that is loaded from `at` to AHEAD of it, with its standing list."""
    listed = list(standing)
    people = _reached(_on_at(rota, listed, at))
    return PagingOrder(people, _relief(rota, listed, people, at))


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
    return {clinic_id: _on_at(rota, lists[clinic_id], at) for clinic_id, rota in rotas.items()}


def _on_at(rota: shift_rows.Rota, standing: Iterable[Staff], at: datetime) -> list[Staff]:
    return _ordered([*(rota.people[span.staff] for span in rota.on_at(at)), *standing], at)


def _reached(people: Iterable[Staff]) -> tuple[Person, ...]:
    return tuple(
        Person(staff.pk, staff.user.name, staff.phone)
        for staff in people
        if staff.phone and is_reachable(staff)
    )


def _relief(
    rota: shift_rows.Rota, standing: list[Staff], people: tuple[Person, ...], at: datetime
) -> Relief | None:
    """The first moment at which the rota puts somebody else first; time in which nobody is on is passed."""
    for moment in _changes(rota, at):
        then = _reached(_on_at(rota, standing, moment))
        if then and then[:1] != people[:1]:
            return Relief(moment, then[0])
    return None


def _changes(rota: shift_rows.Rota, at: datetime) -> list[datetime]:
    spans = [span for layer in rota.layers for span in rota.timeline(layer, at, at + AHEAD)]
    moments = {moment for span in spans for moment in (span.starts_at, span.ends_at)}
    return sorted(moment for moment in moments if at < moment < at + AHEAD)


def _ordered(people: Iterable[Staff], at: datetime) -> list[Staff]:
    once = {staff.pk: staff for staff in people}
    # A stable sort: in each of the parts the layers and the standing list keep their order.
    return sorted(once.values(), key=lambda staff: (not is_reachable(staff), not is_covering(staff, at)))
