"""Steps fail apart, and whoever listens hears of the beginning and the end."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from notifications.hooks import round_begun, round_ended
from notifications.services import rounds

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard() -> Any:
    told: list[tuple[Any, ...]] = []

    def begun(*, name: str, now: datetime, **_: Any) -> None:
        told.append(("begun", name, now))

    def ended(*, name: str, begun_at: datetime, failing: tuple[str, ...], now: datetime, **_: Any) -> None:
        told.append(("ended", name, begun_at, failing, now >= begun_at))

    round_begun.connect(begun)
    round_ended.connect(ended)
    yield told
    round_begun.disconnect(begun)
    round_ended.disconnect(ended)


def test_every_step_runs_with_the_moment_of_the_round(now: datetime, heard: list[Any]) -> None:
    seen: list[datetime] = []

    def look(*, now: datetime) -> None:
        seen.append(now)

    assert rounds.run(name="clinic", steps=(look, look), now=now) == ()
    assert seen == [now, now]
    assert heard == [("begun", "clinic", now), ("ended", "clinic", now, (), True)]


def test_step_that_fails_stops_no_other_and_is_named_once(now: datetime, heard: list[Any]) -> None:
    ran: list[str] = []

    def broken(*, now: datetime) -> None:
        ran.append("broken")
        raise ZeroDivisionError

    def well(*, now: datetime) -> None:
        ran.append("well")

    failing = rounds.run(name="clinic", steps=(broken, well, broken), now=now)

    assert ran == ["broken", "well", "broken"]
    assert failing == ("test_rounds.broken",)
    assert heard[-1] == ("ended", "clinic", now, ("test_rounds.broken",), True)


@pytest.mark.django_db(transaction=True)
def test_connection_that_breaks_in_a_step_serves_the_next(now: datetime) -> None:
    def breaks(*, now: datetime) -> None:
        connection.ensure_connection()
        connection.connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    found: list[Any] = []

    def looks(*, now: datetime) -> None:
        with connection.cursor() as cursor:
            found.append(cursor.execute("SELECT 1").fetchone())

    assert rounds.run(name="clinic", steps=(breaks, looks), now=now) == ("test_rounds.breaks",)
    assert found == [(1,)]
