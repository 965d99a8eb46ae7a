"""JSON (RFC 8259) without what it leaves open, for every door: nothing behind one is surprised."""

import json
import math
from typing import Any

DEEPEST = 12


class NotJson(ValueError):
    """The bytes are no JSON document."""


class NotStrict(ValueError):
    """JSON that we refuse: `reason` is doubled_key, not_a_number, too_deep or unstorable."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse(body: bytes, *, with_nul: bool = False, deepest: int = DEEPEST) -> Any:
    """The value. NotJson, NotStrict.

    NUL and lone surrogates are legal in JSON, but PostgreSQL stores neither. `with_nul` lets a NUL through to
    somebody who takes it out.
    """
    try:
        data = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except NotStrict:
        raise
    except RecursionError as error:
        raise NotStrict("too_deep") from error
    except ValueError as error:
        raise NotJson from error
    _check(data, with_nul, deepest)
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotStrict("doubled_key")
    return found


def _refuse_constant(name: str) -> None:
    raise NotStrict("not_a_number")


def _check(data: Any, with_nul: bool, deepest: int) -> None:
    """Walk without recursion: how deep it goes is the client's choice."""
    todo = [(data, 0)]
    while todo:
        value, depth = todo.pop()
        if depth > deepest:
            raise NotStrict("too_deep")
        if isinstance(value, dict):
            todo += [(each, depth + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list):
            todo += [(each, depth + 1) for each in value]
        elif isinstance(value, float) and not math.isfinite(value):
            raise NotStrict("not_a_number")
        elif isinstance(value, str) and not is_storable(value.replace("\x00", "") if with_nul else value):
            raise NotStrict("unstorable")


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold it."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
