"""Secret addresses that show a person's own shifts to their calendar; revocable, and only a hash is kept."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from clinic.models import CalendarFeed, User
from clinic.services.core import audit
from clinic.services.core.tokens import hash_of

# Calendars ask every few minutes; writing each time would make every read a write.
READ_NOTED_EVERY = timedelta(hours=1)


class NoSuchFeed(Exception):
    """The address is unknown or revoked, or its person has left."""


@transaction.atomic
def create(*, by: User, now: datetime) -> str:
    """Create a secret address for the person's calendar; the previous one stops working. It is shown once."""
    User.objects.select_for_update().get(pk=by.pk)
    revoke(by=by, now=now)
    token = secrets.token_urlsafe(32)
    row = CalendarFeed.objects.create(user=by, token_hash=hash_of(token), created_at=now)
    audit.record(action="calendar.made", by=by, now=now, subject_type="calendar_feed", subject_id=row.pk)
    return token


@transaction.atomic
def revoke(*, by: User, now: datetime) -> bool:
    """The address stops working at once; False when there was none."""
    ended = CalendarFeed.objects.filter(user=by, revoked_at__isnull=True).update(revoked_at=now)
    if ended:
        audit.record(action="calendar.revoked", by=by, now=now, subject_type="user", subject_id=by.pk)
    return bool(ended)


def owner_of(*, token: str, now: datetime) -> User:
    """Whose calendar this is. NoSuchFeed."""
    rows = CalendarFeed.objects.filter(
        token_hash=hash_of(token), revoked_at__isnull=True, user__is_active=True
    )
    row = rows.select_related("user").first()
    if row is None:
        raise NoSuchFeed
    if row.last_read_at is None or now - row.last_read_at >= READ_NOTED_EVERY:
        CalendarFeed.objects.filter(pk=row.pk).update(last_read_at=now)
    return row.user
