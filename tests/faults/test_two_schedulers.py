"""Two schedulers and four workers: every timer fires once, whoever wakes first."""

import pytest

from config import processes
from tests.faults.outcomes import FEVER_AND_CONFUSION, scored
from tests.processes import Place, on_services, until

pytestmark = pytest.mark.faults

# Early enough after the infusion for an emergency, which no bundle holds back.
PEOPLE = (
    ("June Whitaker", "George Whitaker"),
    ("Lucy Ortega", "Frank Ortega"),
    ("Sam Blake", "Dorothy Blake"),
)

if on_services():

    def test_no_page_is_doubled_and_a_lease_ends_once(place: Place) -> None:
        place.start_web()
        for number in range(4):
            place.start_worker(f"worker{number}")
        for number in range(2):
            place.start(f"beat{number}", processes.beat())
        opened = [report(place, *pair) for pair in PEOPLE]
        until(lambda: all(sent(place, one) for one in opened), "the first page of each")
        nurse = place.api(place.staff("nurse@harbor.example"))
        assert nurse.call("POST", f"escalations/{opened[0]}/acknowledge/").status_code == 200
        before = sent(place, opened[0])

        run_out(place, opened[0])

        until(lambda: sent(place, opened[0]) > before, "the page after the lease")
        assert count_events(place, opened[0], "lease_ended") == 1
        assert place.count(twice("escalation_id, number", "clinic_page")) == 0
        assert place.count(twice("message_id", "clinic_page WHERE state = 'sent'")) == 0
        # The same first step twice: at the opening and once more when the lease ended.
        first = (
            f"clinic_page WHERE escalation_id = '{opened[0]}' AND state = 'sent' AND step = 0 AND attempt = 0"
        )
        assert place.count(first) == 2


def report(place: Place, caregiver: str, patient: str) -> str:
    api = place.api(place.caregiver(caregiver))
    report_id, body = api.report(place.patient(patient)["id"], FEVER_AND_CONFUSION)
    assert api.put(report_id, body).status_code == 201
    return str(scored(api, report_id)["escalation"]["id"])


def sent(place: Place, escalation: str) -> int:
    return place.count(f"clinic_page WHERE escalation_id = '{escalation}' AND state = 'sent'")


def count_events(place: Place, escalation: str, kind: str) -> int:
    return place.count(f"clinic_escalationevent WHERE escalation_id = '{escalation}' AND kind = '{kind}'")


def run_out(place: Place, escalation: str) -> None:
    """As if nobody had worked on it for its whole lease."""
    place.rows(f"UPDATE clinic_escalation SET lease_until = now() WHERE id = '{escalation}' RETURNING id")


def twice(columns: str, rows: str) -> str:
    """What stands more than once in these rows."""
    return f"(SELECT {columns} FROM {rows} GROUP BY {columns} HAVING count(*) > 1) AS doubled"
