"""What other systems are told, from which acts of the audit, and how long they are waited for.

A kind says that something happened and whom it is about, never what: no level, no answer, no word of health.
Whoever may know the rest asks the API.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

TEST = "listener.test"
# A kind of ours for each act that leaves this house; acts that are not here are told to nobody.
KINDS: Mapping[str, str] = {
    "patient.enrolled": "patient.enrolled",
    "patient.monitoring_started": "patient.changed",
    "patient.facts_changed": "patient.changed",
    "patient.facts_corrected": "patient.changed",
    "patient.infusion_moved": "patient.changed",
    "patient.paused": "patient.changed",
    "patient.resumed": "patient.changed",
    "patient.admitted": "patient.event",
    "patient.discharged": "patient.event",
    "patient.infused": "patient.event",
    "patient.relapsed": "patient.event",
    "patient.died": "patient.event",
    "patient.ended": "patient.event",
    "patient.transferred": "patient.event",
    "patient.event_taken_back": "patient.event",
    "patient.taken_over": "patient.enrolled",
    "patient.erased": "patient.erased",
    "patient.enrolment_taken_back": "patient.erased",
    "report.submitted": "report.received",
    "report.entered_in_error": "report.entered_in_error",
    "escalation.opened": "escalation.opened",
    "escalation.acknowledged": "escalation.acknowledged",
    "escalation.taken_over": "escalation.acknowledged",
    "escalation.reopened": "escalation.reopened",
    "escalation.resolved": "escalation.resolved",
    TEST: TEST,
}

# After so many failures in a row; the last goes on.
_RESTS = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300, 600, 900))
# So long one event is tried; then the line goes on without it, and staff see which it was.
GIVE_UP_AFTER = timedelta(days=3)
# So long something may wait before the leads hear of it.
ALARM_AFTER = timedelta(hours=1)
# So long the secret before signs beside the new one.
BOTH_SECRETS_FOR = timedelta(hours=24)
# Of what was taken, or given up, the row is kept so long.
KEPT_FOR = timedelta(days=30)


def rest_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row (1 is the first)."""
    return _RESTS[min(max(failures, 1), len(_RESTS)) - 1]


def body_of(*, kind: str, at: datetime, clinic: str, patient: str, subject: str) -> bytes:
    """The JSON that is posted: ids alone. `clinic` is its short name, as the API takes it."""
    data = {"clinic": clinic, "patient": patient or None, "id": subject}
    told = {"type": kind, "timestamp": at.isoformat(), "data": data}
    return json.dumps(told, separators=(",", ":")).encode()
