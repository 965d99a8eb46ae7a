"""Tokens with which a phone sends reports that it kept, even after its session has ended."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from caregiver.models import Phone
from clinic import device_scope
from clinic.models import User
from clinic.services.core import audit
from clinic.services.core.tokens import hash_of

# Recognisable in a leak scan; carries no meaning.
PREFIX = "kwp_"
TOKEN_LASTS = timedelta(days=90)


@transaction.atomic
def enrol(*, by: User, now: datetime) -> str:
    """A new token for this phone, which ends with it. It cannot be read again later, and can read nothing."""
    token = PREFIX + secrets.token_urlsafe(32)
    device = device_scope.device_of(by.pk)
    phone = Phone.objects.create(
        user=by,
        device_id=device.id if device else None,
        token_hash=hash_of(token),
        created_at=now,
        expires_at=now + TOKEN_LASTS,
    )
    audit.record(action="phone.enrolled", by=by, subject_type="phone", subject_id=phone.pk, now=now)
    return token


def phone_of(*, token: str, now: datetime) -> Phone | None:
    """The phone with its owner; None when the token is unknown, too old or revoked, or the owner inactive."""
    phone = Phone.objects.select_related("user", "device").filter(token_hash=hash_of(token)).first()
    if phone is None or phone.revoked_at is not None or phone.expires_at <= now or not phone.user.is_active:
        return None
    if phone.user.signed_out_at is not None and phone.created_at <= phone.user.signed_out_at:
        # The clinic ended all sign-ins because a phone was lost; whoever signs in again gets a new token.
        return None
    if phone.device is not None and phone.device.ended_at is not None:
        return None
    Phone.objects.filter(pk=phone.pk).update(last_used_at=now)
    return phone


@transaction.atomic
def revoke(*, token: str, now: datetime) -> None:
    """Revoke the phone's token; an unknown one is ignored."""
    phone = Phone.objects.select_related("user").filter(token_hash=hash_of(token), revoked_at=None).first()
    if phone is None:
        return
    phone.revoked_at = now
    phone.save(update_fields=["revoked_at"])
    audit.record(action="phone.revoked", by=phone.user, subject_type="phone", subject_id=phone.pk, now=now)
