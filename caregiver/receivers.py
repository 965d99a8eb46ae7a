"""What Wagtail tells about texts that go live, and what goes along with a transfer to another clinic."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import Revision
from wagtail.signals import published, unpublished

from caregiver.models import GuidancePage
from caregiver.services.guidance import review
from caregiver.services.household import moving
from clinic.models import ClinicTransfer


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
