"""A lower risk that waits for a second clinician, for whoever looks at the patient."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clinic.access import Permission, can
from clinic.models import Patient, RiskLowering, User
from clinic.queries.patients import changes


@dataclass(frozen=True)
class WaitingLowering:
    """`words` such as "Risk tier: High → Standard"; whoever proposed it cannot confirm it."""

    id: UUID
    words: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    ends_on: date | None
    is_mine: bool
    may_decide: bool


def waiting(*, patient: Patient, user: User) -> WaitingLowering | None:
    """What is proposed for this patient, in one query while nothing is."""
    found = RiskLowering.objects.filter(patient=patient, end="").select_related("proposed_by").first()
    if found is None:
        return None
    return WaitingLowering(
        id=found.pk,
        words=changes.facts_in_words(found.changes),
        reason=found.reason_in_words,
        proposed_by=found.proposed_by.name,
        proposed_at=found.proposed_at,
        ends_on=found.ends_on,
        is_mine=found.proposed_by_id == user.pk,
        may_decide=can(user, Permission.LOWER_RISKS, patient.clinic_id),
    )
