"""What Wagtail tells: a text has gone live, or is no longer. It becomes a row that nothing changes."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import Revision
from wagtail.signals import published, unpublished

from caregiver.models import GuidancePage
from caregiver.services.guidance import review


@receiver(published, sender=GuidancePage)
def on_published(*, instance: GuidancePage, revision: Revision, **_: Any) -> None:
    review.record_publication(page=instance, revision=revision, now=timezone.now())


@receiver(unpublished, sender=GuidancePage)
def on_unpublished(*, instance: GuidancePage, **_: Any) -> None:
    review.record_withdrawal(page=instance, now=timezone.now())
