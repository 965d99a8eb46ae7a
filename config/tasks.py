"""What beat begins for the installation itself, beside what the apps do."""

from celery import shared_task
from django.utils import timezone

from config.backups import weekly
from notifications.services import rounds


@shared_task
def restore_drill() -> None:
    """Looked at each hour, done once a week."""
    rounds.run(name="drill", steps=(weekly.begin_due, weekly.check_last), now=timezone.now())
