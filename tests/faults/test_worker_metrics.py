"""A worker and beat give figures at addresses of their own, for all the processes that they are made of."""

import re
import socket

import pytest
import requests

from config import processes
from tests.processes import on_services, until

pytestmark = pytest.mark.faults


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


if on_services():

    def test_worker_counts_its_tasks_and_messages_and_beat_answers_too(place):
        worker, beat, token = free_port(), free_port(), "a-token-of-sixteen-letters"
        told = {"METRICS_TOKEN": token}
        place.start("beat", processes.beat(), **told, WORKER_METRICS=f"127.0.0.1:{beat}")
        place.start("worker1", processes.worker("worker1"), **told, WORKER_METRICS=f"127.0.0.1:{worker}")
        bearer = {"Authorization": f"Bearer {token}"}

        def figures(port: int) -> str:
            return requests.get(f"http://127.0.0.1:{port}/metrics", headers=bearer, timeout=5).text

        done = r'kinwatch_tasks_total\{outcome="success",task="clinic\.tasks\.\w+"\} [1-9]'
        until(lambda: re.search(done, figures(worker)), "a task in the figures")
        assert "process_resident_memory_bytes" in figures(worker)
        assert "process_resident_memory_bytes" in until(lambda: figures(beat), "beat's figures")
        for address, headers in (("metrics", {}), ("metrics", {"Authorization": "Bearer é"}), ("", bearer)):
            asked = requests.get(
                f"http://127.0.0.1:{worker}/{address}",
                headers={name: value.encode() for name, value in headers.items()},
                timeout=5,
            )
            assert (asked.status_code, asked.content) == (404, b"")
