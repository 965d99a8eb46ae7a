"""What is asked at a time point and after a death, and which answers contradict each other.

The items and their groups follow the forms of the transplant registry CIBMTR and the consensus grades: CRS
and ICANS by ASTCT, infections by CTCAE (docs/outcomes.md). Nothing but the day of the last contact must be
answered: what is left empty is not recorded, and never "none".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

# Infections, and visits to an emergency room, that fit on one form; the next form takes more of them.
INFECTIONS = 3
VISITS = 2
LONGEST_TEXT = 120
# A number that nobody counts to within one form's time.
MOST_COUNTED = 400
# Without these a form says nothing.
NEEDED = frozenset({"contact_on", "cause"})
_LAST_EARLY_DAY = 100
_DAY_LENGTH = len("2026-11-28")
# The last time point, the fifteenth year.
LAST_DAY = 15 * 365


class Kind(StrEnum):
    """How an item is answered."""

    DATE = "date"
    COUNT = "count"
    CHOICE = "choice"
    TEXT = "text"


class Part(StrEnum):
    """Which form: what became of somebody by a time point, or what they died of."""

    FOLLOW_UP = "follow_up"
    DEATH = "death"


class Problem(StrEnum):
    """Why an answer is not taken."""

    NEEDED = "needed"
    BEFORE_INFUSION = "before_infusion"
    AHEAD = "ahead"
    ORDER = "order"
    NOT_GRADED = "not_graded"
    NO_DAY = "no_day"
    AFTER_CONTACT = "after_contact"
    NOT_AN_ANSWER = "not_an_answer"
    NOT_ASKED = "not_asked"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Item:
    """One question. `choices` of a choice in the order in which they are shown."""

    key: str
    kind: Kind
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Items that belong together, under one heading."""

    key: str
    items: tuple[Item, ...]


def _date(key: str) -> Item:
    return Item(key, Kind.DATE)


def _count(key: str) -> Item:
    return Item(key, Kind.COUNT)


def _choice(key: str, *choices: str) -> Item:
    return Item(key, Kind.CHOICE, choices)


NOT_ASSESSED = "not_assessed"
_GRADES = ("0", "1", "2", "3", "4", "5", NOT_ASSESSED)
_YES_NO = ("no", "yes", NOT_ASSESSED)
ORGANS = ("blood", "lung", "upper_airway", "gut", "urine", "skin_line", "cns", "other")
ORGANISMS = ("bacterial", "viral", "fungal", "other", "clinically_defined", "fever_unknown")
CAUSES = (
    "disease",
    "infection",
    "second_malignancy",
    "cardiovascular_respiratory",
    "haemorrhage",
    "icans",
    "crs",
    "iec_hs",
    "organ_failure",
    "other",
    "unknown",
)
VISIT_REASONS = (
    *(
        "crs",
        "icans",
        "infection",
        "cytopenia_bleeding",
        "heart_lung",
        "gut",
        "neuro_late",
        "progression",
        "other",
    ),
)
PLACES = ("home", "hospital", "icu", "hospice", "other", "unknown")


def _infection(number: int) -> Section:
    start = f"infection{number}_"
    return Section(
        f"infection{number}",
        (
            _date(f"{start}on"),
            _choice(f"{start}organ", *ORGANS),
            _choice(f"{start}type", *ORGANISMS),
            Item(f"{start}organism", Kind.TEXT),
            _choice(f"{start}grade", "1", "2", "3", "4", "5"),
            _choice(f"{start}care", "home", "admitted", "icu"),
            _choice(f"{start}by_report", "yes", "no", "unknown"),
        ),
    )


def _visit(number: int) -> Section:
    start = f"visit{number}_"
    return Section(f"visit{number}", (_date(f"{start}on"), _choice(f"{start}reason", *VISIT_REASONS)))


# Visits to an emergency room without an admission: a stay is a life event, and no part of a form.
_CONTACT = Section("contact", (_date("contact_on"), _count("emergency_visits")))
_EARLY = (
    Section(
        "crs",
        (
            _choice("crs_grade", *_GRADES),
            _date("crs_onset"),
            _date("crs_max"),
            _date("crs_end"),
            _count("tocilizumab_doses"),
            _count("steroid_days"),
        ),
    ),
    Section(
        "icans",
        (_choice("icans_grade", *_GRADES), _date("icans_onset"), _date("icans_max"), _date("icans_end")),
    ),
    Section(
        "iec_hs",
        (
            _choice("iec_hs", *_YES_NO),
            _choice("iec_hs_grade", "1", "2", "3", "4", "5"),
            _date("iec_hs_onset"),
            _date("iec_hs_end"),
        ),
    ),
)
_BLOOD = Section(
    "blood",
    (
        _choice("icaht_early", "0", "1", "2", "3", "4", NOT_ASSESSED),
        _choice("icaht_late", "0", "1", "2", "3", "4", NOT_ASSESSED),
        _count("gcsf_days"),
        _choice("stem_cell_boost", *_YES_NO),
        _count("transfusion_days"),
    ),
)
_DISEASE = Section(
    "disease",
    (
        _choice("response", "complete", "partial", "stable", "progression", NOT_ASSESSED),
        _date("assessed_on"),
        _date("progressed_on"),
        _date("new_treatment_on"),
    ),
)
_SECOND_CANCER = Section(
    "second_cancer",
    (
        _choice("second_cancer", "no", "yes", "unknown"),
        _date("second_cancer_on"),
        Item("second_cancer_type", Kind.TEXT),
        _choice("second_cancer_t_cell", "no", "yes", "unknown"),
    ),
)
_DEATH = (
    Section(
        "death",
        (
            _choice("place", *PLACES),
            _choice("cause", *CAUSES),
            Item("organism", Kind.TEXT),
            Item("contributing", Kind.TEXT),
            _choice("autopsy", "no", "yes", "unknown"),
            _count("cibmtr_code"),
        ),
    ),
)
_INFECTIONS = tuple(_infection(number) for number in range(1, INFECTIONS + 1))
_VISITS = tuple(_visit(number) for number in range(1, VISITS + 1))
# Where a grade stands, its days; what each day must not come before.
_GRADED = {"crs": "crs_grade", "icans": "icans_grade", "iec_hs": "iec_hs"}
_IN_ORDER = (
    ("crs_onset", "crs_max"),
    ("crs_max", "crs_end"),
    ("crs_onset", "crs_end"),
    ("icans_onset", "icans_max"),
    ("icans_max", "icans_end"),
    ("icans_onset", "icans_end"),
    ("iec_hs_onset", "iec_hs_end"),
)


