"""Escalations one by one, for programs; the console's own worklist is queries/worklist."""

from django.db.models import Q, QuerySet

from clinic.access import AnyUser, NotAllowed, Permission, clinics_with, escalations_visible_to
from clinic.models import Escalation, EscalationEvent, Staff
from clinic.models.escalation import EscalationState
from clinic.queries.core import staff_roles


def escalations(user: AnyUser, *, state: str | None) -> QuerySet[Escalation]:
    """Those of the person's clinics in one state, or all that wait for somebody. NotAllowed for family."""
    clinic_ids = list(clinics_with(user, Permission.VIEW_PATIENTS).values_list("pk", flat=True))
    if not clinic_ids:
        raise NotAllowed(Permission.VIEW_PATIENTS)
    # Clinics by their ids, and the condition of the index `escalation_worklist` as it is written there: so
    # PostgreSQL reads one page in the index's order, instead of sorting everything that waits.
    rows = escalations_visible_to(user).filter(clinic__in=clinic_ids)
    if state:
        rows = rows.filter(state=state)
    if state != EscalationState.RESOLVED:
        rows = rows.filter(~Q(state=EscalationState.RESOLVED))
    return rows.select_related("patient", "acknowledged_by", "resolved_by")


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
