"""One layer of the rota now: who is on, what they have in hand, and who may take it over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.access import NotVisible, Permission, can, choose_clinic
from clinic.models import Clinic, Escalation, ShiftSwap, Staff, User
from clinic.models.escalation import EscalationState
from clinic.models.rota import LayerName, SwapState
from clinic.queries.rota import on_call, shift_rows, week
from clinic.queries.rota.week import ShiftCandidate
from clinic.rules.rota.shifts import Layer

AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class TakeoverPage:
    """What the page shows. `mine` is the person's own role where it may stand on this layer."""

    clinic: Clinic
    layer: str
    label: str
    # Nobody is on: there is nothing to take over.
    staff: Staff | None
    until: datetime | None
    held: int
    is_mine: bool
    mine: Staff | None
    i_count: bool
    candidates: tuple[ShiftCandidate, ...]
    may_assign: bool
    asked: str


def of_layer(*, user: User, clinic_slug: str, layer: str, now: datetime) -> TakeoverPage:
    """One layer of the named clinic, or of the person's first one. NotVisible."""
    clinic, _clinics = choose_clinic(user, clinic_slug, Permission.WATCH_CONSOLE)
    if layer not in LayerName.values:
        raise NotVisible("layer")
    found = shift_rows.load(clinics=[clinic], start=now, end=now + AHEAD)[clinic.pk]
    span = next((one for one in found.on_at(now) if one.layer == layer), None)
    staff = found.people[span.staff] if span else None
    fits = week.roles_of_layer(Layer(layer))
    own = Staff.objects.filter(user=user, clinic=clinic, ended_at__isnull=True, role__in=fits)
    mine = own.select_related("user").first()
    is_mine = staff is not None and staff.user_id == user.pk
    may_assign = can(user, Permission.MANAGE_STAFF, clinic)
    people = week.shift_candidates(clinic, now) if staff and (is_mine or may_assign) else []
    return TakeoverPage(
        clinic=clinic,
        layer=layer,
        label=str(LayerName(layer).label),
        staff=staff,
        until=span.ends_at if span else None,
        held=_held(staff) if staff else 0,
        is_mine=is_mine,
        mine=None if is_mine else mine,
        i_count=bool(mine and on_call.is_covering(mine, now)),
        candidates=tuple(one for one in people if staff and one.id != staff.pk and one.role_code in fits),
        may_assign=may_assign,
        asked=_asked(staff, layer, now) if staff else "",
    )


def _held(staff: Staff) -> int:
    rows = Escalation.objects.filter(
        clinic=staff.clinic_id,
        acknowledged_by=staff.user_id,
        state=EscalationState.ACKNOWLEDGED,
        is_drill=False,
    )
    return rows.count()


def _asked(staff: Staff, layer: str, now: datetime) -> str:
    """The colleague to whom the rest of it is offered."""
    rows = ShiftSwap.objects.filter(
        from_staff=staff, layer=layer, state=SwapState.ASKED, starts_at__lte=now, ends_at__gt=now
    )
    return rows.values_list("to_staff__user__name", flat=True).first() or ""
