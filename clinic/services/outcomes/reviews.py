"""Reading a serious event again, so that the clinic learns from it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.access import Permission, can, get_life_event, get_patient, require
from clinic.models import Clinic, LifeEvent, OutcomeReview, Patient, User
from clinic.models.outcome import ReviewVerdict
from clinic.queries.outcomes import reviews
from clinic.queries.outcomes.reviews import READ_AGAIN, EventToReview
from clinic.services.core import audit
from clinic.services.outcomes.due import open_list


class NothingToReview(Exception):
    """This event is no admission and no death, or was taken back."""


@dataclass(frozen=True)
class ReviewList:
    """One clinic's events, and the other clinics that the person may choose."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    events: tuple[EventToReview, ...]
    may_review: bool


def list_for(*, by: User, clinic_slug: str, now: datetime) -> ReviewList:
    """The named clinic, or the person's first; that somebody read the list is in the audit. NotVisible."""
    clinic, clinics = open_list(by=by, clinic_slug=clinic_slug, now=now)
    may_review = can(by, Permission.ACT_ON_ESCALATIONS, clinic)
    return ReviewList(clinic, clinics, reviews.of_clinic(clinic, now=now), may_review)


def require_may_review(*, patient_id: UUID, event_id: UUID, by: User) -> None:
    """NotVisible, NotAllowed."""
    _open(patient_id, event_id, by)


def review(
    *, patient_id: UUID, event_id: UUID, verdict: ReviewVerdict, note: str, by: User, now: datetime
) -> OutcomeReview:
    """Say what reading it again showed; said anew it takes the place of what was said before.

    NotVisible, NotAllowed, NothingToReview.
    """
    patient, event = _open(patient_id, event_id, by)
    if event.kind not in READ_AGAIN or event.taken_back_at is not None:
        raise NothingToReview
    made, _is_new = OutcomeReview.objects.update_or_create(
        event=event,
        defaults={
            "patient": patient,
            "verdict": verdict,
            "note": note.strip(),
            "reviewed_at": now,
            "reviewed_by": by,
        },
    )
    audit.record_about(patient, "patient.event_reviewed", by, now, {"verdict": verdict.value})
    return made


def _open(patient_id: UUID, event_id: UUID, by: User) -> tuple[Patient, LifeEvent]:
    patient = get_patient(by, patient_id)
    event = get_life_event(by, patient_id, event_id)
    require(by, Permission.ACT_ON_ESCALATIONS, patient.clinic_id)
    return patient, event
