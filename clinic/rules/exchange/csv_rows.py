"""Rows from CSV: of patients, a row a person; of outcomes, a row an answer, as the export writes them.

RFC 4180 with comma, semicolon or tab, whichever parts the names of the columns; UTF-8, or UTF-16 with a mark.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from clinic.rules.exchange.rows import (
    LARGEST_BYTES,
    MOST_ROWS,
    PATIENT_FACTS,
    Incoming,
    Row,
    RowKind,
    Trouble,
    Unreadable,
    trouble_of_text,
)
from clinic.rules.outcomes.forms import Kind as AnswerKind
from clinic.rules.outcomes.forms import Part
from clinic.rules.outcomes.forms import items as items_of_form
from clinic.rules.patients.names import key_of, normal_number

_NEEDED = ("given_name", "family_name", "birth_date")
_DAYS = frozenset({"birth_date", "infusion_date"})
_NUMBERS = frozenset({"near_centre_days", "no_driving_days", "minutes_to_centre"})
_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_TICKS = frozenset({"immune_risk", "neutropenia", "platelets_low"})
_OUTCOME_NEEDED = ("course", "form", "day", "item", "value")
# What the export writes beside, and nobody needs here.
_OUTCOME_OTHERS = ("record_id", "recorded_at", "patient_id", "hospital_number")
# An answer a row, so that one form is many.
_MOST_ANSWERS = 20_000
# A number in a cell: longer is no day, course or count.
_LONGEST_NUMBER = 6


def decoded(body: bytes) -> str:
    """The text. Unreadable: a guess at another encoding would misspell names."""
    if not body.strip():
        raise Unreadable(Trouble.EMPTY)
    if len(body) > LARGEST_BYTES:
        raise Unreadable(Trouble.TOO_LARGE)
    is_utf_16 = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = body.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(Trouble.WRONG_ENCODING) from error
    if "\x00" in text:
        # No database keeps it, and no spreadsheet writes it.
        raise Unreadable(Trouble.UNPRINTABLE)
    return text


def read_patients(body: bytes) -> Incoming:
    """A row a person. Unreadable."""
    lines = list(_lines(body, known=PATIENT_FACTS, needed=_NEEDED, most=MOST_ROWS))
    read = [(number, *_facts(cells)) for number, cells in lines]
    doubled = _doubled(facts for _number, facts, _troubles in read)
    rows = []
    for number, facts, troubles in read:
        twice = [("", Trouble.TWICE_HERE)] if doubled & set(_marks(facts)) else []
        rows.append(Row(number, RowKind.PATIENT, str(number), facts, troubles=(*troubles, *twice)))
    return Incoming(tuple(rows))


def read_outcomes(body: bytes) -> Incoming:
    """A row an answer; all answers of one form are one row of ours. Unreadable."""
    known = (*_OUTCOME_NEEDED, *_OUTCOME_OTHERS)
    forms: dict[tuple[str, ...], list[tuple[int, Mapping[str, str]]]] = {}
    for number, cells in _lines(body, known=known, needed=_OUTCOME_NEEDED, most=_MOST_ANSWERS):
        person = cells.get("hospital_number") or cells.get("patient_id") or ""
        forms.setdefault((person, cells["course"], cells["form"], cells["day"]), []).append((number, cells))
    if len(forms) > MOST_ROWS:
        raise Unreadable(Trouble.TOO_MANY)
    return Incoming(tuple(_outcome(key, answers) for key, answers in forms.items()))


def outcome_facts(
    *, course: str, form: str, day: str, answers: Mapping[str, str]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The facts of one form from texts, and what is wrong with them."""
    troubles: list[tuple[str, str]] = []
    numbers: dict[str, int] = {}
    for name, text in (("course", course), ("day", day)):
        if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER:
            numbers[name] = int(text)
        else:
            troubles.append((name, Trouble.NO_WHOLE_NUMBER))
    if form not in tuple(Part):
        return {}, [*troubles, ("form", Trouble.NOT_TAKEN)]
    asked = items_of_form(Part(form), numbers.get("day", 0))
    values: dict[str, Any] = {}
    for key, text in answers.items():
        is_count = key in asked and asked[key].kind is AnswerKind.COUNT
        is_number = is_count and text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
        values[key] = int(text) if is_number else text
    return {**numbers, "form": form, "answers": values}, troubles


