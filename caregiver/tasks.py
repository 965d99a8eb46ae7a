"""Housekeeping of the caregiver's side, and guidance that is due: to go live, or to be read again."""

from celery import shared_task
from django.utils import timezone

from caregiver.services import guidance_overdue, guidance_review, guidance_use, leftovers


@shared_task
def clear_leftovers() -> None:
    leftovers.clear(now=timezone.now())
    guidance_use.forget(now=timezone.now())


@shared_task
def guidance_tick() -> None:
    guidance_review.go_live_due(now=timezone.now())


@shared_task
def tell_of_overdue_guidance() -> None:
    guidance_overdue.tell_leads(now=timezone.now())
