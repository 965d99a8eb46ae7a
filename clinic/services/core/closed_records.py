"""A record on which nothing is asked for any more: the patient has died, or another clinic goes on.

What belongs on it all the same stays open: notes of calls, outcomes, corrections, the family's access.
"""

from clinic.models import Patient
from clinic.queries.patients import life_events
from clinic.rules.patients.life_events import Refusal


class RecordClosed(Exception):
    """Nobody is cared for by this record any more; `reason` is AFTER_DEATH or AFTER_TRANSFER."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


def require_cared_for(patient: Patient) -> None:
    """RecordClosed. What is asked under the patient's lock is true until the end of the transaction."""
    reason = life_events.closed_by(patient)
    if reason is not None:
        raise RecordClosed(reason)
