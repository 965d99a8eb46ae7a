"""What became of "I am worried", as its family sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from caregiver.queries.household.reports import first_acknowledgement, staff_name
from clinic import device_scope
from clinic.access import get_cared_for
from clinic.models import Escalation, Patient, User, Worry
from clinic.queries.escalations.looks import first_opened, first_told
from clinic.rules.core.enums import Level
from clinic.rules.paging.ladder import pages_staff


@dataclass(frozen=True)
class WorryStatus:
    """How far the clinic is, with this very worry. `seen_by` is a first name and a role.

    `told_at`: a page about it was taken by the phone company after it had come. `in_hand_since`: somebody
    took the patient before it came, and has not looked since.
    """

    received_at: datetime
    told_at: datetime | None
    seen_at: datetime | None
    seen_by: str
    in_hand_since: datetime | None
    called_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class OwnWorry:
    """The page of one tap; `status` is None until it has arrived."""

    id: UUID
    patient: Patient
    status: WorryStatus | None
    # Urgent or worse: staff on call are paged, day and night.
    pages_staff: bool = False
    is_strong: bool = False
    words: str = ""


def find_own(*, by: User, patient_id: UUID, worry_id: UUID) -> OwnWorry:
    """One worry of this person about this patient, or the empty page for it. NotVisible.

    On a device that waits, one that was told on another is not there.
    """
    patient = get_cared_for(by, patient_id)
    device = device_scope.waiting_device_of(by.pk)
    if device is not None and str(worry_id) not in device.sent:
        return OwnWorry(worry_id, patient, None)
    stored = (
        Worry.objects.select_related("escalation")
        .prefetch_related("escalation__events__by__staff_roles")
        .filter(pk=worry_id, patient=patient, author=by)
        .first()
    )
    # It opened none where the patient had died: the view shows another page then.
    escalation = stored.escalation if stored else None
    if stored is None or escalation is None:
        return OwnWorry(worry_id, patient, None)
    return OwnWorry(
        id=worry_id,
        patient=patient,
        status=_status(stored, escalation),
        pages_staff=pages_staff(Level(escalation.level)),
        is_strong=stored.is_strong,
        words=stored.words,
    )


def _status(worry: Worry, escalation: Escalation) -> WorryStatus:
    acknowledgement = first_acknowledgement(escalation, since=worry.received_at)
    opened = None if acknowledgement else first_opened(escalation, since=worry.received_at)
    seen_at = acknowledgement.at if acknowledgement else opened
    return WorryStatus(
        received_at=worry.received_at,
        told_at=first_told(escalation, since=worry.received_at),
        seen_at=seen_at,
        seen_by=staff_name(acknowledgement, escalation) if acknowledgement else "",
        in_hand_since=None if seen_at else escalation.acknowledged_at,
        called_at=worry.called_back_at,
        closed_at=escalation.resolved_at,
    )
