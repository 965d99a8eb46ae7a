"""The phone's own times."""

from datetime import UTC, datetime

import pytest

from caregiver.rules.check_in.moments import read_moment

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-11-22T02:07:00Z", "2026-11-22T02:07:00+00:00"),
        ("2026-11-22T02:07:00.250Z", "2026-11-22T02:07:00.250000+00:00"),
        ("2026-11-21T21:07:00-05:00", "2026-11-22T02:07:00+00:00"),
        ("2025-11-22T02:00:00Z", "2025-11-22T02:00:00+00:00"),
        ("2025-11-22T01:59:59Z", None),
        ("2027-11-22T02:00:01Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("2026-11-22T02:07:00", None),
        ("2026-11-22", None),
        ("2026-99-99T00:00:00Z", None),
        ("yesterday", None),
        ("\x00", None),
        ("", None),
    ],
)
def test_only_a_time_near_ours_is_read(text: str, read: str | None) -> None:
    at = read_moment(text, now=NOW)

    assert (at.isoformat() if at else None) == read
