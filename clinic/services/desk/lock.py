"""A desk locks itself: names go, alarms stay. The person's PIN opens it, or their password.

The state is a row a session, so a reload, a second tab or another server process sees the same.
"""

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import QuerySet

from clinic.models import DeskSession, Pin, User
from clinic.rules.desk import lock as rules
from clinic.services.core import audit, rate_limits

# Precise enough for a five-minute limit; a write on every request would be wasted.
ACTIVITY_NOTED_EVERY = timedelta(seconds=30)


class WrongSecret(Exception):
    """This is neither the person's PIN nor their password."""


class SignInNeeded(Exception):
    """There were too many wrong tries: only a full sign-in helps. The desk stays locked, its alarms go on."""


class WeakPin(Exception):
    """Four to eight digits, not all the same and not in a row."""


def is_locked(*, session_key: str, now: datetime) -> bool:
    """Whether this session must be unlocked before it shows names; an unknown session is not locked."""
    row = _sessions(session_key).first()
    return row is not None and rules.is_locked(locked_at=row.locked_at, active_at=row.active_at, now=now)


def note_activity(*, session_key: str, user: User, now: datetime) -> None:
    """Note that a person is active in this session. A locked session stays locked."""
    if _sessions(session_key).filter(active_at__gt=now - ACTIVITY_NOTED_EVERY).exists():
        return
    _known, created = DeskSession.objects.get_or_create(
        session_hash=_hash(session_key), defaults={"user": user, "active_at": now}
    )
    if not created:
        refresh_activity(session_key=session_key, now=now)


def refresh_activity(*, session_key: str, now: datetime) -> None:
    """The same for a session whose desk is known; others have none that could lock."""
    still_open = _sessions(session_key).filter(
        locked_at__isnull=True, active_at__gte=now - rules.SERVER_IDLE_LIMIT
    )
    still_open.filter(active_at__lte=now - ACTIVITY_NOTED_EVERY).update(active_at=now)


@transaction.atomic
def lock(*, session_key: str, user: User, now: datetime) -> None:
    """Hide names in this session from now on. Idempotent."""
    DeskSession.objects.get_or_create(
        session_hash=_hash(session_key), defaults={"user": user, "active_at": now}
    )
    if _sessions(session_key).filter(locked_at__isnull=True).update(locked_at=now):
        _audit("desk.locked", user, now)


def unlock(*, session_key: str, user: User, secret: str, now: datetime) -> None:
    """Show names again to whoever knows the person's PIN or password. WrongSecret, SignInNeeded.

    Wrong tries are counted for the person, at whatever desk, so that no second browser gives more of them.
    """
    if needs_sign_in(session_key=session_key):
        raise SignInNeeded
    if not _matches_secret(user, secret):
        _audit("desk.unlock_failed", user, now)
        if not rate_limits.count_failure_of_short_secret(kind="desk", source=str(user.pk)):
            raise WrongSecret
        _sessions(session_key).update(locked_at=now, needs_sign_in=True)
        raise SignInNeeded
    with transaction.atomic():
        _sessions(session_key).update(locked_at=None, active_at=now)
        _audit("desk.unlocked", user, now)


def needs_sign_in(*, session_key: str) -> bool:
    """Whether neither PIN nor password opens this desk any more."""
    return _sessions(session_key).filter(needs_sign_in=True).exists()


def has_pin(user: User) -> bool:
    """Whether the person has set a PIN; without one their password unlocks."""
    return Pin.objects.filter(user=user).exists()


@transaction.atomic
def set_pin(*, by: User, password: str, pin: str, now: datetime) -> None:
    """Set or change one's own PIN, with the password. WeakPin, WrongSecret, SignInNeeded.

    Who has none comes in by the hospital's directory; the caller has made sure that they just did.
    """
    if rules.is_weak(pin):
        raise WeakPin
    if by.has_usable_password() and not by.check_password(password):
        raise (
            SignInNeeded
            if rate_limits.count_failure_of_short_secret(kind="pin", source=str(by.pk))
            else WrongSecret
        )
    Pin.objects.update_or_create(user=by, defaults={"code_hash": make_password(pin), "set_at": now})
    _audit("pin.set", by, now)


@transaction.atomic
def remove_pin(*, by: User, now: datetime) -> None:
    """Only the password unlocks from then on."""
    if Pin.objects.filter(user=by).delete()[0]:
        _audit("pin.removed", by, now)


def delete_ended_sessions(*, now: datetime) -> None:
    """Forget desks whose session is over by now."""
    DeskSession.objects.filter(active_at__lt=now - 2 * timedelta(seconds=settings.STAFF_SESSION_AGE)).delete()


def _matches_secret(user: User, secret: str) -> bool:
    pin = Pin.objects.filter(user=user).values_list("code_hash", flat=True).first()
    return bool(secret) and ((pin is not None and check_password(secret, pin)) or user.check_password(secret))


def _sessions(session_key: str) -> QuerySet[DeskSession]:
    return DeskSession.objects.filter(session_hash=_hash(session_key))


def _hash(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()


def _audit(action: str, user: User, now: datetime) -> None:
    audit.record(action=action, by=user, now=now, subject_type="user", subject_id=user.pk)
