"""Housekeeping of the caregiver's side, calls that were cut off, and guidance that is due."""

from celery import shared_task
from django.utils import timezone

from caregiver.services.account import expired_data
from caregiver.services.guidance import overdue, review, shared_changes, usage
from caregiver.services.keypad import left
from notifications.services import rounds


@shared_task
def clear_leftovers() -> None:
    rounds.run(name="leftovers", steps=(expired_data.delete, usage.delete_old_misses), now=timezone.now())


@shared_task
def guidance_tick() -> None:
    rounds.run(name="caregiver", steps=(left.follow_up, review.publish_due), now=timezone.now())


@shared_task
def tell_of_overdue_guidance() -> None:
    rounds.run(
        name="overdue_guidance",
        steps=(overdue.text_medical_leads, shared_changes.text_educators),
        now=timezone.now(),
    )
