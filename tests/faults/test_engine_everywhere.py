"""Redis, the workers or beat are killed with everything running: whatever is left scores and pages.

Redis is the test's own, so that it may really die: for web, workers and beat at once.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.faults.outcomes import FEVER_AND_CONFUSION, assert_one_of_each
from tests.faults.test_lost_workers import submit, wait_for_workers
from tests.own_redis import OwnRedis, own_redis
from tests.processes import Place, on_services, until

pytestmark = pytest.mark.faults

WORKERS = ("worker1", "worker2")

Loss = Callable[[Place, OwnRedis], None]


def redis_dies(place: Place, redis: OwnRedis) -> None:
    redis.kill()


def workers_die(place: Place, redis: OwnRedis) -> None:
    for name in WORKERS:
        place.kill(name)


def beat_dies(place: Place, redis: OwnRedis) -> None:
    place.kill("beat")


def web_is_left_alone(place: Place, redis: OwnRedis) -> None:
    workers_die(place, redis)
    beat_dies(place, redis)


def web_is_left_alone_without_redis(place: Place, redis: OwnRedis) -> None:
    web_is_left_alone(place, redis)
    redis_dies(place, redis)


if on_services():

    @pytest.fixture
    def redis(place: Place) -> Iterator[OwnRedis]:
        """Before any process starts, all are pointed at it."""
        with own_redis(place.folder) as own:
            place.environment["REDIS_URL"] = own.url
            yield own
            place.stop_all()

    @pytest.fixture
    def running(place: Place, redis: OwnRedis) -> Place:
        """Web, two workers and beat, after a round that a worker has done."""
        place.start_web()
        for name in WORKERS:
            place.start_worker(name)
        place.start_beat()
        until(lambda: whole_at(place), "the first rounds")
        return place

    @pytest.mark.parametrize(
        "loss",
        [redis_dies, workers_die, beat_dies, web_is_left_alone, web_is_left_alone_without_redis],
        ids=lambda loss: loss.__name__,
    )
    def test_emergency_is_scored_and_paged_by_whoever_is_left(
        running: Place, redis: OwnRedis, loss: Loss
    ) -> None:
        loss(running, redis)

        api, report_id = submit(running)

        assert_one_of_each(running, api, report_id)

    def test_nothing_is_doubled_when_redis_is_back(running: Place, redis: OwnRedis) -> None:
        redis.kill()
        api, report_id = submit(running)
        assert_one_of_each(running, api, report_id)
        during = whole_at(running)

        redis.start()

        wait_for_workers(running)
        until(lambda: whole_at(running) > during, "a round after the outage")
        another = running.api(running.caregiver("Lucy Ortega"))
        second_id, body = another.report(running.patient("Frank Ortega")["id"], FEVER_AND_CONFUSION)
        assert another.put(second_id, body).status_code == 201
        assert_one_of_each(running, another, second_id)
        assert_one_of_each(running, api, report_id)

    def test_web_process_that_is_told_to_end_ends(place: Place, redis: OwnRedis) -> None:
        place.start_web()
        until(lambda: whole_at(place), "a round of the web process alone")

        assert place.stop("web") == 0


def whole_at(place: Place) -> list[tuple[object, ...]]:
    """When the rounds that score and that send were last whole; empty before both were."""
    ticks = place.rows("SELECT at FROM clinic_tick WHERE name IN ('clinic', 'notifications') ORDER BY name")
    return ticks if len(ticks) == 2 else []
