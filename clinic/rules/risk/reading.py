"""Reads protocols/risk.yaml into its shape: no field left out or unknown, every row with its ground."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from clinic.rules.risk.lines import Line, Points, Side
from clinic.rules.risk.shape import Ground, RiskDocument, Row

_GROUND = ("ground", "source")


class RiskError(Exception):
    """The document of risk cannot be used; the message says which place and why."""


@dataclass(frozen=True)
class RiskRules:
    """The document, and what each of its places rests on."""

    document: RiskDocument
    rows: tuple[Row, ...]

    @property
    def unsigned(self) -> tuple[Row, ...]:
        """What awaits a clinician's signature."""
        return tuple(row for row in self.rows if row.awaits_signature)

    def row_of(self, path: str) -> Row:
        """What this place rests on: its own row, or the nearest one above it."""
        return max(
            (row for row in self.rows if f"{path}.".startswith(f"{row.path}.")),
            key=lambda row: len(row.path),
        )


def read(document: Mapping[str, Any]) -> RiskRules:
    """The rules that the document states; RiskError where a place is missing, unknown or rests on nothing."""
    rows = tuple(_rows(document, "", None, ""))
    read_document: RiskDocument = _build(RiskDocument, _plain(document), "")
    _check(read_document)
    return RiskRules(document=read_document, rows=rows)


def number(value: object, where: str) -> Fraction:
    """A number exactly as it is written: 4.67, or a quotient such as 1/88.4."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Fraction):
        raise RiskError(f"{where}: a number is expected")
    above, _, below = str(value).partition("/")
    try:
        return Fraction(above) / Fraction(below or 1)
    except (ValueError, ZeroDivisionError) as error:
        raise RiskError(f"{where}: a number is expected") from error


def _rows(node: object, path: str, ground: Ground | None, source: str) -> Iterator[Row]:
    """One row for each map that says what it rests on; what stands under it inherits what it leaves out."""
    if not isinstance(node, Mapping):
        return
    if any(key in node for key in _GROUND):
        ground = _ground(node.get("ground", ground), path)
        source = str(node.get("source", source)).strip()
        if not source:
            raise RiskError(f"{path}: where it comes from is missing")
        yield Row(path=path, ground=ground, source=source)
    for key, child in node.items():
        place = f"{path}.{key}" if path else str(key)
        yield from _rows(child, place, ground, source)
    if path.count(".") == 1 and ground is None:
        raise RiskError(f"{path}: what it rests on is missing")


def _ground(value: object, path: str) -> Ground:
    try:
        return Ground(str(value))
    except ValueError as error:
        raise RiskError(f"{path}.ground: one of {', '.join(Ground)} is expected") from error


def _plain(node: Any) -> Any:
    """The document without what its rows rest on."""
    if isinstance(node, Mapping):
        return {key: _plain(child) for key, child in node.items() if key not in _GROUND}
    return [_plain(child) for child in node] if isinstance(node, list) else node


def _build(kind: Any, value: Any, where: str) -> Any:
    if kind is Line:
        return _line(value, where)
    if kind is Points:
        return _points(value, where)
    if is_dataclass(kind):
        return _build_fields(kind, value, where)
    if get_origin(kind) in {Union, types.UnionType}:
        return None if value is None else _build(get_args(kind)[0], value, where)
    if get_origin(kind) is tuple:
        return tuple(_build(get_args(kind)[0], one, where) for one in _list(value, where))
    if get_origin(kind) is Mapping:
        inside = get_args(kind)[1]
        return {str(key): _build(inside, one, f"{where}.{key}") for key, one in _map(value, where).items()}
    return _leaf(kind, value, where)


def _build_fields(kind: Any, value: Any, where: str) -> Any:
    given, hints = _map(value, where), _hints(kind)
    names = {field.name for field in fields(kind)}
    if missing := sorted(names - given.keys()):
        raise RiskError(f"{where or 'document'}: {missing[0]} is missing")
    if unknown := sorted(set(map(str, given)) - names):
        raise RiskError(f"{where or 'document'}: {unknown[0]} is unknown")
    return kind(
        **{name: _build(hints[name], given[name], f"{where}.{name}" if where else name) for name in names}
    )


@lru_cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _leaf(kind: Any, value: Any, where: str) -> Any:
    if kind is Fraction:
        return number(value, where)
    if kind is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind is str and isinstance(value, str) and value:
        return value
    raise RiskError(f"{where}: {'a whole number' if kind is int else 'a word'} is expected")


def _line(value: Any, where: str) -> Line:
    given = _map(value, where)
    if len(given) != 1 or next(iter(given)) not in list(Side):
        raise RiskError(f"{where}: one of {', '.join(Side)} is expected")
    [(side, limit)] = given.items()
    return Line(Side(side), number(limit, where))


def _points(value: Any, where: str) -> Points:
    given = dict(_map(value, where))
    points = _leaf(int, given.pop("points", None), f"{where}.points")
    return Points(_line(given, where), points)


def _map(value: Any, where: str) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise RiskError(f"{where}: a map is expected")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise RiskError(f"{where}: a list is expected")
    return value


def _check(document: RiskDocument) -> None:
    """What the shape cannot say: one part of the document names another."""
    for name, lab in document.labs.items():
        if lab.counts not in {"lowest", "highest"}:
            raise RiskError(f"labs.{name}.counts: lowest or highest is expected")
        if lab.plausible is not None and len(lab.plausible) != 2:
            raise RiskError(f"labs.{name}.plausible: two numbers are expected")
        if lab.units.get(lab.unit) != 1:
            raise RiskError(f"labs.{name}.units: {lab.unit} must be 1")
    asked = [
        *document.scores.hematotox.markers,
        *(lab for due in document.reminders.due.values() for lab in due.labs),
    ]
    for name in asked:
        if name not in document.labs:
            raise RiskError(f"labs: {name} is missing")
    cirs, hct_ci = document.scores.cirs, document.scores.hct_ci
    named = {*cirs.severe_systems, *cirs.also_called.values()} - set(cirs.systems)
    named |= {
        *hct_ci.replaced_by,
        *hct_ci.replaced_by.values(),
        *hct_ci.also_called.values(),
    } - hct_ci.points.keys()
    if named:
        raise RiskError(f"scores: {min(named)} is unknown")
