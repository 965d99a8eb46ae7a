"""`make demo` as a person uses it: it ends when asked, everything with it, and starts again where it was."""

import os
import signal

import pytest

from tests.faults.outcomes import FEVER_AND_CONFUSION, george, scored
from tests.processes import Place, until

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_asked_and_keeps_what_came_in(place: Place, number: signal.Signals) -> None:
    place.start_demo()
    api, patient = george(place)
    report_id, body = api.report(patient, FEVER_AND_CONFUSION)
    api.put(report_id, body)
    scored(api, report_id)
    before = family_of(place.children["demo"].pid)
    assert place.stop("demo", number) == 0
    assert "Stopped." in place.log("demo")
    until(lambda: not any(map(is_running, before)), "the end of every process it started")
    place.start_demo()
    assert scored(api, report_id)["escalation"]["state"] == "open"
    assert place.count("clinic_patient") == len(place.seed["patients"])


def family_of(pid: int) -> list[int]:
    """A process and everything below it."""
    with open(f"/proc/{pid}/task/{pid}/children") as listed:
        children = [int(child) for child in listed.read().split()]
    return [pid, *(one for child in children for one in family_of(child))]


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as status:
            return status.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
