"""What the hospital's directory says of a person who signs in by it, and which roles follow.

The claims are those of OpenID Connect Core 1.0: `sub`, `email`, `email_verified`, `name` (section 5.1), `amr`
and `acr` (section 2; the values of `amr` are RFC 8176's). Groups have no standard claim.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


class ClaimsDiffer(Exception):
    """The token and the directory's answer are not about the same person, or there is no token."""


@dataclass(frozen=True)
class GroupRole:
    """Whoever is in the group has the role at the clinic of that slug."""

    clinic: str
    role: str
    group: str


@dataclass(frozen=True)
class Proofs:
    """What counts as a second factor: one of these ways among `amr`, or one of these values of `acr`."""

    amr: frozenset[str] = frozenset()
    acr: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Identity:
    """Who has signed in there. `email` is empty unless the directory answers for it."""

    subject: str
    email: str
    name: str
    groups: frozenset[str]
    proves_factor: bool


def identity_of(
    claims: Mapping[str, Any], *, groups_claim: str, proofs: Proofs, email_is_verified: bool
) -> Identity:
    """Read both answers, the token first. ClaimsDiffer.

    `email_is_verified`: the directory gives out every address itself, and does not say so in each answer.
    """
    token, told = claims.get("id_token") or {}, claims.get("userinfo") or {}
    # OpenID Connect Core 5.3.2: what is told under another subject must not be used.
    if not token.get("sub") or (told and told.get("sub") != token["sub"]):
        raise ClaimsDiffer
    both = {**told, **token}
    email = both.get("email")
    answered_for = both.get("email_verified") is True or email_is_verified
    return Identity(
        subject=str(token["sub"]),
        email=email.strip().lower() if isinstance(email, str) and answered_for else "",
        name=str(both.get("name") or "").strip()[:120],
        groups=frozenset(_words(both.get(groups_claim))),
        # Of the signing in itself, so only what the token says.
        proves_factor=bool(proofs.amr & set(_words(token.get("amr"))) or token.get("acr") in proofs.acr),
    )


def roles_of(groups: Collection[str], mapping: Iterable[GroupRole]) -> dict[str, str]:
    """The role at each clinic, by its slug. Of several at one clinic the mapping's first counts."""
    found: dict[str, str] = {}
    for one in mapping:
        if one.group in groups:
            found.setdefault(one.clinic, one.role)
    return found


def _words(value: Any) -> list[str]:
    """A claim with one value may come as it is, or as a list."""
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
