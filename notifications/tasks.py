"""The workers' way in. Ids only; the rows hold everything else."""

import uuid

from celery import shared_task
from django.utils import timezone

from notifications.services import consents, dispatch, inbound, polling, rounds, secrets


@shared_task
def send_message(message_id: str) -> None:
    """Send one message now, if it is still to be sent."""
    dispatch.send_message_if_due(message_id=uuid.UUID(message_id), now=timezone.now())


@shared_task
def tick() -> None:
    """Send what is due, settle what was left open, and finish what came in."""
    steps: tuple[rounds.Step, ...] = (
        dispatch.send_due,
        inbound.finish_unhandled,
        polling.poll_provider,
        consents.end_unreachable,
        secrets.blank,
    )
    rounds.run(name="notifications", steps=steps, now=timezone.now())
