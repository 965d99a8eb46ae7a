"""A pause of monitoring, as staff read it on the patient's page."""

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from uuid import UUID

from clinic.models import AuditEvent, Patient, User
from clinic.models.patient import PatientStatus

PAUSED, RESUMED = "patient.paused", "patient.resumed"
# Longer ago nobody prolonged one.
ROWS_READ = 50


@dataclass(frozen=True)
class Pause:
    """`by` set it as it stands now; `since` is when it began, None where no record of that is left."""

    since: datetime | None
    by: str
    until: datetime
    reason: str


def of_patient(patient: Patient) -> Pause | None:
    """The pause that stands; two queries, none for whoever is not paused."""
    if patient.status != PatientStatus.PAUSED or patient.paused_until is None:
        return None
    rows = AuditEvent.objects.filter(patient_id=patient.pk, action__in=[PAUSED, RESUMED])
    newest: list[tuple[datetime, str, UUID | None]] = list(
        rows.order_by("-at", "-pk").values_list("at", "action", "actor_id")[:ROWS_READ]
    )
    this_one = list(takewhile(lambda row: row[1] == PAUSED, newest))
    set_by = this_one[0][2] if this_one else None
    who = User.objects.filter(pk=set_by).first() if set_by else None
    return Pause(
        since=this_one[-1][0] if this_one else None,
        by=who.name if who else "",
        until=patient.paused_until,
        reason=patient.pause_reason,
    )
