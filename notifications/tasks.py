"""The workers' way in. Ids only; the rows hold everything else."""

from celery import shared_task


@shared_task
def send_message(message_id: str) -> None:
    """Send one message now, if it is still to be sent."""


@shared_task
def tick() -> None:
    """Send what is due and settle what was left open."""
