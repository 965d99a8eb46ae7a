from __future__ import annotations

import pytest

from clinic.rules.risk.labs import LabRecord
from clinic.rules.risk.reminders import reminders
from tests.clinic.rules.risk.made_up import DOCUMENT, lab


def due(day: int, **last_days: int) -> set[str]:
    """What is overdue on a day, given the day of the last value of some labs."""
    values = [lab(name, 100, at) for name, at in last_days.items()]
    return set(reminders(DOCUMENT.reminders, LabRecord.of(DOCUMENT.labs, values, day)))


@pytest.mark.parametrize(
    ("what", "lab_name", "day", "age", "overdue"),
    [
        ("cbc", "anc", 0, 4, False),
        ("cbc", "anc", 0, 5, True),
        ("cbc", "anc", 30, 4, False),
        ("cbc", "anc", 30, 5, True),
        ("cbc", "anc", 31, 14, False),
        ("cbc", "anc", 31, 15, True),
        ("cbc", "platelets", 31, 14, False),
        ("cbc", "hb", 100, 15, True),
        ("cbc", "anc", 101, 99, False),
        ("cbc", "anc", -1, 99, False),
        ("ferritin_crp", "ferritin", 14, 4, False),
        ("ferritin_crp", "crp", 14, 5, True),
        ("ferritin_crp", "crp", 15, 99, False),
        ("igg", "igg", 29, 99, False),
        ("igg", "igg", 30, 30, False),
        ("igg", "igg", 30, 31, True),
        ("igg", "igg", 90, 31, True),
        ("igg", "igg", 91, 90, False),
        ("igg", "igg", 91, 91, True),
        ("igg", "igg", 2000, 91, True),
        ("cd4", "cd4", 89, 99, False),
        ("cd4", "cd4", 90, 90, False),
        ("cd4", "cd4", 90, 91, True),
        ("cd4", "cd4", 365, 91, True),
        ("cd4", "cd4", 366, 180, False),
        ("cd4", "cd4", 366, 181, True),
    ],
)
def test_lab_is_overdue_on_both_sides_of_each_line(
    what: str, lab_name: str, day: int, age: int, overdue: bool
) -> None:
    assert (what in due(day, **{lab_name: day - age})) is overdue


def test_what_was_never_measured_is_overdue() -> None:
    assert due(0) == {"cbc", "ferritin_crp"}
    assert due(30) == {"cbc", "igg"}
    assert due(90) == {"cbc", "igg", "cd4"}
    assert due(400) == {"igg", "cd4"}
