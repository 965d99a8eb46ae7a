"""RabbitMQ as the broker in place of Redis, which stays for the cache and the consoles.

Named by RABBITMQ_URL (amqp://…), which tests/run.py sets where one runs, and left out where it is not set.
"""

import os

import pytest

from tests.faults.outcomes import FEVER_AND_CONFUSION, assert_one_of_each, george
from tests.processes import Place

QUIET = {"temp_value": 36.8, "temp_unit": "C"}

pytestmark = pytest.mark.faults


def test_a_report_is_scored_and_paged_through_rabbitmq(place: Place) -> None:
    # The workers alone: what the engine of the other processes would do is switched off.
    place.environment.update(CELERY_BROKER_URL=os.environ["RABBITMQ_URL"], ENGINE_FALLBACK="off")
    place.start_web()
    place.start_worker("worker1")
    place.start_worker("worker2")
    api, patient = george(place)
    quiet, body = api.report(patient, QUIET)
    assert api.put(quiet, body).status_code == 201
    urgent, body = api.report(patient, FEVER_AND_CONFUSION)

    assert api.put(urgent, body).status_code == 201

    # Without beat nothing but the broker can have brought it to a worker.
    assert_one_of_each(place, api, urgent)
