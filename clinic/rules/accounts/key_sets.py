"""The public keys by which another system signs, as a JSON Web Key Set (RFC 7517), held to two kinds of keys.

SMART App Launch 2 asks a server for RS384 and ES384 (RFC 7518). What a key is made for decides how a
signature is checked, never what the signed text says of itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import jwt

# More than a system that changes its keys has at a time.
MOST = 20
# NIST SP 800-57 part 1: below it an RSA key is too weak. Above it a signature takes too long to check.
_RSA_BITS = range(2048, 8192 + 1)
_WAYS = {"RSA": "RS384", "EC": "ES384"}
_PUBLIC = {"RSA": ("kty", "kid", "n", "e"), "EC": ("kty", "kid", "crv", "x", "y")}
# Members of a private or a shared key (RFC 7518, sections 6.2.2, 6.3.2 and 6.4).
_SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

Key = dict[str, str]


class KeySetRefused(ValueError):
    """It is no set of keys that we can use: `code` is "shape", "secret", "unusable" or "many"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read(document: Any) -> list[Key]:
    """The keys of a set that we can check signatures with, their public members alone. KeySetRefused.

    A set that holds anything secret is refused whole: it should be nowhere but where it was made.
    """
    listed = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        raise KeySetRefused("shape")
    if any(_SECRET & set(one) for one in listed):
        raise KeySetRefused("secret")
    if len(listed) > MOST:
        raise KeySetRefused("many")
    usable = [key for one in listed if (key := _usable(one)) is not None]
    if not usable or len({one["kid"] for one in usable}) < len(usable):
        raise KeySetRefused("unusable")
    return usable


def named(keys: Iterable[Mapping[str, str]], kid: object) -> jwt.PyJWK | None:
    """The key of that name, which knows the one way to sign that it is made for."""
    found = next((one for one in keys if one["kid"] == kid), None)
    return jwt.PyJWK(dict(found), algorithm=_WAYS[found["kty"]]) if found is not None else None


def _usable(one: Mapping[str, Any]) -> Key | None:
    kind = one.get("kty")
    if (
        kind not in ("RSA", "EC")
        or one.get("use", "sig") != "sig"
        or one.get("alg", _WAYS[kind]) != _WAYS[kind]
    ):
        return None
    key = {name: one.get(name) for name in _PUBLIC[kind]}
    if not all(isinstance(value, str) and value for value in key.values()):
        return None
    if kind == "EC" and key["crv"] != "P-384":
        return None
    try:
        made = jwt.PyJWK(key, algorithm=_WAYS[kind])
    except (jwt.PyJWTError, ValueError):
        return None
    if kind == "RSA" and made.key.key_size not in _RSA_BITS:
        return None
    return {name: str(value) for name, value in key.items()}
