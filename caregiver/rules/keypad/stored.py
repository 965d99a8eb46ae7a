"""How far a check-in has come, as JSON keeps it between two requests of one call."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from caregiver.rules.keypad.dialogue import Progress

_TUPLES = ("skipped", "one_by_one", "measured", "units")


def as_json(progress: Progress) -> dict[str, Any]:
    """Plain maps, lists and words."""
    return {**asdict(progress), **{name: list(getattr(progress, name)) for name in _TUPLES}}


def from_json(stored: Mapping[str, Any]) -> Progress:
    """The same back; an empty map is a beginning."""
    return Progress(**{**stored, **{name: tuple(stored.get(name, ())) for name in _TUPLES}})
