"""What is assumed of an invented cohort: every number has a source, or says that it is assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

# More than this nobody has all the time, however the assumptions are scaled.
HIGHEST_SHARE = 0.95


class CohortError(Exception):
    """The table of assumptions cannot be used; the message says which row and why."""


@dataclass(frozen=True)
class Assumption:
    """One row of the table, as people read it."""

    name: str
    values: Mapping[str, Any]
    source: str


@dataclass(frozen=True)
class Spread:
    """Half of the draws lie evenly between the first two, half between the last two."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Complaint:
    """How often something is there without a serious event, how long, and how often it is worse than mild."""

    early: float
    late: float
    second: float
    days: float


@dataclass(frozen=True)
class Sign:
    """What an event shows of itself: an answer or the two ends of a reading, first and when it is clear."""

    item: str
    share: float
    first: float | tuple[float, float]
    clear: float | tuple[float, float]


@dataclass(frozen=True)
class EventKind:
    """A serious event that some people have, when it comes, and what is seen of it at home."""

    name: str
    kind: str
    target: str
    share: float
    day: Spread
    hours: Spread
    stay_days: float
    signs: tuple[Sign, ...]


@dataclass(frozen=True)
class Mix:
    """Whom a clinic treats, as shares from 0 to 1; None where the table's own assumption stands.

    `bcma`: a product against BCMA. `from_75`: 75 years and older. `far`: over an hour from the center, or
    nobody knows how far.
    """

    bcma: float | None = None
    from_75: float | None = None
    far: float | None = None


AS_ASSUMED = Mix()


@dataclass(frozen=True)
class Cohort:
    """The whole table. `rows` is the same once more, for people; `given` holds the single numbers."""

    last_day: int
    early_until: int
    joins_hours: float
    true_hours: float
    given: Mapping[str, Mapping[str, Any]]
    comes_home: Spread
    missed: tuple[tuple[int, float], ...]
    background: Mapping[str, Complaint]
    events: tuple[EventKind, ...]
    rows: tuple[Assumption, ...]

    def share(self, name: str) -> float:
        """A single share of the table, such as `people.bcma`."""
        return float(self.given[name]["share"])

    def missed_share(self, day: float) -> float:
        """The share of check-ins of this day that are left out."""
        return next((share for to_day, share in self.missed if day < to_day + 1), self.missed[-1][1])

    def mixed(self, mix: Mix) -> Cohort:
        """The same table about people as this clinic has them."""
        own = {
            f"people.{name}": {"share": share, "source": "the clinic's own"}
            for name, share in vars(mix).items()
            if share is not None
        }
        rows = (
            replace(row, values={"share": own[row.name]["share"]}, source=str(own[row.name]["source"]))
            if row.name in own
            else row
            for row in self.rows
        )
        return replace(self, given={**self.given, **own}, rows=tuple(rows))

    def scaled(self, factor: float) -> Cohort:
        """The same people with complaints and events so many times as frequent."""
        return replace(
            self,
            background={
                item: replace(one, early=_times(one.early, factor), late=_times(one.late, factor))
                for item, one in self.background.items()
            },
            events=tuple(replace(one, share=_times(one.share, factor)) for one in self.events),
        )


def read(document: Mapping[str, Any]) -> Cohort:
    """The cohort that the document states; CohortError where a row has no source or a number is missing."""
    try:
        return _read(document)
    except (KeyError, TypeError, ValueError) as error:
        raise CohortError(f"this table cannot be read: {error!r}") from error


def _read(document: Mapping[str, Any]) -> Cohort:
    rows = tuple(_rows(document))
    for row in rows:
        if not row.source:
            raise CohortError(f"{row.name}: where the number comes from is missing")
    given = {
        f"{section}.{name}": row
        for section in ("people", "usual", "families", "measured", "medicines")
        for name, row in document[section].items()
        if isinstance(row, Mapping)
    }
    return Cohort(
        last_day=int(document["last_day"]),
        early_until=int(document["early_until"]),
        joins_hours=float(document["joins_hours"]),
        true_hours=float(document["true_hours"]),
        given=given,
        comes_home=_spread(document["people"]["comes_home"]),
        missed=tuple((int(row["to_day"]), float(row["share"])) for row in document["families"]["missed"]),
        background={item: _complaint(row) for item, row in document["background"].items()},
        events=tuple(_event(name, row) for name, row in document["events"].items()),
        rows=rows,
    )


def _rows(document: Mapping[str, Any]) -> Iterator[Assumption]:
    for section in ("people", "usual", "families", "measured", "medicines", "background", "events"):
        for name, row in document[section].items():
            for number, one in enumerate(row if isinstance(row, list) else [row], start=1):
                numbered = f"{section}.{name}.{number}" if isinstance(row, list) else f"{section}.{name}"
                values = {key: value for key, value in one.items() if not key.endswith("source")}
                sources = [one.get("source", ""), *([one["signs_source"]] if "signs_source" in one else [])]
                yield Assumption(numbered, values, "; signs: ".join(sources) if all(sources) else "")


def _spread(row: Mapping[str, Any]) -> Spread:
    return Spread(float(row["from"]), float(row["median"]), float(row["to"]))


def _complaint(row: Mapping[str, Any]) -> Complaint:
    return Complaint(float(row["early"]), float(row["late"]), float(row["second"]), float(row["days"]))


def _event(name: str, row: Mapping[str, Any]) -> EventKind:
    return EventKind(
        name=name,
        kind=row["kind"],
        target=row.get("target", ""),
        share=float(row["share"]),
        day=_spread(row["day"]),
        hours=_spread(row["hours"]),
        stay_days=float(row["stay"]),
        signs=tuple(
            Sign(item, float(sign["share"]), _value(sign["first"]), _value(sign["clear"]))
            for item, sign in row["signs"].items()
        ),
    )


def _value(given: Any) -> float | tuple[float, float]:
    return (float(given[0]), float(given[1])) if isinstance(given, list) else float(given)


def _times(share: float, factor: float) -> float:
    return min(HIGHEST_SHARE, share * factor)
