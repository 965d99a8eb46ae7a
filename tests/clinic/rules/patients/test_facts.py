from datetime import date

import pytest

from clinic.rules.patients.facts import problem_of_birth, problem_of_infusion

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("born", "problem"),
    [
        (date(2026, 11, 23), "in_future"),
        (date(2026, 11, 22), None),
        (date(1930, 1, 1), None),
        # A slip of the century: 2006, or nobody.
        (date(1906, 11, 22), "too_far"),
        (date(1, 1, 1), "too_far"),
    ],
)
def test_birth_is_neither_ahead_nor_older_than_anybody(born, problem):
    assert problem_of_birth(born, TODAY) == problem


@pytest.mark.parametrize(
    ("infused", "problem"),
    [
        (date(2027, 2, 20), None),
        (date(2027, 2, 21), "too_far"),
        (date(2006, 11, 28), None),
        (date(1926, 11, 20), "too_far"),
    ],
)
def test_day_of_infusion_is_within_reach(infused, problem):
    assert problem_of_infusion(infused, TODAY) == problem
