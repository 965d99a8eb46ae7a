"""Redis, the workers or beat are killed with everything running: whatever is left scores and pages.

Redis is the test's own, so that it may really die: for web, workers and beat at once.
"""

from collections.abc import Iterator

import pytest

from tests.faults.outcomes import assert_one_of_each, scored
from tests.faults.test_lost_workers import submit, wait_for_workers
from tests.own_redis import OwnRedis, own_redis
from tests.processes import Api, Place, on_services, until

pytestmark = pytest.mark.faults

WORKERS = ("worker1", "worker2")

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

    def test_emergencies_are_scored_and_paged_by_whoever_is_left(running: Place, redis: OwnRedis) -> None:
        for name in WORKERS:
            running.kill(name)
        by_beat_and_web = hand_in(running)

        running.kill("beat")
        by_web = hand_in(running)

        redis.kill()
        without_redis = hand_in(running)

        for api, report_id in (by_beat_and_web, by_web, without_redis):
            assert_one_of_each(running, api, report_id)

    def test_nothing_is_doubled_when_beat_and_redis_are_back(running: Place, redis: OwnRedis) -> None:
        running.kill("beat")
        without_beat = hand_in(running)

        running.start_beat()
        redis.kill()
        without_redis = hand_in(running)
        during = whole_at(running)

        redis.start()
        wait_for_workers(running)
        until(lambda: whole_at(running) > during, "a round after the outage")
        afterwards = hand_in(running)

        for api, report_id in (without_beat, without_redis, afterwards):
            assert_one_of_each(running, api, report_id)

    def test_web_process_that_is_told_to_end_ends(place: Place, redis: OwnRedis) -> None:
        place.start_web()
        until(lambda: whole_at(place), "a round of the web process alone")

        assert place.stop("web") == 0


def hand_in(place: Place) -> tuple[Api, str]:
    """An emergency, scored and paged; then a nurse takes and closes it, so that the next one opens anew."""
    api, report_id = submit(place)
    assert_one_of_each(place, api, report_id)
    nurse = place.api(place.staff("nurse@harbor.example"))
    escalation = f"escalations/{scored(api, report_id)['escalation']['id']}"
    assert nurse.call("POST", f"{escalation}/acknowledge/").status_code == 200
    closing = {"outcome": "advice_given", "note": "Spoke to June"}
    assert nurse.call("POST", f"{escalation}/resolve/", closing).status_code == 200
    return api, report_id


def whole_at(place: Place) -> list[tuple[object, ...]]:
    """When the rounds that score and that send were last whole; empty before both were."""
    ticks = place.rows("SELECT at FROM clinic_tick WHERE name IN ('clinic', 'notifications') ORDER BY name")
    return ticks if len(ticks) == 2 else []
