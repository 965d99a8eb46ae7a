"""Redis, the workers or beat are killed with everything running: whatever is left scores and pages.

Redis is the test's own, so that it may really die: for web, workers and beat at once.
"""

from collections.abc import Iterator

import pytest

from tests.faults.outcomes import FEVER_AND_CONFUSION, PEOPLE, assert_one_of_each
from tests.faults.test_lost_workers import wait_for_workers
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
        of_george = hand_in(running, *PEOPLE[0])

        running.kill("beat")
        of_frank = hand_in(running, *PEOPLE[1])

        redis.kill()
        of_dorothy = hand_in(running, *PEOPLE[2])

        for api, report_id in (of_george, of_frank, of_dorothy):
            assert_one_of_each(running, api, report_id)

    def test_workers_without_beat_then_without_redis_and_nothing_is_doubled_when_it_is_back(
        running: Place, redis: OwnRedis
    ) -> None:
        running.kill("beat")
        of_george = hand_in(running, *PEOPLE[0])

        running.start_beat()
        redis.kill()
        of_frank = hand_in(running, *PEOPLE[1])
        during = whole_at(running)

        redis.start()
        wait_for_workers(running)
        until(lambda: whole_at(running) > during, "a round after the outage")
        of_dorothy = hand_in(running, *PEOPLE[2])

        for api, report_id in (of_george, of_frank, of_dorothy):
            assert_one_of_each(running, api, report_id)

    def test_web_process_that_is_told_to_end_ends(place: Place, redis: OwnRedis) -> None:
        place.start_web()
        until(lambda: whole_at(place), "a round of the web process alone")

        assert place.stop("web") == 0


def hand_in(place: Place, caregiver: str, patient: str) -> tuple[Api, str]:
    """An emergency, scored and paged; then a nurse takes it, so that no second page follows."""
    api = place.api(place.caregiver(caregiver))
    report_id, body = api.report(place.patient(patient)["id"], FEVER_AND_CONFUSION)
    assert api.put(report_id, body).status_code == 201
    assert_one_of_each(place, api, report_id)
    nurse = place.api(place.staff("nurse@harbor.example"))
    escalation = api.call("GET", f"reports/{report_id}/").json()["escalation"]["id"]
    assert nurse.call("POST", f"escalations/{escalation}/acknowledge/").status_code == 200
    return api, report_id


def whole_at(place: Place) -> list[tuple[object, ...]]:
    """When the rounds that score and that send were last whole; empty before both were."""
    ticks = place.rows("SELECT at FROM clinic_tick WHERE name IN ('clinic', 'notifications') ORDER BY name")
    return ticks if len(ticks) == 2 else []
