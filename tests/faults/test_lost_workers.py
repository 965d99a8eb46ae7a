"""A worker, the queue or the web process's way to the broker is gone between submission and scoring.

The engine of the other processes is off here: what is shown is that beat and a worker find it. That any
process does it without them: test_engine_everywhere.py.
"""

import os
import signal

import pytest

from tests.faults.outcomes import FEVER_AND_CONFUSION, assert_one_of_each, george
from tests.processes import Place, on_services, redis, until

pytestmark = pytest.mark.faults

NO_BROKER = "redis://127.0.0.1:1/0"

if on_services():

    @pytest.fixture(autouse=True)
    def _by_beat_and_workers_alone(place: Place) -> None:
        place.environment["ENGINE_FALLBACK"] = "off"

    def test_worker_killed_with_the_task_in_its_hands(place: Place) -> None:
        place.start_web()
        place.start_worker("doomed")
        wait_for_workers(place)
        # Frozen, it still takes the task from the queue; killed, it takes it along.
        os.killpg(place.children["doomed"].pid, signal.SIGSTOP)
        api, report_id = submit(place)
        assert api.call("GET", f"reports/{report_id}/").json()["state"] == "received"
        place.kill("doomed")
        place.start_worker("another")
        place.start_beat()
        assert_one_of_each(place, api, report_id)

    def test_queue_flushed_before_the_worker_saw_it(place: Place) -> None:
        place.start_web()
        api, report_id = submit(place)
        queue = redis(place.environment["REDIS_URL"])
        until(lambda: queue.llen("celery"), "the task in the queue")
        queue.flushdb()
        place.start_worker("worker1")
        place.start_worker("worker2")
        place.start_beat()
        assert_one_of_each(place, api, report_id)

    def test_web_process_without_the_broker_when_the_report_comes_in(place: Place) -> None:
        place.start_web(CELERY_BROKER_URL=NO_BROKER)
        api, report_id = submit(place)
        assert api.call("GET", f"reports/{report_id}/").json()["state"] == "received"
        place.start_worker()
        place.start_beat()
        assert_one_of_each(place, api, report_id)

else:

    def test_process_killed_with_reports_accepted_and_not_scored(place: Place) -> None:
        # A worker with nobody to wake it: the queue is this process's memory, and dies with it.
        place.start_web()
        api, report_id = submit(place)
        assert api.call("GET", f"reports/{report_id}/").json()["state"] == "received"
        place.kill("web")
        place.start_demo()
        assert_one_of_each(place, api, report_id)

    def test_demo_killed_at_once_after_the_answer(place: Place) -> None:
        place.start_demo()
        api, report_id = submit(place)
        place.kill("demo")
        place.start_demo()
        assert_one_of_each(place, api, report_id)


def submit(place: Place):
    api, patient = george(place)
    report_id, body = api.report(patient, FEVER_AND_CONFUSION)
    answer = api.put(report_id, body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["advice"]["level"] == "emergency"
    return api, report_id


def wait_for_workers(place: Place) -> None:
    """A worker that listens blocks on the queue's list; Redis counts such clients."""

    number = place.environment["REDIS_URL"].rsplit("/", 1)[1]

    def listening() -> bool:
        clients = redis(place.environment["REDIS_URL"]).client_list()
        return any(client["db"] == number and client["cmd"] == "brpop" for client in clients)

    until(listening, "a worker that listens")
