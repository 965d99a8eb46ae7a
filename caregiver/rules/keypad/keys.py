"""What people type on a telephone: one key for a choice, several digits for a reading.

On a keypad the star stands where a point is typed ("38*5"). Most people type no point at all ("385", "1013"),
so a number that no thermometer of any unit shows is read in tenths, if it is a temperature then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from clinic.rules.protocols.document.questions import UnitRange

STAR = "*"
# What can be chosen with one key; 0 and the star mean something else.
MOST_CHOICES = 9
_LONGEST_NUMBER = 6


@dataclass(frozen=True)
class TypedNumber:
    """A number as it is written with a point, and the units in which it can be a temperature."""

    text: str
    units: tuple[str, ...] = ()


def choice(digits: str, count: int) -> int | None:
    """Which of so many answers a key means, from 0 on; None for any other key."""
    if len(digits) != 1 or digits not in "123456789":
        return None
    chosen = int(digits) - 1
    return chosen if chosen < count else None


def number(digits: str) -> str | None:
    """The typed number with a point for the star; None where it is none."""
    whole, star, tenths = digits.partition(STAR)
    if len(digits) > _LONGEST_NUMBER or not _is_number(whole) or (star and not _is_number(tenths)):
        return None
    return f"{int(whole)}.{tenths}" if star else str(int(whole))


def temperature(digits: str, units: Mapping[str, UnitRange]) -> TypedNumber | None:
    """The typed temperature; without a unit where no thermometer shows it. None where it is no number."""
    written = number(digits)
    if written is None:
        return None
    fitting = _units_of(written, units)
    if not fitting and "." not in written and len(written) > 1:
        in_tenths = f"{written[:-1]}.{written[-1]}"
        if found := _units_of(in_tenths, units):
            return TypedNumber(in_tenths, found)
    return TypedNumber(written, fitting)


def _units_of(written: str, units: Mapping[str, UnitRange]) -> tuple[str, ...]:
    value = Fraction(written)
    return tuple(unit for unit, span in sorted(units.items()) if span.minimum <= value <= span.maximum)


def _is_number(text: str) -> bool:
    """Plain digits: int() would read those of every script."""
    return text != "" and all(one in "0123456789" for one in text)
