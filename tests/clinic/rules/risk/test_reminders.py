from __future__ import annotations

import pytest

from clinic.protocols import default_document
from clinic.rules.protocols.document.additions import LAB_GROUPS
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.risk.labs import LabRecord
from clinic.rules.risk.reminders import asked_besides, reminders
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


SOMEBODY = Protocol.from_document(default_document()).additions


@pytest.mark.parametrize(
    ("code", "day", "last", "due"),
    [
        # Three times a week: due on the fourth day, until day 30.
        ("slow_counts", 10, 7, ()),
        ("slow_counts", 10, 6, ("cbc",)),
        ("slow_counts", 30, 26, ("cbc",)),
        ("slow_counts", 31, 26, ()),
        ("slow_counts", -1, -6, ()),
        # Once a week, to day 60.
        ("low_counts", 60, 53, ()),
        ("low_counts", 60, 52, ("cbc",)),
        ("low_counts", 61, 52, ()),
        # A month at first, three months after day 90.
        ("low_immunity", 90, 60, ()),
        ("low_immunity", 90, 59, ("igg",)),
        ("low_immunity", 91, 59, ()),
        ("low_immunity", 400, 310, ()),
        ("low_immunity", 400, 309, ("igg",)),
        ("kidneys", 8, 1, ()),
        ("kidneys", 8, 0, ("creatinine",)),
        ("early_brain", 3, 0, ()),
        ("early_brain", 3, -1, ("ferritin_crp",)),
        ("early_brain", 2, -2, ()),
        # Nothing of laboratories stands there.
        ("far", 8, 0, ()),
    ],
)
def test_added_lab_is_due_on_both_sides_of_each_line(
    code: str, day: int, last: int, due: tuple[str, ...]
) -> None:
    (addition,) = (one for one in SOMEBODY if one.code == code)
    names = ("anc", "platelets", "hb", "ferritin", "crp", "igg", "creatinine")
    record = LabRecord.of(DOCUMENT.labs, [lab(name, 1, last) for name in names], day)

    assert asked_besides(DOCUMENT.reminders, [addition], record) == due


def test_added_lab_that_was_never_measured_is_due_from_its_first_day() -> None:
    (addition,) = (one for one in SOMEBODY if one.code == "kidneys")

    found = [
        asked_besides(DOCUMENT.reminders, [addition], LabRecord.of(DOCUMENT.labs, [], day)) for day in (-1, 0)
    ]

    assert found == [(), ("creatinine",)]


def test_every_group_that_may_be_asked_for_is_known_to_the_rules() -> None:
    assert LAB_GROUPS - {"creatinine", "fibrinogen"} == DOCUMENT.reminders.due.keys()
    assert {"creatinine", "fibrinogen"} <= DOCUMENT.labs.keys()
