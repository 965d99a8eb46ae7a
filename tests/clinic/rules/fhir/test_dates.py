from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.fhir.dates import Span, UnreadableDate, span_of

NEW_YORK = ZoneInfo("America/New_York")
FIRST = datetime(2026, 11, 1, 4, tzinfo=UTC)
# The day on which clocks are put back has 25 hours.
SECOND = datetime(2026, 11, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ([], Span()),
        (["2026-11-01"], Span(FIRST, SECOND)),
        (["eq2026-11-01"], Span(FIRST, SECOND)),
        (["ge2026-11-01"], Span(FIRST)),
        (["gt2026-11-01"], Span(SECOND)),
        (["lt2026-11-01"], Span(None, FIRST)),
        (["le2026-11-01"], Span(None, SECOND)),
        (["ge2026-11-01", "lt2026-11-02"], Span(FIRST, SECOND)),
        (["ge2026-10-01", "ge2026-11-01"], Span(FIRST)),
        (["ge2026-11-01T00:00:00-04:00"], Span(FIRST)),
        (["lt2026-11-01T04:00:00Z"], Span(None, FIRST)),
    ],
)
def test_days_are_those_of_the_zone_and_moments_are_exact(typed, expected):
    assert span_of(typed, NEW_YORK) == expected


def test_a_moment_itself_is_within_le_and_not_within_gt():
    moment = "2026-11-01T04:00:00Z"

    assert span_of([f"le{moment}"], NEW_YORK).until > FIRST
    assert span_of([f"gt{moment}"], NEW_YORK).since > FIRST


@pytest.mark.parametrize(
    "typed",
    [
        *("", "ge", "2026", "2026-11", "sa2026-11-01", "ne2026-11-01", "2026-02-30", "2026-11-01T04:00"),
        *("2026-11-01T04:00:00", "9999-12-31", "0001-01-01T00:00:00+14:00", "٢٠٢٦-11-01", "2026-11-01 x"),
    ],
)
def test_what_is_no_day_and_no_moment_is_refused(typed):
    with pytest.raises(UnreadableDate):
        span_of([typed], NEW_YORK)
