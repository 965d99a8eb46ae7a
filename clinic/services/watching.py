"""Which consoles are really open: a row each, refreshed by every heartbeat that reaches them."""

from datetime import datetime, timedelta
from uuid import UUID

from clinic.models import ConsoleWatch, User

# Three missed heartbeats: such a console shows itself as not live, and so counts as closed.
STALE_AFTER = timedelta(seconds=40)


def seen(*, clinic_id: UUID, user: User, channel: str, now: datetime) -> None:
    """Note that this console got a heartbeat."""
    ConsoleWatch.objects.update_or_create(
        channel=channel, defaults={"clinic_id": clinic_id, "user": user, "seen_at": now}
    )


def gone(*, channel: str) -> None:
    """Forget a console that closed."""
    ConsoleWatch.objects.filter(channel=channel).delete()


def forget_stale(*, now: datetime) -> None:
    """Forget consoles whose process died without a goodbye."""
    ConsoleWatch.objects.filter(seen_at__lt=now - STALE_AFTER).delete()
