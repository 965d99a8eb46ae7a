from __future__ import annotations

from fractions import Fraction

import pytest

from clinic.rules.risk.scores.hematotox import Group, Hematotox, hematotox
from tests.clinic.rules.risk.made_up import DOCUMENT

QUIET = {"platelets": "240", "anc": "4", "hb": "13", "crp": "0.4", "ferritin": "180"}


def score(**changed: str | None) -> Hematotox:
    values = {**QUIET, **changed}
    markers = {name: None if value is None else Fraction(value) for name, value in values.items()}
    return hematotox(DOCUMENT.scores.hematotox, markers)


@pytest.mark.parametrize(
    ("name", "value", "points"),
    [
        ("platelets", "175.1", 0),
        ("platelets", "175", 1),
        ("platelets", "75", 1),
        ("platelets", "74.9", 2),
        ("anc", "1.201", 0),
        ("anc", "1.2", 1),
        ("hb", "9.01", 0),
        ("hb", "9", 1),
        ("crp", "2.99", 0),
        ("crp", "3", 1),
        ("ferritin", "649.9", 0),
        ("ferritin", "650", 1),
        ("ferritin", "2000", 1),
        ("ferritin", "2000.1", 2),
    ],
)
def test_points_on_both_sides_of_each_line(name: str, value: str, points: int) -> None:
    found = score(**{name: value})

    assert (found.lowest, found.highest) == (points, points)


def test_everything_bad_is_seven() -> None:
    found = score(platelets="10", anc="0", hb="7", crp="30", ferritin="9000")

    assert found == Hematotox(7, 7, Group.HIGH)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Hematotox(0, 0, Group.LOW)),
        ({"anc": "1"}, Hematotox(1, 1, Group.LOW)),
        ({"anc": "1", "hb": "8"}, Hematotox(2, 2, Group.HIGH)),
        ({"crp": None}, Hematotox(0, 1, Group.LOW)),
        ({"crp": None, "anc": "1"}, Hematotox(1, 2, Group.UNKNOWN)),
        ({"ferritin": None}, Hematotox(0, 2, Group.UNKNOWN)),
        ({"ferritin": None, "platelets": "60"}, Hematotox(2, 4, Group.HIGH)),
        (dict.fromkeys(QUIET), Hematotox(0, 7, Group.UNKNOWN)),
    ],
)
def test_group_is_said_only_where_what_is_missing_cannot_change_it(
    changed: dict[str, str | None], expected: Hematotox
) -> None:
    assert score(**changed) == expected