def _outcome(key: tuple[str, ...], answers: list[tuple[int, Mapping[str, str]]]) -> Row:
    person, course, form, day = key
    number, first = answers[0]
    counted = Counter(cells["item"] for _number, cells in answers)
    troubles: list[tuple[str, str]] = [
        (item, Trouble.TWICE_HERE) for item, count in counted.items() if count > 1
    ]
    values = {cells["item"]: cells["value"] for _number, cells in answers}
    for item, text in values.items():
        wrong = trouble_of_text(text)
        if wrong is not None:
            troubles.append((item, wrong))
    facts, wrong_facts = outcome_facts(course=course, form=form, day=day, answers=values)
    if not person:
        troubles.append(("hospital_number", Trouble.NEEDED))
    facts |= {name: first[name] for name in ("hospital_number", "patient_id") if first.get(name)}
    return Row(number, RowKind.OUTCOME, f"of {person}", facts, troubles=(*troubles, *wrong_facts))


def _lines(
    body: bytes, *, known: Iterable[str], needed: Iterable[str], most: int
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line with its number (line 1 names the columns), by column; empty lines are passed over."""
    text = decoded(body)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        names = [name.strip().lower().replace(" ", "_") for name in next(lines, [])]
        _check_columns(names, set(known), needed)
        count = 0
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > most:
                raise Unreadable(Trouble.TOO_MANY)
            if len(cells) != len(names):
                raise Unreadable(Trouble.WRONG_CELLS, str(lines.line_num))
            yield lines.line_num, {name: _cell(cell) for name, cell in zip(names, cells, strict=True)}
    except csv.Error as error:
        raise Unreadable(Trouble.NOT_READABLE) from error


def _check_columns(names: list[str], known: set[str], needed: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if name not in known:
            raise Unreadable(Trouble.UNKNOWN_COLUMN, name if trouble_of_text(name) is None else "")
        if count > 1:
            raise Unreadable(Trouble.COLUMN_TWICE, name)
    for name in needed:
        if name not in names:
            raise Unreadable(Trouble.NO_COLUMNS, name)


def _cell(text: str) -> str:
    """Without spaces around it, and without the apostrophe that keeps a spreadsheet from calculating."""
    stripped = text.strip()
    return stripped[1:] if stripped.startswith(("'=", "'+", "'-", "'@")) else stripped


def _facts(cells: Mapping[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    facts: dict[str, Any] = {}
    troubles: list[tuple[str, str]] = [(name, Trouble.NEEDED) for name in _NEEDED if not cells.get(name, "")]
    for name, text in cells.items():
        if not text:
            continue
        value, trouble = _value(name, text)
        if trouble is not None:
            troubles.append((name, trouble))
        else:
            facts[name] = value
    return facts, troubles


def _value(name: str, text: str) -> tuple[Any, Trouble | None]:
    wrong = trouble_of_text(text)
    if wrong is not None:
        return None, wrong
    if name in _DAYS:
        return text, None if is_day(text) else Trouble.NO_DAY
    if name in _NUMBERS:
        is_number = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
        return (int(text), None) if is_number else (None, Trouble.NO_WHOLE_NUMBER)
    if name in _TICKS:
        value = _YES_NO.get(text.casefold())
        return value, Trouble.NO_YES_OR_NO if value is None else None
    return text, None


def is_day(text: str) -> bool:
    """A day as 2026-11-30 and nothing else: 03/04/2026 is two days, one on each side of the ocean."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _doubled(people: Iterable[Mapping[str, Any]]) -> set[tuple[str, ...]]:
    counted = Counter(mark for facts in people for mark in _marks(facts))
    return {mark for mark, count in counted.items() if count > 1}


def _marks(facts: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """By what two rows would be one person: the number, or name and birth date."""
    found: list[tuple[str, ...]] = []
    number = normal_number(str(facts.get("hospital_number", "")))
    if number:
        found.append(("number", number))
    name = sorted(key_of(str(facts.get(part, ""))) for part in ("given_name", "family_name"))
    if facts.get("birth_date") and all(name):
        found.append(("person", *name, str(facts["birth_date"])))
    return found
