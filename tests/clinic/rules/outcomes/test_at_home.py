from datetime import UTC, datetime, timedelta

from clinic.rules.outcomes import at_home
from clinic.rules.outcomes.at_home import Mark
from clinic.rules.outcomes.followed import Span

ZERO = datetime(2026, 10, 1, tzinfo=UTC)


def after(hours: float) -> datetime:
    return ZERO + timedelta(hours=hours)


def home(hours: float) -> Mark:
    return Mark(after(hours), is_home=True)


def away(hours: float) -> Mark:
    return Mark(after(hours), is_home=False)


def spans(*marks: Mark, end: float = 100) -> tuple[Span, ...]:
    return at_home.spans(marks, zero=ZERO, end=after(end))


def test_hours_run_from_the_infusion_to_now_with_the_stay_left_out():
    assert spans(home(-30), away(20), home(44)) == (Span(0, 20), Span(44, 100))


def test_before_the_first_mark_nobody_watched():
    assert spans() == ()
    assert spans(away(5)) == ()
    assert spans(home(7)) == (Span(7, 100),)


def test_marks_may_come_in_any_order_and_more_than_once():
    assert spans(home(44), home(0), away(20), away(30), home(50)) == (Span(0, 20), Span(44, 100))


def test_at_one_moment_being_away_counts():
    assert spans(home(0), away(20), home(20)) == (Span(0, 20),)


def test_what_lies_outside_the_course_is_left_out():
    assert spans(home(-30), away(-10), home(110)) == ()
    assert spans(home(10), away(90), end=50) == (Span(10, 50),)
