"""A storm: many reports in five minutes, every tenth an emergency, and how long each waited for a person.

One web service of two processes, two workers, beat. Emergencies are those of different families, so that each
begins an escalation of its own and pages. What is told is read from the database: when a report came in, when
it was scored, when the provider had its first page.
"""

import itertools
import json
import os
import statistics
import threading
import time
import uuid
from collections.abc import Iterable
from typing import Any

import requests

from tests.bench import loading
from tests.bench.against_floor import start_ours
from tests.processes import Place, until

REPORTS, EVERY = int(os.environ.get("STORM_REPORTS", "2000")), 10
SECONDS = REPORTS * 300 / 2000
CLIENTS = 16
QUIET = {"temp_value": 36.8, "temp_unit": "C"}
EMERGENCY = {"temp_value": 38.6, "temp_unit": "C", "confusion": 1}

# Of each report since a moment: was it an emergency, and seconds until its score and until its page.
_WAITED = """
SELECT assessment.level = 'emergency',
       extract(epoch FROM assessment.assessed_at - report.received_at),
       extract(epoch FROM (
           SELECT min(message.attempted_at) FROM clinic_escalationevent event
           JOIN clinic_page page ON page.escalation_id = event.escalation_id
           JOIN notifications_message message ON message.id = page.message_id
           WHERE event.report_id = report.id) - report.received_at)
FROM clinic_report report JOIN clinic_assessment assessment ON assessment.report_id = report.id
WHERE report.id = ANY (ARRAY[{ids}]::uuid[])
"""


def measure(place: Place) -> list[dict[str, Any]]:
    """One line a figure, in seconds. The place is on services, loaded with the small clinic, not started."""
    server = start_ours(place)
    place.start_worker("worker2")
    version = json.loads(server.say()[1])["protocol_version"]
    numbers, ids, lock = itertools.count(), list[str](), threading.Lock()
    began = time.monotonic()

    def client() -> None:
        while True:
            with lock:
                number = next(numbers)
            if number >= REPORTS:
                return
            time.sleep(max(0.0, began + number * SECONDS / REPORTS - time.monotonic()))
            report_id = _send(place, version, number)
            with lock:
                ids.append(report_id)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    assert len(ids) == REPORTS, "a client met an error"
    until(lambda: place.count("clinic_report WHERE state = 'received'") == 0, "the last score", 600)
    quoted = ", ".join(f"'{one}'" for one in ids)
    until(lambda: _unpaged(place, quoted) == 0, "the last page", 600)
    rows = place.rows(_WAITED.format(ids=quoted))
    place.stop_all()
    urgent = [row for row in rows if row[0]]
    return [
        {"figure": "storm", "reports": len(rows), "emergencies": len(urgent), "seconds": round(took)},
        {"figure": "storm_emergency_scored_s", **_spread(row[1] for row in urgent)},
        {"figure": "storm_emergency_paged_s", **_spread(row[2] for row in urgent)},
        {"figure": "storm_quiet_scored_s", **_spread(row[1] for row in rows if not row[0])},
    ]


def _unpaged(place: Place, quoted: str) -> int:
    return sum(row[0] and row[2] is None for row in place.rows(_WAITED.format(ids=quoted)))


def _send(place: Place, version: int, number: int) -> str:
    """Families in turn; the emergencies are those of the first two hundred in theirs."""
    is_emergency = number % EVERY == 0
    family = 1 + (number // EVERY if is_emergency else number) % loading.SMALL.patients
    moment, report_id = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), str(uuid.uuid4())
    answer = requests.put(
        f"{place.base_url}/api/v1/reports/{report_id}/",
        json={
            "patient": loading.patient_id(family),
            "protocol_version": version,
            "language": "en",
            "answers": EMERGENCY if is_emergency else QUIET,
            "observed_at": moment,
            "sent_at": moment,
        },
        headers={"Authorization": f"Bearer {loading.TOKEN}{family}"},
        timeout=60,
    )
    assert answer.status_code == 201, answer.text[:200]
    return report_id


def _spread(values: Iterable[Any]) -> dict[str, float]:
    inside = sorted(float(value) for value in values)
    return {
        "median": round(statistics.median(inside), 2),
        "p95": round(inside[int(len(inside) * 0.95)], 2),
        "longest": round(inside[-1], 2),
    }
