"""Numbers as people type them, exact, with the unit that they write beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction

# "٫" is the decimal separator of Arabic, "،" its comma; a keyboard for Chinese types wide signs and letters,
# and its own full stop for a point.
_PLAIN = str.maketrans(
    {
        "٫": ".",
        "،": ",",
        "．": ".",
        "。": ".",
        "·": ".",
        "，": ",",
        "％": "%",
        "٪": "%",
        "º": "°",
        "˚": "°",
        "℃": "°C",
        "℉": "°F",
        "Ｃ": "C",
        "ｃ": "c",
        "Ｆ": "F",
        "ｆ": "f",
        # Marks of direction, which a keyboard for Arabic sets by itself.
        "\u061c": "",
        "\u200e": "",
        "\u200f": "",
    }
)
_TYPED = re.compile(r"(-?\d{1,6}(?:[.,]\d{1,6})?)(.*)", re.DOTALL)
_TEMPERATURE_UNIT = re.compile(
    r"(?:°|deg(?:rees?)?|grados?|độ|度|درجة)?\s*"
    r"(?:(c(?:elsius|ent[ií]grad[eo]s?)?|مئوية|م|[摄攝]氏度?)|(f(?:ahrenheit)?|فهرنهايت|[华華]氏度?)\.?)?"
)
# °C that a thermometer for people can show.
_COLDEST, _HOTTEST = 25, 45
# A number that the end of a line tears from its unit is misread.
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(°[CF]|%|/min|mmHg))")
_UNBROKEN = "\u00a0"
# Where a per cent sign stands apart from its number, as other units do: "97 %", and in English "97%".
_PERCENT_APART = frozenset({"es"})
# What else people write for a unit of ours.
_SAME_AS: Mapping[str, tuple[str, ...]] = {"/min": ("bpm", "lpm", "次/分", "nhịp/phút")}


def exact(value: object) -> Fraction | None:
    """A number alone, with a point or a comma, in any script's digits; None if it is not one."""
    number, beside = number_and_unit(value)
    return None if beside else number


def number_and_unit(value: object) -> tuple[Fraction | None, str]:
    """The number that was typed, and what stands after it; no number where there is none at the start."""
    if isinstance(value, bool):
        return None, ""
    if isinstance(value, int):
        return Fraction(value), ""
    if isinstance(value, float):
        return (Fraction(str(value)) if math.isfinite(value) else None), ""
    if not isinstance(value, str):
        return None, ""
    found = _TYPED.fullmatch(value.translate(_PLAIN).strip())
    if found is None:
        return None, ""
    return Fraction(found[1].replace(",", ".")), found[2].strip()


def temperature_unit(written: str) -> str | None:
    """C or F as people write it: "°C", "F", "degrees Celsius". Empty for degrees alone, None for else."""
    found = _TEMPERATURE_UNIT.fullmatch(written.translate(_PLAIN).strip().lower())
    if found is None:
        return None
    return "C" if found[1] else "F" if found[2] else ""


def is_same_unit(written: str, unit: str) -> bool:
    """Whether what stands after a number is its unit, however it is spaced and in small letters or not."""
    plain = "".join(written.split()).lower()
    return plain in ("", "".join(unit.split()).lower(), *_SAME_AS.get(unit, ()))


def before_unit(unit: str, language: str) -> str:
    """What stands between a number and its unit, so that no line ends between them."""
    return "" if unit == "%" and language[:2] not in _PERCENT_APART else _UNBROKEN


def as_typed(value: object, unit: str, language: str) -> str:
    """A typed number with its unit, which it may have brought along."""
    return _with_unit(value, before_unit(unit, language) + unit)


def held_to_units(text: str, language: str) -> str:
    """The text with every number held to its unit."""
    return _BEFORE_UNIT.sub(lambda found: before_unit(found[1], language), text)


def _with_unit(value: object, unit: str) -> str:
    return f"{value}{unit}".strip() if exact(value) is not None else str(value)


def temperature_as_typed(value: object, unit: object) -> str:
    """A typed temperature with its unit; a unit that is none is left out."""
    named = temperature_unit(str(unit or ""))
    return _with_unit(value, f"{_UNBROKEN}°{named}" if named else "")


def temperature_for_reader(value: object, unit: object, wanted: str) -> str:
    """A typed temperature in the unit of whoever reads it, C or F, to a tenth of a degree.

    One that no body has in the unit named beside it stays as typed: the unit is what is wrong.
    """
    number, beside = number_and_unit(value)
    own = temperature_unit(beside) or temperature_unit(str(unit or ""))
    if number is None or not own or own == wanted:
        return temperature_as_typed(value, unit)
    celsius = number if own == "C" else (number - 32) * 5 / 9
    if not _COLDEST <= celsius <= _HOTTEST:
        return temperature_as_typed(value, unit)
    shown = celsius if wanted == "C" else celsius * 9 / 5 + 32
    return _with_unit(f"{float(shown):.1f}", f"{_UNBROKEN}°{wanted}")
