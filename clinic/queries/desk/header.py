"""Who sits at the console: their name, role, clinics, and who is on call there."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from clinic.access import ROLE_PERMISSIONS, AnyUser, Permission
from clinic.models import Clinic, Staff
from clinic.prepared import PreparedQuery
from clinic.queries.desk import alarms
from clinic.queries.rota import on_call


@dataclass(frozen=True)
class DeskHeader:
    """What the top of every console page says, and what its person may do somewhere."""

    name: str
    roles: tuple[str, ...]
    permissions: frozenset[Permission]
    works_at: tuple[Clinic, ...]
    now: datetime

    # What follows is asked for once a page shows it: a row of the list, or an act, has no top.

    @cached_property
    def on_call(self) -> tuple[tuple[str, tuple[on_call.Person, ...]], ...]:
        people = on_call.people_by_clinic(self.works_at, at=self.now)
        return tuple((clinic.name, people.get(clinic.pk, ())) for clinic in self.works_at)

    @cached_property
    def engine(self) -> alarms.Engine:
        """Nothing is being scored or paged; every page says so, not the worklist alone."""
        return alarms.engine(now=self.now)

    @cached_property
    def unwatched(self) -> bool:
        return alarms.is_unwatched(clinics=self.works_at)

    @property
    def clinics(self) -> tuple[str, ...]:
        return tuple(clinic.name for clinic in self.works_at)

    @property
    def clinic_ids(self) -> tuple[UUID, ...]:
        return tuple(clinic.pk for clinic in self.works_at)

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


_roles_of = PreparedQuery(
    lambda user_id: (
        Staff.objects.filter(user=user_id, ended_at__isnull=True)
        .select_related("clinic")
        .order_by("clinic__name", "pk")
    ),
    UUID,
)


def of_user(*, user: AnyUser, now: datetime) -> DeskHeader:
    """The person's active roles, in one query; what the top of a page shows costs six more where it does."""
    rows = _roles_of(user.pk) if user.pk else []
    return DeskHeader(
        name=str(user),
        roles=tuple(dict.fromkeys(row.get_role_display() for row in rows)),
        permissions=frozenset().union(*(ROLE_PERMISSIONS[row.role] for row in rows)),
        works_at=tuple(row.clinic for row in rows),
        now=now,
    )
