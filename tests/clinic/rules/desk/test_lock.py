from datetime import UTC, datetime, timedelta

import pytest

from clinic.rules.desk.lock import SERVER_IDLE_LIMIT, is_locked, is_weak

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("locked_at", "active_at", "locked"),
    [
        pytest.param(None, NOW, False, id="somebody is there"),
        pytest.param(None, NOW - SERVER_IDLE_LIMIT, False, id="not heard of for the whole time"),
        pytest.param(None, NOW - SERVER_IDLE_LIMIT - SECOND, True, id="and a second more"),
        pytest.param(NOW, NOW, True, id="locked by hand"),
        pytest.param(NOW - timedelta(days=1), NOW, True, id="a lock has no end"),
    ],
)
def test_desk_is_locked(locked_at, active_at, locked):
    assert is_locked(locked_at=locked_at, active_at=active_at, now=NOW) is locked


@pytest.mark.parametrize("pin", ["2580", "19840", "70318642", "1357", "1213"])
def test_pin_is_good(pin):
    assert not is_weak(pin)


@pytest.mark.parametrize(
    "pin",
    ["", "258", "703186421", "2a80", "²⁵⁸⁰", "٢٥٨٠", "0000", "99999", "1234", "7890", "4321", "0987", " 258"],
)
def test_pin_is_weak(pin):
    assert is_weak(pin)
