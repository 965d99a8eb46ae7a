"""What Wagtail tells: a text has gone live, or is no longer. And the clinic: a deletion, a transfer."""

from typing import Any
from uuid import UUID

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision
from wagtail.signals import published, unpublished

from caregiver.models import GuidancePage
from caregiver.services.account import erasure
from caregiver.services.guidance import review
from caregiver.services.household import moving
from clinic.hooks import patient_erased, person_erased
from clinic.models import ClinicTransfer
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
def on_published(*, instance: GuidancePage, revision: Revision, **_: Any) -> None:
    review.record_publication(page=instance, revision=revision, now=timezone.now())


@receiver(unpublished, sender=GuidancePage)
def on_unpublished(*, instance: GuidancePage, **_: Any) -> None:
    review.record_withdrawal(page=instance, now=timezone.now())


@receiver(patient_erased)
def on_patient_erased(*, patient_id: UUID, **_: Any) -> None:
    erasure.erase_patient(patient_id=patient_id)


@receiver(person_erased)
def on_person_erased(*, user_id: UUID, phone: str, **_: Any) -> None:
    erasure.erase_person(user_id=user_id, phone=phone)
