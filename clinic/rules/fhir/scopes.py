"""What another system may read, in the words of SMART App Launch 2: `system/Observation.rs`.

`r` reads one resource by its id, `s` searches. Nothing is written by FHIR but imports, which are staff's, so
`c`, `u` and `d` are no scopes here, nor is a scope with a filter behind `?`: a filter that is not kept would
give too much.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from clinic.rules.fhir.capability import SEARCHES

READ, SEARCH = "r", "s"
ALL_KINDS = "*"
_SCOPE = re.compile(r"system/(?P<kind>\*|[A-Za-z]+)\.(?P<acts>rs|r|s)")

# A kind, or ALL_KINDS, and READ or SEARCH.
Allowed = tuple[str, str]


class UnknownScope(ValueError):
    """It is none of ours, or asks for nothing."""


def parse(text: str) -> frozenset[Allowed]:
    """What scopes that are divided by spaces allow. UnknownScope."""
    return frozenset(one for scope in _split(text) for one in _allowed_by(scope))


def of_kinds(kinds: Iterable[str]) -> str:
    """The scopes that allow to read and search these kinds, in one order."""
    wanted = set(kinds)
    return " ".join(f"system/{one}.rs" for one in (ALL_KINDS, *SEARCHES) if one in wanted)


def supported() -> list[str]:
    """Every scope that may be agreed."""
    return [f"system/{one}.rs" for one in (ALL_KINDS, *SEARCHES)]


def covers(held: Collection[Allowed], kind: str, act: str) -> bool:
    """Whether who holds these may do this with this kind; `kind` may be ALL_KINDS, for a whole record."""
    return (kind, act) in held or (ALL_KINDS, act) in held


def is_within(wanted: Iterable[Allowed], held: Collection[Allowed]) -> bool:
    """Whether nothing is wanted beyond what is held."""
    return all(covers(held, kind, act) for kind, act in wanted)


def _split(text: str) -> list[str]:
    found = text.split(" ")
    if "" in found:
        raise UnknownScope(text)
    return found


def _allowed_by(scope: str) -> Iterable[Allowed]:
    found = _SCOPE.fullmatch(scope)
    if found is None or found["kind"] not in (ALL_KINDS, *SEARCHES):
        raise UnknownScope(scope)
    return ((found["kind"], act) for act in found["acts"])
