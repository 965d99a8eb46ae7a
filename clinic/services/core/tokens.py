"""Bearer tokens for the HTTP API. Only a hash is stored; the token itself is shown once."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from clinic.models import ApiToken, User
from clinic.services.core import audit

# Recognisable in a leak scan; carries no meaning.
PREFIX = "kw_"
# Writing on every call would make each read a write; once a minute is enough to see that it is in use.
USE_NOTED_EVERY = timedelta(minutes=1)


class UnknownToken(Exception):
    """There is no such token, or it was revoked already."""


def hash_of(token: str) -> str:
    """What is stored. The token is 256 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def issue(*, user: User, label: str, days: int, now: datetime) -> str:
    """A new token for the user, good for so many days. It cannot be read again later."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        token_hash=hash_of(token),
        label=label,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    audit.record(
        action="token.issued",
        by=user,
        clinic_id=None,
        subject_type="token",
        subject_id=str(row.pk),
        now=now,
    )
    return token


def authenticate(*, token: str, now: datetime) -> User | None:
    """The user a token speaks for, or None when it is unknown, expired, revoked or the user is inactive."""
    wanted = hash_of(token)
    row = ApiToken.objects.select_related("user").filter(token_hash=wanted).first()
    # The index look-up compares hashes of 256 random bits; this settles equality in constant time.
    if row is None or not hmac.compare_digest(row.token_hash, wanted):
        return None
    if row.revoked_at is not None or row.expires_at <= now or not row.user.is_active:
        return None
    if row.last_used_at is None or now - row.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return row.user


@transaction.atomic
def revoke(*, token_id: int, by: User, now: datetime) -> None:
    """End one of the user's own tokens at once."""
    ended = ApiToken.objects.filter(pk=token_id, user=by, revoked_at__isnull=True).update(revoked_at=now)
    if not ended:
        raise UnknownToken
    audit.record(
        action="token.revoked",
        by=by,
        clinic_id=None,
        subject_type="token",
        subject_id=str(token_id),
        now=now,
    )
