"""Escalations one by one, for programs; the console's own worklist is queries/worklist."""

from django.db.models import QuerySet

from clinic.access import AnyUser, NotAllowed, Permission, clinics_with, escalations_visible_to
from clinic.models import Escalation, EscalationEvent
from clinic.models.escalation import EscalationState


def escalations(user: AnyUser, *, state: str | None) -> QuerySet[Escalation]:
    """Those of the person's clinics in one state, or all that wait for somebody. NotAllowed for family."""
    if not clinics_with(user, Permission.VIEW_PATIENTS).exists():
        raise NotAllowed(Permission.VIEW_PATIENTS)
    rows = escalations_visible_to(user).select_related("patient", "acknowledged_by", "resolved_by")
    return rows.filter(state=state) if state else rows.exclude(state=EscalationState.RESOLVED)


def history(escalation: Escalation) -> QuerySet[EscalationEvent]:
    """What happened to it, oldest first."""
    return escalation.events.select_related("by").order_by("at", "pk")
