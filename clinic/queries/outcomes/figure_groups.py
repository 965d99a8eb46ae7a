"""How the same figures are for each group, ready for the page: shares as percentages, codes as words."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from clinic.queries.core import diseases, products

_GROUPS: dict[str, str | Promise] = {
    "age": gettext_lazy("Age at the infusion"),
    "sex": gettext_lazy("Sex"),
    "language": gettext_lazy("Language"),
    "distance": gettext_lazy("Way to the center"),
    "hct_ci": gettext_lazy("Other illness (HCT-CI)"),
    "product": gettext_lazy("Product"),
    "disease": gettext_lazy("Disease"),
}
# In the order in which they are shown; groups with names of their own come before what nobody recorded.
BANDS: dict[str, str | Promise] = {
    "under 65": gettext_lazy("Under 65"),
    "65 to 74": gettext_lazy("65 to 74"),
    "75 or over": gettext_lazy("75 or over"),
    "60 minutes or less": gettext_lazy("60 minutes or less"),
    "over 60 minutes": gettext_lazy("Over 60 minutes"),
    "female": gettext_lazy("Female"),
    "male": gettext_lazy("Male"),
    "0": "0",
    "1 to 2": gettext_lazy("1 to 2"),
    "3 or more": gettext_lazy("3 or more"),
    "not recorded": gettext_lazy("Not recorded"),
}
_PLACES = {name: place for place, name in enumerate(BANDS)}


@dataclass(frozen=True)
class GroupRow:
    """One group; None where it is too small to be shown, or had no event.

    Hours are medians: to an event from the first urgent report and from the last of any level; to a call from
    the first sign of something. `urgent`, `right` and `answered` are per cent of its reports (those at urgent
    or above), of its alarms and of its check-ins.
    """

    name: str
    n: int | None
    percent: int | None
    low: int | None
    high: int | None
    is_hidden: bool
    lead: float | None
    silence: float | None
    urgent: int | None
    per_week: float | None
    right: int | None
    contact: float | None
    answered: int | None


@dataclass(frozen=True)
class GroupTable:
    """The groups of one kind; `gaps` are pairs to be looked at."""

    name: str | Promise
    rows: tuple[GroupRow, ...]
    gaps: tuple[tuple[str, str], ...]


def group_table(name: str, one: dict[str, Any]) -> GroupTable:
    rows = tuple(
        GroupRow(
            name=_band(name, row["name"]),
            n=row["n"],
            percent=_in_hundred(row["share"]),
            low=_in_hundred(row["low"]),
            high=_in_hundred(row["high"]),
            is_hidden=row["is_hidden"],
            lead=row.get("lead"),
            silence=row.get("silence"),
            urgent=_in_hundred(row.get("urgent")),
            per_week=row.get("per_week"),
            right=_in_hundred(row.get("right")),
            contact=row.get("contact"),
            answered=_in_hundred(row.get("answered")),
        )
        for row in sorted(one["rows"], key=_place)
    )
    gaps = tuple((_band(name, first), _band(name, second)) for first, second in one["gaps"])
    return GroupTable(_GROUPS[name], rows, gaps)


def _in_hundred(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


def _place(row: dict[str, Any]) -> int:
    """By age and not by its letters; stable, so that products and languages stay by their names."""
    return _PLACES.get(row["name"], _PLACES["not recorded"] - 1)


def _band(kind: str, name: str) -> str:
    if name in BANDS:
        return str(BANDS[name])
    if kind == "disease":
        return str(diseases.in_words(name))
    if kind == "product":
        product = products.find(name)
        return f"{product.code} ({product.brand})" if product else name
    return str(dict(settings.LANGUAGES).get(name, name))
