from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django import forms
from django.utils import timezone

from clinic.console import words
from clinic.console.moments import MomentField


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        # The night of the change, twenty minutes to two for the second time.
        ("2026-11-01T01:30", datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        ("2026-10-31 20:00", datetime(2026, 11, 1, 0, 0, tzinfo=UTC)),
        ("2027-03-14T02:30", datetime(2027, 3, 14, 7, 0, tzinfo=UTC)),
        # Whoever names a zone means it.
        ("2026-11-01T05:30Z", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_every_time_on_a_wall_clock_is_taken(typed, read):
    with (
        time_machine.travel(datetime(2026, 11, 1, 6, 40, tzinfo=UTC), tick=False),
        timezone.override(ZoneInfo("America/New_York")),
    ):
        assert MomentField().clean(typed) == read


def test_what_is_no_time_is_refused_and_nothing_stays_nothing():
    assert MomentField(required=False).clean("") is None
    with pytest.raises(forms.ValidationError):
        MomentField().clean("half past one")


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 11, 21, 14, 2, tzinfo=UTC), "14:02"),
        (datetime(2026, 1, 5, 9, 0, tzinfo=UTC), "Jan 5, 09:00"),
        (datetime(2025, 11, 21, 14, 2, tzinfo=UTC), "Nov 21, 2025, 14:02"),
    ],
    ids=["today", "this year", "another year"],
)
def test_a_moment_says_its_year_only_where_it_is_another(at, shown):
    with time_machine.travel(datetime(2026, 11, 21, 18, 0, tzinfo=UTC)), timezone.override("UTC"):
        assert words.clock(at) == shown


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 1, 5, 9, 0, tzinfo=UTC), "Mon Jan 5, 09:00"),
        (datetime(2025, 11, 21, 14, 2, tzinfo=UTC), "Fri Nov 21, 2025, 14:02"),
        (None, ""),
    ],
    ids=["this year", "another year", "never"],
)
def test_a_day_with_its_weekday_says_another_year_too(at, shown):
    with time_machine.travel(datetime(2026, 11, 21, 18, 0, tzinfo=UTC)), timezone.override("UTC"):
        assert words.day_and_clock(at) == shown
