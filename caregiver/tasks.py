"""Housekeeping of the caregiver's side."""

from celery import shared_task
from django.utils import timezone

from caregiver.services import leftovers


@shared_task
def clear_leftovers() -> None:
    leftovers.clear(now=timezone.now())