def sections(part: Part, day: int) -> tuple[Section, ...]:
    """What is asked at the time point of this day; toxicities of the first weeks no more after day 100."""
    if part is Part.DEATH:
        return _DEATH
    early = _EARLY if day <= _LAST_EARLY_DAY else ()
    return (_CONTACT, *_VISITS, *early, _BLOOD, *_INFECTIONS, _DISEASE, _SECOND_CANCER)


def items(part: Part, day: int) -> dict[str, Item]:
    """Every item of a form by its key."""
    return {item.key: item for section in sections(part, day) for item in section.items}


def read(
    given: Mapping[str, Any], *, part: Part, day: int, infused_on: date, today: date
) -> tuple[dict[str, Any], dict[str, Problem]]:
    """The answers as they are stored (days as ISO text), and what is wrong with which of them.

    `given` holds days as `date`, numbers as int and choices as their codes; None and "" are no answer.
    """
    asked = items(part, day)
    problems = {key: Problem.NOT_ASKED for key in given if key not in asked}
    answered = {key: value for key, value in given.items() if key in asked and value not in (None, "")}
    for key, value in answered.items():
        if not _fits(asked[key], value):
            problems[key] = Problem.NOT_AN_ANSWER
    sound = {key: value for key, value in answered.items() if key not in problems}
    if part is Part.FOLLOW_UP:
        problems = dict(_contradictions(sound, infused_on, today)) | problems
    elif "cause" not in sound:
        problems.setdefault("cause", Problem.NEEDED)
    stored = {key: value.isoformat() if isinstance(value, date) else value for key, value in sound.items()}
    return stored, problems


def with_days(given: Mapping[str, Any], part: Part, day: int) -> dict[str, Any]:
    """The same with days that came as ISO text; what is no such day stays text, and is no answer."""
    asked = items(part, day)
    return {
        key: _day(value) if key in asked and asked[key].kind is Kind.DATE else value
        for key, value in given.items()
    }


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == _DAY_LENGTH else value
    except ValueError:
        return value


def _fits(item: Item, value: Any) -> bool:
    if item.kind is Kind.DATE:
        return isinstance(value, date)
    if item.kind is Kind.COUNT:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_COUNTED
    if item.kind is Kind.CHOICE:
        return value in item.choices
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and value.isprintable()


def _contradictions(
    answers: Mapping[str, Any], infused_on: date, today: date
) -> Iterator[tuple[str, Problem]]:
    contact = answers.get("contact_on")
    if contact is None:
        yield "contact_on", Problem.NEEDED
    for key, value in answers.items():
        if isinstance(value, date):
            if value > today:
                yield key, Problem.AHEAD
            elif value < infused_on:
                yield key, Problem.BEFORE_INFUSION
            elif contact is not None and value > contact:
                yield key, Problem.AFTER_CONTACT
    for first, second in _IN_ORDER:
        if first in answers and second in answers and answers[second] < answers[first]:
            yield second, Problem.ORDER
    yield from _without_grade(answers)
    yield from _rows_without_day(answers)
    told, counted = [one for one in _VISITS if one.items[0].key in answers], answers.get("emergency_visits")
    if counted is not None and counted < len(told):
        yield "emergency_visits", Problem.TOO_FEW


def _without_grade(answers: Mapping[str, Any]) -> Iterator[tuple[str, Problem]]:
    """Days of something that is said not to have been there."""
    for start, graded in _GRADED.items():
        has_days = any(key.startswith(f"{start}_") and isinstance(answers[key], date) for key in answers)
        if has_days and answers.get(graded) in (None, "0", "no", NOT_ASSESSED):
            yield graded, Problem.NOT_GRADED


def _rows_without_day(answers: Mapping[str, Any]) -> Iterator[tuple[str, Problem]]:
    for section in (*_INFECTIONS, *_VISITS):
        keys = [item.key for item in section.items]
        if any(key in answers for key in keys) and keys[0] not in answers:
            yield keys[0], Problem.NO_DAY


def is_row(section: Section) -> bool:
    """Whether it is one of several alike, of which most stay empty."""
    return section in _INFECTIONS or section in _VISITS


def relapse_day(answers: Iterable[Mapping[str, Any]], infused_on: date) -> int | None:
    """The first day after the infusion on which the disease was on the way back, of all forms together."""
    days = [date.fromisoformat(one["progressed_on"]) for one in answers if one.get("progressed_on")]
    return (min(days) - infused_on).days if days else None


def contact_days(answers: Iterable[Mapping[str, Any]], infused_on: date) -> tuple[int, ...]:
    """The days of all contacts on record, counted from the infusion."""
    found = (date.fromisoformat(one["contact_on"]) for one in answers if one.get("contact_on"))
    return tuple(sorted((one - infused_on).days for one in found))
