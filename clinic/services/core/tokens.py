"""Bearer tokens for the HTTP API. Only a hash is stored; the token itself is shown once."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from clinic.models import ApiToken, User
from clinic.prepared import PreparedQuery
from clinic.services.core import audit

# Recognisable in a leak scan; carries no meaning.
PREFIX = "kw_"
# Writing on every call would make each read a write; once a minute is enough to see that it is in use.
USE_NOTED_EVERY = timedelta(minutes=1)


# Nobody has a use for more, and a page shows them all.
MOST_ALIVE = 20


_by_hash = PreparedQuery(
    lambda token_hash: ApiToken.objects.select_related("user").filter(token_hash=token_hash), str
)


class UnknownToken(Exception):
    """There is no such token, or it was revoked already."""


class TooManyTokens(Exception):
    """So many are in force already; one has to be revoked first."""


def hash_of(token: str) -> str:
    """What is stored of a secret of 192 random bits or more: a plain hash cannot be guessed back."""
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
        owner_mark=_mark_of(user),
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
    """The user a token speaks for, or None when it is unknown, expired, revoked or the user is inactive.

    It ends with the password, by whatever door that was changed, and when its owner is signed out for good.
    """
    wanted = hash_of(token)
    row = _by_hash.first(wanted)
    # The index look-up compares hashes of 256 random bits; this settles equality in constant time.
    if row is None or not hmac.compare_digest(row.token_hash, wanted):
        return None
    if not is_in_force(row, now) or not row.user.is_active:
        return None
    if row.last_used_at is None or now - row.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return row.user


def is_in_force(token: ApiToken, now: datetime) -> bool:
    """Whether it still speaks for its owner, who may be shut out all the same."""
    is_marked = not token.owner_mark or hmac.compare_digest(token.owner_mark, _mark_of(token.user))
    return token.revoked_at is None and token.expires_at > now and is_marked


def list_in_force(*, user: User, now: datetime) -> list[ApiToken]:
    """What speaks for this person now, the newest first."""
    rows = ApiToken.objects.select_related("user").filter(user=user, revoked_at=None, expires_at__gt=now)
    return [row for row in rows.order_by("-created_at", "-pk") if is_in_force(row, now)]


def make_own(*, by: User, label: str, days: int, now: datetime) -> str:
    """A token that a member of staff makes for themselves. TooManyTokens."""
    if len(list_in_force(user=by, now=now)) >= MOST_ALIVE:
        raise TooManyTokens
    return issue(user=by, label=label, days=days, now=now)


@transaction.atomic
def revoke_all(*, user: User, because: str, by: User | None, now: datetime) -> int:
    """End every token of a person, for a reason such as "password", "factor" or "lost_phone"."""
    alive = ApiToken.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=now)
    ids = list(alive.values_list("pk", flat=True))
    if ids:
        ApiToken.objects.filter(pk__in=ids).update(revoked_at=now)
        audit.record(
            action="token.all_revoked",
            by=by,
            now=now,
            subject_type="user",
            subject_id=user.pk,
            detail={"because": because, "tokens": ids},
        )
    return len(ids)


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


def _mark_of(user: User) -> str:
    """Another one after a new password, and after a sign-out that somebody else ordered."""
    signed_out = user.signed_out_at.timestamp() if user.signed_out_at else ""
    return hashlib.sha256(f"{user.password}|{signed_out}".encode()).hexdigest()
