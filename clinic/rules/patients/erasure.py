"""What is left of a record without its person: levels, moments and rules, and no word that anybody wrote."""

from collections.abc import Iterable, Mapping
from typing import Any

# Where a constraint asks for words, and where a person's name stood.
DASH = "—"
# Of a stored reason; its sentences hold what was measured.
_KEPT_OF_REASON = ("rule", "level", "item", "as_observed")


def without_words(reasons: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Which rules fired at which level; why, in words, is gone."""
    return [
        {name: reason[name] for name in _KEPT_OF_REASON if name in reason} | {"why": {}} for reason in reasons
    ]


def matters_without_words(matters: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a line of a handover waited for, without what the family wrote."""
    return [{**matter, "text": ""} if "text" in matter else dict(matter) for matter in matters]
