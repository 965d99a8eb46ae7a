"""Silences: check-ins of monitored patients that no report has answered, and second readings owed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery, UUIDField, Value
from django.db.models.functions import Cast, Replace

from clinic.models import Checkin, Escalation, EscalationEvent, SystemAlarm
from clinic.models.checkin import CheckinKind, CheckinState
from clinic.models.escalation import Cause
from clinic.models.patient import PatientStatus
from clinic.models.system_alarm import AlarmKind

# Not before the family has been reminded twice.
SILENT_AFTER = timedelta(hours=1)


def unanswered(now: datetime) -> QuerySet[Checkin]:
    """Planned check-ins past due at monitored patients, each with when staff last dealt with a silence."""
    dealt_with = (
        Escalation.objects.filter(
            patient=OuterRef("patient"), is_drill=False, events__cause=Cause.MISSED_CHECKIN
        )
        .values("patient")
        .annotate(last=Max("resolved_at"))
        .values("last")
    )
    rows = _overdue(now).filter(kind=CheckinKind.SCHEDULED)
    return rows.select_related("patient__clinic").annotate(dealt_with_at=Subquery(dealt_with))


def silent_since(patient_ids: Iterable[UUID], now: datetime) -> dict[UUID, datetime]:
    """Of these patients, since which check-in those are silent who are; one query."""
    rows = unanswered(now).filter(patient__in=list(patient_ids))
    return {patient_id: row.due_at for patient_id, row in beginnings(rows, now).items()}


def beginnings(rows: QuerySet[Checkin], now: datetime) -> dict[UUID, Checkin]:
    """By patient, the check-in with which a silence began that is worth a word by now; of `unanswered`."""
    ordered = rows.order_by("patient_id", "due_at")
    firsts = (beginning_of(of_patient) for _, of_patient in groupby(ordered, key=lambda row: row.patient_id))
    return {row.patient_id: row for row in firsts if row and row.due_at <= now - SILENT_AFTER}


def missing_rechecks(now: datetime) -> QuerySet[Checkin]:
    """Second readings past due at monitored patients, the longest overdue first.

    Where staff have closed the alert of the first reading since it came in, they have dealt with it. What was
    due before monitoring began, or began again after a pause, is owed no more.
    """
    closed = EscalationEvent.objects.filter(
        report=OuterRef("recheck_of"),
        escalation__is_drill=False,
        escalation__resolved_at__gte=OuterRef("recheck_of__received_at"),
    )
    since = Q(patient__monitored_since=None) | Q(due_at__gte=F("patient__monitored_since"))
    rows = _overdue(now).filter(since, ~Exists(closed), kind=CheckinKind.RECHECK)
    # Rules are parsed once a process: the document itself is rarely needed.
    rows = rows.select_related("recheck_of__protocol_version").defer("recheck_of__protocol_version__document")
    return rows.order_by("due_at", "pk")


def _overdue(now: datetime) -> QuerySet[Checkin]:
    """Not where staff are asked who watches now: nobody there can report, so no silence says anything."""
    asked = SystemAlarm.objects.filter(kind=AlarmKind.NOBODY_WATCHES, cleared_at__isnull=True)
    # An alarm names its subject in words; both databases read a UUID without hyphens.
    without_hyphens = Replace("subject", Value("-"), Value(""))
    patients = asked.annotate(patient_id=Cast(without_hyphens, UUIDField())).values("patient_id")
    return Checkin.objects.filter(
        state=CheckinState.PLANNED,
        due_at__lte=now,
        patient__status=PatientStatus.ACTIVE,
        patient__is_synthetic=False,
    ).exclude(patient__in=patients)


def beginning_of(rows: Iterable[Checkin]) -> Checkin | None:
    """The check-in since which there has been silence: due while monitored, and after staff last closed
    one. Somebody who was called is not alarmed about again before the next check-in is missed."""
    for row in sorted(rows, key=lambda row: row.due_at):
        floors = [row.patient.monitored_since, vars(row)["dealt_with_at"]]
        if all(floor is None or row.due_at >= floor for floor in floors):
            return row
    return None
