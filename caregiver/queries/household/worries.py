"""What became of "I am worried", as its family sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from caregiver.queries.household.reports import first_look, staff_name
from clinic.access import get_cared_for
from clinic.models import Patient, User, Worry
from clinic.rules.core.enums import Level
from clinic.rules.paging.ladder import pages_staff


@dataclass(frozen=True)
class WorryStatus:
    """How far the clinic is. `seen_by` is a first name and a role."""

    received_at: datetime
    seen_at: datetime | None
    seen_by: str
    called_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class ToldWorry:
    """The page of one tap; `status` is None until it has arrived."""

    id: UUID
    patient: Patient
    status: WorryStatus | None
    # Urgent or worse: staff on call are paged, day and night.
    pages_staff: bool = False
    is_strong: bool = False
    words: str = ""


def find(*, by: User, patient_id: UUID, worry_id: UUID) -> ToldWorry:
    """One worry of this person about this patient, or the empty page for it. NotVisible."""
    patient = get_cared_for(by, patient_id)
    stored = (
        Worry.objects.select_related("escalation")
        .prefetch_related("escalation__events__by__staff_roles")
        .filter(pk=worry_id, patient=patient, author=by)
        .first()
    )
    if stored is None:
        return ToldWorry(worry_id, patient, None)
    return ToldWorry(
        id=worry_id,
        patient=patient,
        status=_status(stored),
        pages_staff=pages_staff(Level(stored.escalation.level)),
        is_strong=stored.is_strong,
        words=stored.words,
    )


def _status(worry: Worry) -> WorryStatus:
    escalation = worry.escalation
    look = first_look(escalation, since=worry.received_at)
    # Taken before the worry came in: whoever has it has the worry too.
    in_hand = escalation.acknowledged_at if look is None else None
    return WorryStatus(
        received_at=worry.received_at,
        seen_at=look.at if look else in_hand,
        seen_by=staff_name(look, escalation) if look else "",
        called_at=worry.called_back_at,
        closed_at=escalation.resolved_at,
    )
