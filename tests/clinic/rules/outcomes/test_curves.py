"""Lines of shares over time: they begin at nothing, go in steps, and end where too few are followed."""

import pytest

from clinic.rules.outcomes.curves import Share, curves


def places(line):
    return [tuple(float(number) for number in place.split(",")) for place in line.split(" ")]


def test_line_goes_in_steps_from_nothing():
    drawn = curves(
        [Share(50, relapse=10, without_relapse=0), Share(100, relapse=20, without_relapse=5)], (100,)
    )

    relapse = places(drawn.relapse)
    left, right = drawn.frame.left, drawn.frame.left + drawn.frame.plot_width
    middle, base, top = (left + right) / 2, drawn.frame.base, drawn.frame.top
    half = (base + top) / 2
    assert relapse == [(left, base), (middle, base), (middle, half), (right, half), (right, top)]
    assert [place for place, _day in drawn.days] == [left, right]
    assert [share for _place, share in drawn.shares] == [0, 10, 20]
    # The other line has the same axis.
    assert places(drawn.without_relapse)[-1] == (right, base - (base - top) / 4)


@pytest.mark.parametrize(("highest", "top"), [(20, 20), (20.1, 50), (50.1, 100)])
def test_axis_goes_as_far_as_it_must(highest, top):
    drawn = curves([Share(30, relapse=1, without_relapse=highest)], ())

    assert drawn.shares[-1][1] == top


@pytest.mark.parametrize("steps", [[], [Share(0, relapse=0, without_relapse=0)]])
def test_nothing_is_drawn_of_nothing(steps):
    assert curves(steps, (100,)) is None


def test_days_beyond_the_last_step_are_not_named():
    drawn = curves([Share(120, relapse=1, without_relapse=1)], (100, 180, 365))

    assert [day for _place, day in drawn.days] == [0, 100]
