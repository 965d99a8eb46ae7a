"""Temperatures of a guidance text in the unit of whoever reads it.

The texts name each in both units, "38.0 °C (100.4 °F)", so that no figure is worked out when a page is shown.
"""

import re
from typing import Any

_IN_BOTH = re.compile(r"(\d+(?:\.\d+)?) °C \((\d+(?:\.\d+)?) °F\)")
_SHOWN = {"C": r"\1 °C", "F": r"\2 °F"}
# Nobody knows which a visitor reads; thermometers sold here show °F.
_SHOWN_TO_ANYBODY = r"\2 °F (\1 °C)"


def in_unit(value: Any, unit: str) -> Any:
    """A text, or each text of a document's piece, in C or F alone; with another unit in both, °F first."""
    if isinstance(value, str):
        return _IN_BOTH.sub(_SHOWN.get(unit, _SHOWN_TO_ANYBODY), value)
    if isinstance(value, list):
        return [in_unit(one, unit) for one in value]
    if isinstance(value, dict):
        return {key: in_unit(one, unit) for key, one in value.items()}
    return value
