"""Whose turn it is, and what is noted of a round."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from clinic.models import EngineRound, Tick
from clinic.services.core import ticks

EVERY = {"clinic": timedelta(seconds=10), "rota": timedelta(hours=1)}


def claimed(now):
    return ticks.claim_first_overdue(every=EVERY, now=now)


def test_rounds_that_nobody_has_ever_begun_are_claimed_one_after_the_other(db, now):
    assert [claimed(now) for _ in range(3)] == ["clinic", "rota", None]
    assert dict(EngineRound.objects.values_list("name", "begun_at")) == {"clinic": now, "rota": now}


def test_round_that_somebody_begins_in_time_is_left_to_them(db, now):
    for name in EVERY:
        ticks.begin(name=name, now=now)

    assert claimed(now + timedelta(seconds=19)) is None
    ticks.begin(name="clinic", now=now + timedelta(seconds=19))
    assert claimed(now + timedelta(seconds=38)) is None


def test_round_that_nobody_begins_is_claimed_once_and_again_when_nobody_goes_on(db, now):
    for name in EVERY:
        ticks.begin(name=name, now=now)
    late = now + timedelta(seconds=20)

    assert [claimed(late), claimed(late)] == ["clinic", None]
    assert claimed(late + timedelta(seconds=20)) == "clinic"


def test_what_comes_first_is_claimed_first_however_late_the_other_is(db, now):
    ticks.begin(name="rota", now=now - timedelta(days=1))
    ticks.begin(name="clinic", now=now - timedelta(seconds=20))

    assert [claimed(now), claimed(now)] == ["clinic", "rota"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begun", [False, True], ids=["never begun", "overdue"])
def test_of_several_processes_that_find_it_at_once_one_gets_it(now, begun):
    every = {"clinic": EVERY["clinic"]}
    if begun:
        ticks.begin(name="clinic", now=now - timedelta(minutes=1))
    together = Barrier(4)

    def claim(_: int) -> str | None:
        together.wait()
        try:
            return ticks.claim_first_overdue(every=every, now=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        got = list(threads.map(claim, range(4)))

    assert sorted(got, key=str) == [None, None, None, "clinic"]


def test_round_without_a_failing_step_is_whole(db, now):
    ticks.begin(name="clinic", now=now)
    ticks.end(name="clinic", begun_at=now, failing=(), now=now + timedelta(seconds=3))

    assert Tick.objects.get(name="clinic").at == now
    last = EngineRound.objects.get(name="clinic")
    assert (last.begun_at, last.ended_at, last.failing) == (now, now + timedelta(seconds=3), [])


def test_round_with_a_failing_step_names_it_and_is_not_whole(db, now):
    ticks.record(name="clinic", now=now - timedelta(minutes=5))
    ticks.begin(name="clinic", now=now)
    ticks.end(name="clinic", begun_at=now, failing=("reminders.remind_due",), now=now)

    assert Tick.objects.get(name="clinic").at == now - timedelta(minutes=5)
    assert EngineRound.objects.get(name="clinic").failing == ["reminders.remind_due"]

    ticks.end(name="clinic", begun_at=now, failing=(), now=now)
    assert EngineRound.objects.get(name="clinic").failing == []
