"""What stands in one cell of a CSV file."""

import json
from datetime import datetime

# A spreadsheet would take a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> str:
    """A moment with its offset, truth as true or false, nothing as an empty cell, a list as JSON.

    Only text is kept from being a formula: a number may begin with a minus.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, list | dict):
        return harmless(json.dumps(value, sort_keys=True, ensure_ascii=False))
    return harmless(str(value))


def harmless(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would calculate it."""
    return f"'{text}" if text.startswith(_FORMULA) else text
