"""Laboratory values: what is kept of what was typed, and which value of a lab counts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from clinic.rules.risk.shape import Lab, Window


class LabRefused(Exception):
    """A value that cannot be meant: an unknown lab or unit, or no number. Nothing is guessed."""


@dataclass(frozen=True)
class LabValue:
    """One value. `value` is in the lab's kept unit, exactly; the typed ones are as somebody wrote them.

    `day` counts from the infusion; `source` is by which way it came in, such as "typed".
    """

    name: str
    value: Fraction
    day: int
    typed_value: str
    typed_unit: str
    source: str


def lab_value(
    labs: Mapping[str, Lab], *, name: str, value: object, unit: str, day: int, source: str
) -> LabValue:
    """The value in the kept unit; LabRefused for an unknown lab or unit, or for no number from 0 up."""
    if name not in labs:
        raise LabRefused(f"lab {name}")
    # Two signs look like a micro, and either is typed.
    factor = labs[name].units.get(unit.strip().replace("µ", "u").replace("μ", "u"))
    if factor is None:
        raise LabRefused(f"unit {unit} of {name}")
    return LabValue(
        name=name,
        value=_number(name, value) * factor,
        day=day,
        typed_value=str(value),
        typed_unit=unit,
        source=source,
    )


def needs_confirmation(labs: Mapping[str, Lab], value: LabValue) -> bool:
    """Whether it is outside what anybody has: a wrong unit, a slipped digit, or a person who must be seen."""
    plausible = labs[value.name].plausible
    return plausible is not None and not plausible[0] <= value.value <= plausible[1]


def usual_in(labs: Mapping[str, Lab], *, name: str, value: object, typed: str, other: str) -> Fraction | None:
    """The number in the kept unit, had `other` been meant; None where that is unusual too, or the same."""
    meant = lab_value(labs, name=name, value=value, unit=other, day=0, source="")
    told = lab_value(labs, name=name, value=value, unit=typed, day=0, source="")
    return None if meant.value == told.value or needs_confirmation(labs, meant) else meant.value


def _number(name: str, value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | Fraction | str):
        raise LabRefused(f"value {value} of {name}")
    if isinstance(value, float) and not math.isfinite(value):
        raise LabRefused(f"value {value} of {name}")
    try:
        # By its spelling, so that 74.9 is 749 tenths and no neighbour of it.
        number = Fraction(str(value))
    except (ValueError, ZeroDivisionError) as error:
        raise LabRefused(f"value {value} of {name}") from error
    if number < 0:
        raise LabRefused(f"value {value} of {name}")
    return number


@dataclass(frozen=True)
class LabRecord:
    """The values known on a day, one of each lab and day: the worse one where there were several."""

    day: int
    values: tuple[LabValue, ...]

    @classmethod
    def of(cls, labs: Mapping[str, Lab], values: Iterable[LabValue], day: int) -> LabRecord:
        """What was taken after this day is not known on it."""
        worst: dict[tuple[str, int], LabValue] = {}
        for value in values:
            if value.day > day:
                continue
            key = (value.name, value.day)
            worst[key] = _worse(labs[value.name], worst.get(key, value), value)
        return cls(day=day, values=tuple(sorted(worst.values(), key=lambda one: (one.day, one.name))))

    def named(self, *names: str) -> tuple[LabValue, ...]:
        """Every value of these labs, the oldest first."""
        return tuple(value for value in self.values if value.name in names)

    def between(self, name: str, from_day: int, to_day: int) -> tuple[LabValue, ...]:
        """The values of these days, both included, the oldest first."""
        return tuple(value for value in self.named(name) if from_day <= value.day <= to_day)

    def last(self, *names: str) -> LabValue | None:
        """The newest value of these labs."""
        found = self.named(*names)
        return found[-1] if found else None

    def valid(self, name: str, days: int) -> LabValue | None:
        """The newest value if it is no older than so many days; None where it is, or where there is none."""
        last = self.last(name)
        return last if last is not None and self.day - last.day <= days else None

    def before_lymphodepletion(self, name: str, window: Window, first_day: int) -> LabValue | None:
        """The newest sample of the window that ends with this first day of lymphodepletion."""
        found = self.between(name, first_day - window.days, first_day)
        return found[-1] if found else None


def _worse(lab: Lab, one: LabValue, other: LabValue) -> LabValue:
    if lab.counts == "lowest":
        return min(one, other, key=lambda value: value.value)
    return max(one, other, key=lambda value: value.value)
