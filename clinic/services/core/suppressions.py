"""Puts on record that somebody would have been paged and was not. Runs in the caller's transaction."""

from datetime import datetime
from uuid import UUID

from clinic.models import EscalationEvent, Page, Staff, Suppression
from clinic.models.suppression import SuppressionRule


def record(
    *,
    clinic_id: UUID,
    rule: SuppressionRule,
    now: datetime,
    would_page: Staff | None = None,
    patient_id: UUID | None = None,
    escalation_id: UUID | None = None,
    event: EscalationEvent | None = None,
    page: Page | None = None,
) -> Suppression:
    """One row: the rule, the person, what it was about; the event or page that it accounts for."""
    return Suppression.objects.create(
        clinic_id=clinic_id,
        rule=rule,
        at=now,
        would_page=would_page,
        patient_id=patient_id,
        escalation_id=escalation_id,
        event=event,
        page=page,
    )
