from __future__ import annotations

from typing import Any

import pytest

from clinic.protocols import outcomes_example
from clinic.rules.outcomes.worked_example import ExampleError, compare, figures


def person(**changes: Any) -> dict[str, Any]:
    return {"id": "A", "last_contact_day": 100, **changes}


def test_example_that_ships_gives_its_figures() -> None:
    example = outcomes_example()

    results = compare(example["expected"], figures(example, example["expected"]))

    assert [result.differs for result in results] == [()] * len(example["expected"])


def test_days_are_those_that_are_asked_for() -> None:
    example = {"patients": [person()]}

    assert "day_90" in figures(example, ["day_90"])
    assert "day_365" not in figures(example, ["day_90"])
    assert {"day_100", "day_180", "day_365", "wrong_one_minus_km_nrm_day_365"} <= figures(example).keys()


@pytest.mark.parametrize(
    ("expected", "actual", "differs"),
    [
        (0.0833, 1 / 12, ()),
        (0.0834, 1 / 12, ("x: expected 0.0834, got 0.08333333333333333",)),
        (True, 1, ()),
        ({"n": 1}, {"n": 1, "m": 2}, ("x.m: expected None, got 2",)),
        ({"n": 1, "m": 2}, {"n": 1}, ("x.m: expected 2, got None",)),
        ([1, 2], [1, 3], ("x[1]: expected 2, got 3",)),
        ([1, 2], [1], ("x: expected [1, 2], got [1]",)),
        ("none", None, ("x: expected none, got None",)),
    ],
)
def test_difference_is_told_by_its_place(expected: Any, actual: Any, differs: tuple[str, ...]) -> None:
    [result] = compare({"x": expected}, {"x": actual})

    assert (result.differs, result.ok) == (differs, not differs)


def test_figure_that_nobody_computes_differs() -> None:
    [result] = compare({"luck": 1}, {})

    assert result.differs == ("luck: expected 1, got None",)


def test_count_that_is_not_named_is_none_at_all() -> None:
    [agrees] = compare({"missing": {"sex_not_recorded": 0}}, {"missing": {}})
    [differs] = compare({"missing": {}}, {"missing": {"sex_not_recorded": 1}})

    assert agrees.ok
    assert differs.differs == ("missing.sex_not_recorded: expected 0, got 1",)


@pytest.mark.parametrize(
    ("example", "problem"),
    [
        ({}, "a list of patients is expected"),
        ({"patients": ["A"]}, "a list of patients is expected"),
        ({"patients": [{"id": "A"}]}, "A: KeyError('last_contact_day')"),
        ({"patients": [person(reports=[[3, "dire"]])]}, "A: ValueError"),
        ({"patients": [{"last_contact_day": 1, "reports": 3}]}, "patient 1: TypeError"),
    ],
)
def test_example_that_cannot_be_read_is_named(example: dict[str, Any], problem: str) -> None:
    with pytest.raises(ExampleError) as refused:
        figures(example)

    assert str(refused.value).startswith(problem)
