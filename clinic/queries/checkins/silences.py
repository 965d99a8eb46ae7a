"""Silences: planned check-ins of monitored patients that no report has answered."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max, OuterRef, QuerySet, Subquery

from clinic.models import Checkin, Escalation
from clinic.models.checkin import CheckinState
from clinic.models.escalation import Cause
from clinic.models.patient import PatientStatus


def unanswered(now: datetime) -> QuerySet[Checkin]:
    """Check-ins past due at monitored patients, each with when staff last dealt with a silence."""
    dealt_with = (
        Escalation.objects.filter(
            patient=OuterRef("patient"), is_drill=False, events__cause=Cause.MISSED_CHECKIN
        )
        .values("patient")
        .annotate(last=Max("resolved_at"))
        .values("last")
    )
    rows = Checkin.objects.filter(
        state=CheckinState.PLANNED,
        due_at__lte=now,
        patient__status=PatientStatus.ACTIVE,
        patient__is_synthetic=False,
    )
    return rows.select_related("patient__clinic").annotate(dealt_with_at=Subquery(dealt_with))


def beginning_of(rows: Iterable[Checkin]) -> Checkin | None:
    """The check-in since which there has been silence: due while monitored, and after staff last closed
    one. Somebody who was called is not alarmed about again before the next check-in is missed."""
    for row in sorted(rows, key=lambda row: row.due_at):
        floors = [row.patient.monitored_since, vars(row)["dealt_with_at"]]
        if all(floor is None or row.due_at >= floor for floor in floors):
            return row
    return None
