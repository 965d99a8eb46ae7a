"""What Wagtail tells: a text has gone live, or is no longer. And the clinic: a deletion, a transfer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision
from wagtail.signals import published, unpublished

from caregiver.models import GuidancePage, GuidanceText, GuidanceVariant
from caregiver.services.account import erasure
from caregiver.services.guidance import readiness, review
from caregiver.services.household import moving
from clinic.hooks import patient_erased, person_erased, setup_asked
from clinic.models import ClinicTransfer
from clinic.queries.watch.setup import Missing
from notifications.hooks import GoesOn, call_taken


@receiver(call_taken)
def on_call_taken(*, message_id: UUID, purpose: str, **_: Any) -> GoesOn | None:
    """A call for a check-in is asked through by the keys."""
    return GoesOn(reverse("keypad_called", args=[message_id])) if purpose == "checkin" else None


@receiver(post_save, sender=ClinicTransfer)
def on_transfer(*, instance: ClinicTransfer, **_: Any) -> None:
    """In the transaction of the acceptance."""
    if instance.new_patient is not None:
        moving.follow_transfer(old=instance.patient, new=instance.new_patient)


@receiver(published, sender=GuidancePage)
@receiver(published, sender=GuidanceVariant)
def on_published(*, instance: GuidanceText, revision: Revision, **_: Any) -> None:
    # Of a text that was never live Wagtail tells already when it is scheduled.
    if not instance.live:
        return
    review.record_publication(page=instance, revision=revision, now=timezone.now())


@receiver(unpublished, sender=GuidancePage)
@receiver(unpublished, sender=GuidanceVariant)
def on_unpublished(*, instance: GuidanceText, **_: Any) -> None:
    review.record_withdrawal(page=instance, now=timezone.now())


@receiver(setup_asked)
def on_setup_asked(*, now: datetime, **_: Any) -> tuple[Missing, ...]:
    return readiness.missing(now=now)


@receiver(patient_erased)
def on_patient_erased(*, patient_id: UUID, **_: Any) -> None:
    erasure.erase_patient(patient_id=patient_id)


@receiver(person_erased)
def on_person_erased(*, user_id: UUID, phone: str, **_: Any) -> None:
    erasure.erase_person(user_id=user_id, phone=phone)
