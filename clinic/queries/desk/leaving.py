"""What hangs on one role: what ends with it, and which gaps that makes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from clinic.access import get_managed_role
from clinic.models import (
    Escalation,
    Handover,
    OnCall,
    RequiredAnswer,
    Shift,
    ShiftPattern,
    ShiftSwap,
    Staff,
    User,
)
from clinic.models.escalation import EscalationState
from clinic.models.handover import HandoverState
from clinic.models.rota import SwapState
from clinic.models.staff import Role
from clinic.queries.rota import on_call, shift_rows
from clinic.rules.rota.shifts import Gap

# As far as the gap warning looks; clinic/services/rota/coverage.py.
AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Leaving:
    """Counts of what ends, and what nobody would fill afterwards. Gaps are those that there are not yet."""

    staff: Staff
    held: int
    owed: int
    weekly: int
    shifts: int
    is_listed: bool
    swaps: int
    handovers: int
    gaps: tuple[Gap, ...]
    nobody_left: bool
    roles_left_empty: tuple[str, ...]
    is_last_administrator: bool
    is_last_role: bool

    @property
    def makes_gaps(self) -> bool:
        return bool(self.gaps or self.nobody_left or self.roles_left_empty or self.is_last_administrator)


def of_role(*, user: User, staff_id: int, now: datetime) -> Leaving:
    """What ending this role would do, as of now. NotVisible."""
    return of_staff(get_managed_role(user, staff_id), now=now)


def of_staff(staff: Staff, *, now: datetime) -> Leaving:
    """The same for a role that the caller may see."""
    chain = [one for one in on_call.staff_in_order(staff.clinic_id, now) if on_call.is_reachable(one)]
    others = [one for one in chain if one.pk != staff.pk]
    unresolved = Escalation.objects.filter(clinic=staff.clinic_id).exclude(state=EscalationState.RESOLVED)
    coming = Shift.objects.filter(staff=staff, cancelled_at__isnull=True, ends_at__gt=now)
    swaps = ShiftSwap.objects.filter(Q(from_staff=staff) | Q(to_staff=staff), state=SwapState.ASKED)
    sheets = Handover.objects.filter(
        Q(given_by=staff.user_id) | Q(given_to=staff), clinic=staff.clinic_id, state=HandoverState.OPEN
    )
    return Leaving(
        staff=staff,
        held=unresolved.filter(acknowledged_by=staff.user_id).count(),
        owed=RequiredAnswer.objects.filter(escalation__in=unresolved, answered_by=staff.user_id)
        .exclude(escalation__acknowledged_by=staff.user_id)
        .count(),
        weekly=ShiftPattern.objects.filter(staff=staff, ended_at__isnull=True).count(),
        shifts=coming.count(),
        is_listed=OnCall.objects.filter(staff=staff).exists(),
        swaps=swaps.count(),
        handovers=sheets.count(),
        gaps=_new_gaps(staff, now),
        nobody_left=bool(chain) and not others,
        roles_left_empty=_roles_left_empty(staff, chain, others),
        is_last_administrator=staff.role == Role.ADMINISTRATOR and not _others_of_role(staff).exists(),
        is_last_role=not Staff.objects.filter(user=staff.user_id, ended_at__isnull=True)
        .exclude(pk=staff.pk)
        .exists(),
    )


def _new_gaps(staff: Staff, now: datetime) -> tuple[Gap, ...]:
    end = now + AHEAD
    clinic = staff.clinic
    found = shift_rows.load(clinics=[clinic], start=now, end=end)[clinic.pk]
    if not found.is_used:
        return ()
    without = found.without(staff.pk)
    return tuple(
        gap
        for layer in on_call.filled_layers(clinic)
        for gap in on_call.gaps(without, layer, now, end)
        if gap not in on_call.gaps(found, layer, now, end)
    )


def _roles_left_empty(staff: Staff, chain: list[Staff], others: list[Staff]) -> tuple[str, ...]:
    if staff not in chain or not others or any(one.role == staff.role for one in others):
        return ()
    return (str(Role(staff.role).label),)


def _others_of_role(staff: Staff) -> QuerySet[Staff]:
    rows = Staff.objects.filter(clinic=staff.clinic_id, role=staff.role, ended_at__isnull=True)
    return rows.filter(user__is_active=True).exclude(pk=staff.pk)
