"""Who sits at the console: their name, role, clinics, and who is on call there."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.access import ROLE_PERMISSIONS, AnyUser, Permission
from clinic.models import Staff
from clinic.queries.desk import alarms
from clinic.queries.rota import on_call


@dataclass(frozen=True)
class DeskHeader:
    """What the top of every console page says, and what its person may do somewhere."""

    name: str
    roles: tuple[str, ...]
    clinics: tuple[str, ...]
    on_call: tuple[tuple[str, tuple[on_call.Person, ...]], ...]
    permissions: frozenset[Permission]
    # Nothing is being scored or paged; every page says so, not the worklist alone.
    engine: alarms.Engine
    unwatched: bool = False
    clinic_ids: tuple[UUID, ...] = ()

    @property
    def may_watch(self) -> bool:
        return Permission.WATCH_CONSOLE in self.permissions

    @property
    def may_act(self) -> bool:
        return Permission.ACT_ON_ESCALATIONS in self.permissions

    @property
    def may_view(self) -> bool:
        return Permission.VIEW_PATIENTS in self.permissions

    @property
    def may_view_audit(self) -> bool:
        return Permission.VIEW_AUDIT in self.permissions

    @property
    def may_hand_out(self) -> bool:
        return Permission.HAND_OUT_RECORDS in self.permissions

    @property
    def may_delete(self) -> bool:
        return Permission.DELETE_RECORDS in self.permissions

    @property
    def may_edit_rota(self) -> bool:
        return Permission.MANAGE_STAFF in self.permissions

    @property
    def several_clinics(self) -> bool:
        return len(self.clinics) > 1


def of_user(*, user: AnyUser, now: datetime) -> DeskHeader:
    """The person's active roles and the top of the page, in seven queries; no roles, no permissions."""
    rows = list(
        Staff.objects.filter(user=user.pk, ended_at__isnull=True)
        .select_related("clinic")
        .order_by("clinic__name", "pk")
    )
    people = on_call.people_by_clinic([row.clinic for row in rows], at=now)
    return DeskHeader(
        name=str(user),
        roles=tuple(dict.fromkeys(row.get_role_display() for row in rows)),
        clinics=tuple(row.clinic.name for row in rows),
        on_call=tuple((row.clinic.name, people.get(row.clinic_id, ())) for row in rows),
        permissions=frozenset().union(*(ROLE_PERMISSIONS[row.role] for row in rows)),
        engine=alarms.engine(now=now),
        unwatched=alarms.is_unwatched(clinics=[row.clinic for row in rows]),
        clinic_ids=tuple(row.clinic_id for row in rows),
    )
