"""Escalations one by one, for programs; the console's own worklist is queries/worklist."""

from django.db.models import QuerySet

from clinic.access import AnyUser, NotAllowed, Permission, clinics_with, escalations_visible_to
from clinic.models import Escalation, EscalationEvent, Staff
from clinic.models.escalation import EscalationState
from clinic.queries.core import staff_roles


def escalations(user: AnyUser, *, state: str | None) -> QuerySet[Escalation]:
    """Those of the person's clinics in one state, or all that wait for somebody. NotAllowed for family."""
    if not clinics_with(user, Permission.VIEW_PATIENTS).exists():
        raise NotAllowed(Permission.VIEW_PATIENTS)
    rows = escalations_visible_to(user).select_related("patient", "acknowledged_by", "resolved_by")
    return rows.filter(state=state) if state else rows.exclude(state=EscalationState.RESOLVED)


def events_of(escalation: Escalation) -> QuerySet[EscalationEvent]:
    """What happened to it, oldest first."""
    return escalation.events.select_related("by").order_by("at", "pk")


def owed_roles(escalation: Escalation) -> list[str]:
    """The roles that must still answer before it can be closed."""
    owed = escalation.required_answers.filter(answered_at__isnull=True)
    return list(owed.order_by("role").values_list("role", flat=True))


def clinicians_of(escalation: Escalation) -> list[Staff]:
    """Nurses and physicians of its clinic, by name: who can be asked."""
    return list(staff_roles.clinicians(escalation.clinic_id))
