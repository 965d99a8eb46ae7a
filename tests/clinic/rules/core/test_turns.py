from datetime import UTC, datetime, timedelta

import pytest

from clinic.rules.core.turns import is_overdue

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "ago", "overdue"),
    [
        pytest.param(10, 0, False, id="just begun"),
        pytest.param(10, 19.9, False, id="late, but somebody may be about to"),
        pytest.param(10, 20, True, id="nobody did"),
        pytest.param(10, 86_400, True, id="nobody did for a day"),
        pytest.param(3600, 3609, False, id="an hourly one is given its hour"),
        pytest.param(3600, 3610, True, id="an hourly one after its hour"),
        pytest.param(10, -10, False, id="begun by a clock that is a little ahead"),
        pytest.param(10, -11, True, id="begun by a clock that is wrong"),
    ],
)
def test_work_is_overdue_an_interval_and_ten_seconds_after_it_was_begun(every, ago, overdue):
    begun_at = NOW - timedelta(seconds=ago)

    assert is_overdue(begun_at=begun_at, every=timedelta(seconds=every), now=NOW) is overdue


def test_work_that_nobody_has_ever_begun_is_overdue():
    assert is_overdue(begun_at=None, every=timedelta(hours=1), now=NOW) is True
