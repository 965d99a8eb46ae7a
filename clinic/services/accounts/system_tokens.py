"""Tokens of other systems: given for a signed request, once, for five minutes (SMART App Launch 2).

Only hashes are kept. A token speaks for the system alone, and for nobody of the staff.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from clinic import row_scope
from clinic.models import SystemCaller, SystemClient, SystemToken
from clinic.rules.accounts import client_assertions, key_sets
from clinic.rules.accounts.client_assertions import AssertionRefused
from clinic.rules.core import strict_json
from clinic.rules.fhir import scopes
from clinic.services.core import audit, rate_limits
from clinic.services.core.kept import Kind
from clinic.services.core.tokens import hash_of
from notifications.providers import key_sets as provider

# Recognisable in a leak scan, and told from a person's.
PREFIX = "kwsys_"
LASTS = timedelta(minutes=5)
# How long the keys of an address count before it is asked again, whatever came: a stranger who names the
# client cannot have us ask more often.
_KEYS_FOR = timedelta(minutes=1)
# Longer than any signed request is taken for a fresh one.
_KEPT_FOR = timedelta(days=1)


class TokenRefused(Exception):
    """`code` is that of RFC 6749, section 5.2: "invalid_client", "invalid_scope"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooOften(Exception):
    """The system asks too often; `wait` is in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(frozen=True)
class IssuedToken:
    """The only copy of a token, and what it allows."""

    token: str
    scope: str
    seconds: int


@row_scope.everything()
def issue(*, assertion: str, scope: str, audience: str, now: datetime) -> IssuedToken:
    """A token for whoever signed this. TokenRefused; TooOften.

    `audience` is the address that it must be meant for.
    """
    client = _client_of(assertion)
    if client is None:
        raise TokenRefused("invalid_client")
    try:
        proved = client_assertions.verify(
            assertion, keys=_keys_of(client, now), client_id=client.pk, audience=audience, now=now
        )
    except AssertionRefused as refused:
        raise _refusal(client, refused.code, now) from refused
    wait = rate_limits.count_call(by=client.pk)
    if wait:
        raise TooOften(wait)
    _require_scope(client, scope)
    try:
        return _issue(client, proved.jti, scope, now)
    except IntegrityError as twice:
        raise _refusal(client, "used", now) from twice


@row_scope.everything()
def authenticate(*, token: str, now: datetime) -> SystemCaller | None:
    """The system that a token speaks for; None when it is unknown or over, or its system has ended."""
    wanted = hash_of(token)
    row = SystemToken.objects.select_related("client").filter(token_hash=wanted).first()
    if row is None or not hmac.compare_digest(row.token_hash, wanted):
        return None
    if row.expires_at <= now or row.client.ended_at is not None:
        return None
    return _caller(row.client, row.scopes)


def _caller(client: SystemClient, scope: str) -> SystemCaller:
    return SystemCaller(pk=client.pk, clinic_id=client.clinic_id, allowed=scopes.parse(scope))


def _client_of(assertion: str) -> SystemClient | None:
    try:
        claimed = client_assertions.claimed_by(assertion)
    except AssertionRefused:
        return None
    return SystemClient.objects.filter(pk=claimed, ended_at__isnull=True).first()


def _keys_of(client: SystemClient, now: datetime) -> list[key_sets.Key]:
    if not client.keys_address or (client.keys_until is not None and client.keys_until > now):
        return list(client.keys)
    keys = _published(client.keys_address)
    # Unless a lead has given it other keys meanwhile.
    SystemClient.objects.filter(pk=client.pk, keys_address=client.keys_address).update(
        keys=keys, keys_until=now + _KEYS_FOR
    )
    return keys


def _published(address: str) -> list[key_sets.Key]:
    """None where nothing right can be read: a key opens nothing that is not published at this moment."""
    try:
        return key_sets.read(strict_json.parse(provider.fetch(address)))
    except (
        provider.KeysNotFetched,
        strict_json.NotJson,
        strict_json.NotStrict,
        key_sets.KeySetRefused,
    ):
        return []


def _require_scope(client: SystemClient, scope: str) -> None:
    """All that is asked for has to be agreed: a token that can less fails later and says less why."""
    try:
        is_agreed = scopes.is_within(scopes.parse(scope), scopes.parse(client.scopes))
    except scopes.UnknownScope as unknown:
        raise TokenRefused("invalid_scope") from unknown
    if not is_agreed:
        raise TokenRefused("invalid_scope")


@transaction.atomic
def _issue(client: SystemClient, jti: str, scope: str, now: datetime) -> IssuedToken:
    token = PREFIX + secrets.token_urlsafe(32)
    row = SystemToken.objects.create(
        client=client,
        clinic_id=client.clinic_id,
        token_hash=hash_of(token),
        request_hash=hash_of(jti),
        scopes=scope,
        issued_at=now,
        expires_at=now + LASTS,
    )
    SystemClient.objects.filter(pk=client.pk).update(last_token_at=now)
    audit.record(
        action="system_token.issued",
        by=_caller(client, scope),
        now=now,
        clinic_id=client.clinic_id,
        subject_type="system_token",
        subject_id=row.pk,
    )
    return IssuedToken(token=token, scope=scope, seconds=int(LASTS.total_seconds()))


def _refusal(client: SystemClient, because: str, now: datetime) -> TokenRefused:
    """Whoever sends it is not told why; the clinic's leads read it. Who that was, nobody has proved."""
    audit.record(
        action="system_token.refused",
        by=None,
        now=now,
        clinic_id=client.clinic_id,
        subject_type="system_client",
        subject_id=client.pk,
        detail={"because": because},
        actor_kind="visitor",
    )
    return TokenRefused("invalid_client")


def _over(now: datetime) -> QuerySet[SystemToken]:
    return SystemToken.objects.filter(issued_at__lt=now - _KEPT_FOR)


RETENTION = Kind("system_tokens", _over)
