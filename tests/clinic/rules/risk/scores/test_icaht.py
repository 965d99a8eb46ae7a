from __future__ import annotations

import pytest

from clinic.rules.risk.labs import LabRecord
from clinic.rules.risk.scores import icaht
from tests.clinic.rules.risk.made_up import DOCUMENT, counts, lab

RULES = DOCUMENT.scores.icaht


def early(*pairs: tuple[int, float], day: int = 40) -> int | None:
    return icaht.early(RULES.early, counts(*pairs, day=day))


def late(*pairs: tuple[int, float], day: int = 400) -> int | None:
    return icaht.late(RULES.late, counts(*pairs, day=day), after_day=RULES.early.last_day)


def run(first: int, last: int, cells: float) -> list[tuple[int, float]]:
    return [(day, cells) for day in range(first, last + 1)]


def spell(days: int, cells: float = 500, first: int = 5) -> list[tuple[int, float]]:
    """High, so many days low from a day on, high until day 30."""
    return [*run(0, first - 1, 3000), *run(first, first + days - 1, cells), *run(first + days, 30, 3000)]


@pytest.mark.parametrize(
    ("days", "cells", "grade"),
    [
        (1, 501, 1),  # rounds to 500
        (1, 506, 0),
        (1, 500, 1),
        (6, 500, 1),
        (7, 500, 2),
        (13, 500, 2),
        (14, 500, 3),
        (6, 100, 1),
        (7, 100, 3),
        (7, 106, 2),
        (13, 100, 3),
        (14, 100, 4),
    ],
)
def test_grade_on_both_sides_of_each_length(days: int, cells: float, grade: int) -> None:
    assert early(*spell(days, cells)) == grade


def test_whole_month_low_is_grade_four() -> None:
    assert early(*run(0, 30, 400)) == 4


@pytest.mark.parametrize(("first", "grade"), [(3, 4), (4, 3)])
def test_whoever_was_low_by_day_three_and_still_is_on_day_thirty_never_recovered(
    first: int, grade: int
) -> None:
    assert early(*run(0, first - 1, 3000), *run(first, 30, 400)) == grade


def test_low_on_the_last_day_but_not_yet_day_thirty_is_no_grade_four() -> None:
    assert early(*run(0, 2, 3000), *run(3, 29, 400), day=29) == 3


@pytest.mark.parametrize(("better", "grade"), [(2, 2), (3, 1)])
def test_two_better_days_end_no_spell_and_three_do(better: int, grade: int) -> None:
    low, high = run(5, 7, 400), run(8, 7 + better, 2000)
    again = run(8 + better, 9 + better, 400)

    assert early(*run(0, 4, 2000), *low, *high, *again, *run(10 + better, 30, 2000)) == grade


@pytest.mark.parametrize(("second", "grade"), [(13, 2), (14, 1)])
def test_gap_of_a_week_is_filled_and_a_longer_one_is_unknown(second: int, grade: int) -> None:
    assert early((0, 3000), (5, 400), (second, 400), (second + 1, 3000), day=second + 1) == grade


def test_straight_line_between_two_counts() -> None:
    # 1000, 800, 600, 400, 200: two days at or below 500, and a third that is better
    assert early((0, 1000), (4, 200), (5, 2000), (6, 2000), (7, 2000), day=7) == 1


@pytest.mark.parametrize(("day", "grade"), [(10, 1), (11, 2), (12, 2), (13, 1)])
def test_last_count_holds_for_a_week(day: int, grade: int) -> None:
    # Low on day 5 alone: six days by day 10, seven by day 11, and on day 13 more than a week is unknown.
    assert early((0, 3000), (1, 3000), (2, 3000), (3, 3000), (4, 3000), (5, 400), day=day) == grade


def test_first_count_holds_for_the_week_before_it() -> None:
    assert early((7, 400), *run(8, 10, 3000), day=10) == 2
    assert early((8, 400), *run(9, 11, 3000), day=11) == 1


def test_only_days_after_the_infusion_count() -> None:
    assert early((-3, 100), (-1, 100)) is None
    assert early() is None
    assert early((31, 100)) is None
    assert early((17, 2200), day=19) == 0


def test_lowest_of_a_day_counts() -> None:
    assert early(*run(0, 9, 3000), (10, 3000), (10, 400), *run(11, 30, 3000)) == 1


@pytest.mark.parametrize(
    ("lowest", "grade"),
    [(1501, 0), (1500, 1), (1001, 1), (1000, 2), (501, 2), (500, 3), (101, 3), (100, 4)],
)
def test_late_grade_by_the_lowest_of_two(lowest: float, grade: int) -> None:
    assert late((40, lowest), (50, 1500)) == grade


@pytest.mark.parametrize(
    ("pairs", "grade"),
    [
        ([(40, 400), (50, 1501)], 0),
        ([(40, 100), (50, 1501)], 4),
        ([(40, 101), (50, 1501)], 0),
        ([(40, 400)], 3),
        ([(40, 1501)], 0),
        ([(30, 100)], None),
        ([(31, 400)], 3),
        ([], None),
    ],
)
def test_single_dip_has_no_late_grade_unless_it_is_deepest(
    pairs: list[tuple[int, float]], grade: int | None
) -> None:
    assert late(*pairs) == grade


def test_later_than_today_is_not_known() -> None:
    assert late((40, 400), (50, 300), day=45) == 3


def platelets(*pairs: tuple[int, float], day: int = 40) -> int | None:
    record = LabRecord.of(DOCUMENT.labs, [lab("platelets", value, on) for on, value in pairs], day)
    return icaht.platelets(RULES.platelets, record)


@pytest.mark.parametrize(
    ("days", "count", "grade"),
    [
        (1, 50, 0),
        (1, 49, 1),
        (6, 49, 1),
        (7, 49, 2),
        (25, 20, 2),
        (1, 19, 3),
        (13, 19, 3),
        (14, 19, 4),
    ],
)
def test_grade_of_platelets_on_both_sides_of_each_line(days: int, count: float, grade: int) -> None:
    assert platelets(*spell(days, count, first=1)) == grade


def test_platelets_are_not_rounded_and_a_day_above_ends_a_spell() -> None:
    assert platelets((3, 49.9)) == 1
    assert platelets(*run(0, 5, 40), (6, 60), *run(7, 12, 40), *run(13, 30, 90)) == 1
    assert platelets(*run(0, 6, 40), *run(7, 30, 90)) == 2


def test_platelets_without_a_count_of_the_first_month_are_unknown() -> None:
    assert platelets() is None
    assert platelets((31, 10)) is None
    assert platelets((-6, 10)) is None
    # A week without a count is filled, more is unknown.
    assert platelets((0, 40), (8, 40), day=8) == 2
    assert platelets((0, 40), (9, 40), day=9) == 1
