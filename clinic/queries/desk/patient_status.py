"""How a patient stands at this moment: what is open, who has it, the last report, what is due next."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.models import Checkin, Escalation, Patient, Report
from clinic.models.checkin import CheckinKind, CheckinState
from clinic.models.escalation import EscalationState
from clinic.queries.checkins import silences, upcoming
from clinic.rules.core.enums import Level
from clinic.rules.reports import phone_levels


@dataclass(frozen=True)
class OpenEscalation:
    """The one that is unresolved; `taken_by` is empty while it waits."""

    id: UUID
    level: Level
    waiting_since: datetime
    taken_by: str
    taken_at: datetime | None
    set_aside_until: datetime | None


@dataclass(frozen=True)
class PatientStatusLine:
    """Read in three queries, however long the record is; in one more where a check-in is overdue."""

    open: OpenEscalation | None
    last_report_at: datetime | None
    # None until it is scored.
    last_level: Level | None
    next_due_at: datetime | None
    next_is_second_reading: bool
    is_overdue: bool
    # The check-in with which a silence began.
    silent_since: datetime | None


def of_patient(*, patient: Patient, now: datetime) -> PatientStatusLine:
    """Of a patient whom the caller may see."""
    report = _last_report(patient)
    assessment = getattr(report, "assessment", None)
    due = _next_due(patient)
    return PatientStatusLine(
        open=_open(patient),
        last_report_at=report.observed_at if report else None,
        last_level=phone_levels.counted(assessment.level, report.level_on_phone)
        if report and assessment
        else None,
        next_due_at=due.due_at if due else upcoming.beyond_plan(patient=patient, now=now),
        next_is_second_reading=due is not None and due.kind == CheckinKind.RECHECK,
        is_overdue=due is not None and due.due_at < now,
        silent_since=silences.silent_since([patient.pk], now).get(patient.pk)
        if due and due.due_at < now
        else None,
    )


def _open(patient: Patient) -> OpenEscalation | None:
    rows = Escalation.objects.filter(patient=patient, is_drill=False).exclude(state=EscalationState.RESOLVED)
    row = rows.select_related("acknowledged_by").first()
    if row is None:
        return None
    return OpenEscalation(
        id=row.pk,
        level=Level(row.level),
        waiting_since=row.waiting_since,
        taken_by=row.acknowledged_by.name if row.acknowledged_by else "",
        taken_at=row.acknowledged_at,
        set_aside_until=row.snoozed_until,
    )


def _last_report(patient: Patient) -> Report | None:
    rows = Report.objects.newest().filter(patient=patient, is_drill=False).select_related("assessment")
    rows = rows.defer("answers", "assessment__inputs", "assessment__reasons")
    return rows.order_by("-observed_at", "-received_at", "-pk").first()


def _next_due(patient: Patient) -> Checkin | None:
    rows = Checkin.objects.filter(patient=patient, state=CheckinState.PLANNED)
    return rows.only("due_at", "kind").order_by("due_at").first()
