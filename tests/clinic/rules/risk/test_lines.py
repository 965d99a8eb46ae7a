from __future__ import annotations

from fractions import Fraction

import pytest

from clinic.rules.risk.lines import Line, Points, Side, points_of


@pytest.mark.parametrize(
    ("side", "below", "equal", "above"),
    [
        (Side.AT_LEAST, False, True, True),
        (Side.ABOVE, False, False, True),
        (Side.AT_MOST, True, True, False),
        (Side.BELOW, True, False, False),
    ],
)
def test_line_counts_its_own_number_only_where_it_says_so(
    side: Side, below: bool, equal: bool, above: bool
) -> None:
    line = Line(side, Fraction("4.67"))

    found = [line.holds(Fraction(value)) for value in ("4.669", "4.67", "4.671")]

    assert found == [below, equal, above]


def test_first_line_that_holds_gives_the_points() -> None:
    lines = (Points(Line(Side.BELOW, Fraction(75)), 2), Points(Line(Side.AT_MOST, Fraction(175)), 1))

    assert [points_of(lines, value) for value in (74, 75, 175, 176)] == [2, 1, 1, 0]
