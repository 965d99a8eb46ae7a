"""Staying near the centre and not driving: how long, by the product's label at the day of the infusion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_WHOLE = ("near_centre_days", "no_driving_days")


class WindowError(Exception):
    """The table of labels cannot be read; says where and why."""


class Window(StrEnum):
    """What counts down."""

    NEAR_CENTRE = "near_centre"
    NO_DRIVING = "no_driving"


@dataclass(frozen=True)
class WindowDays:
    """Whole days after the infusion day, the last one included."""

    near_centre: int
    no_driving: int

    def at_least(self, near_centre: int | None, no_driving: int | None) -> WindowDays:
        """The stricter of both: a centre may ask for longer than the label, never for less."""
        return WindowDays(max(self.near_centre, near_centre or 0), max(self.no_driving, no_driving or 0))


@dataclass(frozen=True)
class ProductLabel:
    """What a product's label says from a date on."""

    code: str
    effective_date: date
    products: frozenset[str]
    days: WindowDays


@dataclass(frozen=True)
class Countdown:
    """One window of one person. `last_day` belongs to it; `days_left` is 0 on it and below 0 after it."""

    window: Window
    last_day: date
    days_left: int

    @property
    def is_over(self) -> bool:
        return self.days_left < 0


def parse_labels(document: Mapping[str, object]) -> tuple[ProductLabel, ...]:
    """The labels of a table, the newest first; WindowError when one of them cannot be meant."""
    rows = document.get("labels")
    if not isinstance(rows, list) or not rows:
        raise WindowError("labels: a list is expected")
    labels = [_label(place, row) for place, row in enumerate(rows)]
    if len({label.code for label in labels}) < len(labels):
        raise WindowError("labels: a code is stated twice")
    return tuple(sorted(labels, key=lambda label: label.effective_date, reverse=True))


def in_force(labels: Iterable[ProductLabel], product: str, on: date) -> ProductLabel | None:
    """The newest label of the product that was effective on this day; None for a product not in the table."""
    name = product.strip().lower()
    counting = [label for label in labels if name in label.products and label.effective_date <= on]
    return max(counting, key=lambda label: label.effective_date, default=None)


def countdowns(days: WindowDays, infusion_date: date, today: date) -> tuple[Countdown, ...]:
    """Both windows as they stand today."""
    lengths = {Window.NEAR_CENTRE: days.near_centre, Window.NO_DRIVING: days.no_driving}
    ends = {window: infusion_date + timedelta(days=length) for window, length in lengths.items()}
    return tuple(Countdown(window, end, (end - today).days) for window, end in ends.items())


def _label(place: int, row: object) -> ProductLabel:
    where = f"labels[{place}]"
    if not isinstance(row, Mapping):
        raise WindowError(f"{where}: a map is expected")
    products, effective = row.get("products"), row.get("effective_date")
    if not isinstance(effective, date):
        raise WindowError(f"{where}.effective_date: a date is expected")
    if not isinstance(products, list) or not products:
        raise WindowError(f"{where}.products: a list is expected")
    near, driving = (_days(where, key, row.get(key)) for key in _WHOLE)
    names = frozenset(str(product).strip().lower() for product in products)
    return ProductLabel(str(row.get("code", "")), effective, names, WindowDays(near, driving))


def _days(where: str, key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise WindowError(f"{where}.{key}: whole days are expected")
    return value
