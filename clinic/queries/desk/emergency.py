"""Records opened in an emergency: one's own, and those that leads have to look at."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from clinic import row_scope
from clinic.access import Permission, clinics_with, emergency_accesses_of
from clinic.models import Clinic, EmergencyAccess, User
from clinic.queries.rota import on_call

SHOWN = 20


@dataclass(frozen=True)
class EmergencyPage:
    """`waiting` and `reviewed` are of the clinics whose audit the person reads."""

    # All of the installation: whoever is meant may be at any.
    clinics: tuple[tuple[str, str], ...]
    own_clinic: str
    mine: tuple[EmergencyAccess, ...]
    leads: bool
    waiting: tuple[EmergencyAccess, ...]
    reviewed: tuple[EmergencyAccess, ...]


def page(*, user: User, now: datetime) -> EmergencyPage:
    """Six queries. Of the person's own only what is open now: what is over shows them nobody any more."""
    own = clinics_with(user, Permission.OPEN_IN_EMERGENCY).order_by("name", "pk").first()
    led = clinics_with(user, Permission.VIEW_AUDIT)
    of_led = EmergencyAccess.objects.filter(patient__clinic__in=led.values("pk"))
    return EmergencyPage(
        clinics=tuple((str(one.pk), one.name) for one in Clinic.objects.order_by("name", "pk")),
        own_clinic=str(own.pk) if own else "",
        mine=_shown(emergency_accesses_of(user, now), "-opened_at"),
        leads=led.exists(),
        waiting=_shown(of_led.filter(reviewed_at__isnull=True), "opened_at"),
        reviewed=_shown(of_led.filter(reviewed_at__isnull=False), "-reviewed_at"),
    )


def on_call_at(access: EmergencyAccess, *, now: datetime) -> on_call.PagingOrder:
    """Whom to call at the patient's clinic."""
    return on_call.order_at(access.patient.clinic, at=now)


@row_scope.everything()
def _shown(rows: QuerySet[EmergencyAccess], order: str) -> tuple[EmergencyAccess, ...]:
    return tuple(rows.select_related("patient__clinic", "user", "reviewed_by").order_by(order, "pk")[:SHOWN])
