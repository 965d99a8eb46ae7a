"""What another system signs to be given a token (RFC 7523; SMART App Launch 2, asymmetric authentication)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from jwt.types import Options

from clinic.rules.accounts import key_sets

# SMART App Launch 2: `exp` is no more than five minutes in the future.
LASTS = timedelta(minutes=5)
# By which its clock and ours may differ.
CLOCKS_APART = timedelta(seconds=30)
_LONGEST_JTI = 255
_ALWAYS_SAID = ["iss", "sub", "aud", "exp", "jti"]
# Times are compared with the moment that we are told, below.
_CHECKED_HERE: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}


class AssertionRefused(ValueError):
    """It proves nothing: `code` is "unreadable", "key", "signature", "claims", "old" or "early"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Assertion:
    """What was proved. `jti` names it, so that it counts once."""

    jti: str


def claimed_by(assertion: str) -> UUID:
    """Whose it claims to be, before anything is checked. AssertionRefused."""
    try:
        said = jwt.decode(assertion, options={"verify_signature": False, **_CHECKED_HERE})
        return UUID(said["iss"])
    except (jwt.PyJWTError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AssertionRefused("unreadable") from error


def verify(
    assertion: str, *, keys: Iterable[Mapping[str, str]], client_id: UUID, audience: str, now: datetime
) -> Assertion:
    """Hold it to the client's own keys and to our address. AssertionRefused."""
    key = _key_of(assertion, keys)
    try:
        said = jwt.decode(
            assertion,
            key.key,
            algorithms=[key.algorithm_name],
            audience=audience,
            issuer=str(client_id),
            subject=str(client_id),
            options={"require": _ALWAYS_SAID, **_CHECKED_HERE},
        )
    except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError, jwt.InvalidKeyError) as error:
        raise AssertionRefused("signature") from error
    except jwt.PyJWTError as error:
        raise AssertionRefused("claims") from error
    _check_times(said, now)
    if not isinstance(said["jti"], str) or not 0 < len(said["jti"]) <= _LONGEST_JTI:
        raise AssertionRefused("claims")
    return Assertion(jti=said["jti"])


def _key_of(assertion: str, keys: Iterable[Mapping[str, str]]) -> jwt.PyJWK:
    try:
        kid = jwt.get_unverified_header(assertion).get("kid")
    except jwt.PyJWTError as error:
        raise AssertionRefused("unreadable") from error
    found = key_sets.named(keys, kid)
    if found is None:
        raise AssertionRefused("key")
    return found


def _check_times(said: Mapping[str, Any], now: datetime) -> None:
    at, apart = now.timestamp(), CLOCKS_APART.total_seconds()
    ends, begins = said["exp"], said.get("nbf", at)
    if not _is_number(ends) or not _is_number(begins):
        raise AssertionRefused("claims")
    # Asked so that NaN, which is neither less nor more than anything, is no good time.
    if not ends > at - apart:
        raise AssertionRefused("old")
    if not (ends <= at + LASTS.total_seconds() + apart and begins <= at + apart):
        raise AssertionRefused("early")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
