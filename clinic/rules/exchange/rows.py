"""What an import says, one row a fact, in whatever form it came.

Facts stay text here (days as 2026-11-30, moments with their offset), so that a row is kept as it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

# More than any clinic looks after at once; more of them come in parts.
MOST_ROWS = 500
LARGEST_BYTES = 4 * 1024 * 1024
LONGEST_CELL = 200
# Columns and facts of a patient that a correction may change, and those that only an enrolment takes.
CORRECTED = ("given_name", "family_name", "birth_date", "hospital_number", "disease", "language", "time_zone")
OF_COURSE = ("infusion_date", "product", "target", "near_centre_days", "no_driving_days")
OF_RISK = ("tier", "immune_risk", "neutropenia", "platelets_low", "minutes_to_centre")
PATIENT_FACTS = (*CORRECTED, *OF_COURSE, *OF_RISK)


class RowKind(StrEnum):
    """What a row is about; stored codes."""

    PATIENT = "patient"
    ADMITTED = "admitted"
    DISCHARGED = "discharged"
    # Another number of the same person: HL7 v2 A40.
    MERGED = "merged"
    OUTCOME = "outcome"
    LAB = "lab"
    # What no machine may put on record: a person reads it.
    NOTICE = "notice"


class Trouble(StrEnum):
    """Why a row, or all that was sent, cannot be taken; stored and sent codes."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    WRONG_ENCODING = "wrong_encoding"
    NOT_READABLE = "not_readable"
    NO_COLUMNS = "no_columns"
    UNKNOWN_COLUMN = "unknown_column"
    COLUMN_TWICE = "column_twice"
    WRONG_CELLS = "wrong_cells"
    FORMULA = "formula"
    UNPRINTABLE = "unprintable"
    TOO_LONG = "too_long"
    NO_DAY = "no_day"
    NO_MOMENT = "no_moment"
    NO_WHOLE_NUMBER = "no_whole_number"
    NO_YES_OR_NO = "no_yes_or_no"
    NEEDED = "needed"
    NO_EXACT_VALUE = "no_exact_value"
    TWICE_HERE = "twice_here"
    NO_BUNDLE = "no_bundle"
    NO_PATIENT = "no_patient"
    NOT_TAKEN = "not_taken"
    NO_HEADER = "no_header"
    NO_CONTROL_ID = "no_control_id"
    UNKNOWN_EVENT = "unknown_event"


class Unreadable(Exception):
    """Nothing of it can be taken; `trouble` says why and `about` where, such as the name of a column."""

    def __init__(self, trouble: Trouble, about: str = "") -> None:
        super().__init__(trouble.value)
        self.trouble, self.about = trouble, about[:LONGEST_CELL]


@dataclass(frozen=True)
class Row:
    """One fact that was sent: `number` is its place, 1 the first.

    `person` is the same for all rows of one person, and means nothing beyond this import. `at` is when it
    happened, or when the sender last changed it. `troubles`: (fact, code), and then the row is refused.
    """

    number: int
    kind: RowKind
    person: str
    facts: Mapping[str, Any]
    at: datetime | None = None
    troubles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Incoming:
    """All that one file, bundle or message says. `key` is the sender's own name for it, empty without one.

    `left_out`: how many of which kind are not for us, such as a family's reports.
    """

    rows: tuple[Row, ...]
    key: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)


def is_plain(text: str) -> bool:
    """Whether it can stand on a page and in the database: no control character, no lone surrogate."""
    return all(letter.isprintable() for letter in text)


def trouble_of_text(text: str) -> Trouble | None:
    """What is wrong with a text of one line."""
    if len(text) > LONGEST_CELL:
        return Trouble.TOO_LONG
    if not is_plain(text):
        return Trouble.UNPRINTABLE
    # A spreadsheet would calculate it: no name, number or day begins so.
    return Trouble.FORMULA if text.startswith(("=", "+", "-", "@")) else None
