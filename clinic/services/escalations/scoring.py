"""The scoring that decides: idempotent, replayable, and repeated by a sweep if a worker died."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Case, QuerySet, When

from clinic.models import Assessment, Patient, Report, SystemAlarm
from clinic.models.report import ReportState
from clinic.models.system_alarm import AlarmKind
from clinic.queries.protocols.assessments import Scored, assess_report
from clinic.rules.core.enums import Level
from clinic.rules.patients.life_events import NOT_AT_HOME
from clinic.rules.protocols.scoring.assessment import recheck_after
from clinic.services.checkins import plan
from clinic.services.core import alarms
from clinic.services.escalations import lifecycle
from clinic.services.patients import go_home_drills
from clinic.services.protocols.versions import rules_of
from clinic.services.reports import disagreements

logger = logging.getLogger(__name__)

# The sweep leaves a fresh report to the task that the submission nudged.
SWEEP_AFTER = timedelta(seconds=5)
# Of one round, and between two looks for what is more pressing.
SWEEP_AT_MOST, SWEEP_AT_ONCE = 200, 20
# A report that nobody could score for so long is staff's to know about.
ALARM_AFTER = timedelta(seconds=120)


@transaction.atomic
def score(*, report_id: UUID, now: datetime) -> Assessment | None:
    """Score a report once and open or raise its escalation, all in one transaction.

    Called again it returns what is stored. None when there is no such report. The patient's row is
    locked first, so that two reports of one patient are scored one after the other; the weaker lock lets
    new reports of that patient come in meanwhile.
    """
    patient = _patient_of_report(report_id).select_for_update(of=("self",), no_key=True).first()
    return _score_locked(report_id, patient, now) if patient else None


@transaction.atomic
def _score_unless_busy(report_id: UUID, now: datetime) -> bool:
    """The sweep waits for nobody: a patient whose row is held is left to the holder or the next sweep."""
    free = _patient_of_report(report_id).select_for_update(of=("self",), no_key=True, skip_locked=True)
    patient = free.first()
    return patient is not None and _score_locked(report_id, patient, now) is not None


def score_stuck_reports(*, now: datetime, at_most: int = SWEEP_AT_MOST) -> int:
    """Score what no task has scored, alarm about what cannot be; returns how many were finished.

    An emergency by the phone's own reckoning goes first, also one that comes in while this goes on.
    """
    tried: list[UUID] = []
    finished = 0
    while some := _stuck(now, tried, min(SWEEP_AT_ONCE, at_most - len(tried))):
        tried += some
        for report_id in some:
            try:
                finished += _score_unless_busy(report_id, now)
            except Exception:
                logger.exception("a report cannot be scored", extra={"report_id": str(report_id)})
    _alarm_about_unscored(now)
    return finished


def _stuck(now: datetime, tried: list[UUID], count: int) -> list[UUID]:
    rows = Report.objects.filter(state=ReportState.RECEIVED, received_at__lt=now - SWEEP_AFTER)
    is_quiet = Case(When(level_on_phone=Level.EMERGENCY, then=0), default=1)
    waiting = rows.exclude(pk__in=tried).order_by(is_quiet, "received_at")
    return list(waiting.values_list("pk", flat=True)[:count])


def _patient_of_report(report_id: UUID) -> QuerySet[Patient]:
    return Patient.objects.filter(reports=report_id)


def _score_locked(report_id: UUID, patient: Patient, now: datetime) -> Assessment:
    reports = Report.objects.select_for_update(of=("self",)).select_related("protocol_version")
    report = reports.defer("protocol_version__document").get(pk=report_id)
    if report.state == ReportState.SCORED:
        return report.assessment
    # The locked row, not another reading of it.
    report.patient = patient
    earlier = Assessment.objects.filter(report=report).first()
    if earlier is not None:
        return _count_level_on_phone(report, earlier, now)
    scored = assess_report(report)
    assessment = _store(report, scored, now)
    _mark_scored(report, now)
    if report.is_drill:
        go_home_drills.open_for(report=report, assessment=assessment, patient=patient, now=now)
        return assessment
    opened = lifecycle.open_or_raise(report=report, assessment=assessment, patient=patient, now=now)
    if opened is not None:
        disagreements.record_pairs(report=report, assessment=assessment, escalation=opened, now=now)
    if patient.status not in NOT_AT_HOME and not hasattr(report, "mistake"):
        _open_recheck(report, scored, now)
    return assessment


def _count_level_on_phone(report: Report, assessment: Assessment, now: datetime) -> Assessment:
    """The rules have spoken before, and their level stays; since then a repeat brought a higher one."""
    _mark_scored(report, now)
    if report.is_drill:
        return assessment
    raised = lifecycle.raise_by_phone(report=report, assessment=assessment, patient=report.patient, now=now)
    if raised is not None:
        disagreements.record_pairs(report=report, assessment=assessment, escalation=raised, now=now)
    return assessment


def _mark_scored(report: Report, now: datetime) -> None:
    report.state, report.scored_at = ReportState.SCORED, now
    report.save(update_fields=["state", "scored_at"])


def _open_recheck(report: Report, scored: Scored, now: datetime) -> None:
    """One more reading, if either moment asks for it; a correction asks in place of what it corrects."""
    if report.corrects is not None:
        plan.drop_recheck(report=report.corrects, now=now)
    rules = rules_of(report.protocol_version)
    waits = [recheck_after(rules, report.answers, context) for context in scored.contexts]
    after = min((wait for wait in waits if wait is not None), default=None)
    if after is not None:
        plan.open_recheck(report=report, patient=report.patient, after=after)


def _store(report: Report, scored: Scored, now: datetime) -> Assessment:
    languages = rules_of(report.protocol_version).languages
    return Assessment.objects.create(
        report=report,
        level=scored.level,
        level_as_observed=scored.as_observed.level,
        level_as_received=scored.as_received.level,
        reasons=[
            {
                "rule": reason.rule,
                "level": reason.level.value,
                "item": reason.item,
                "why": {language: reason.why(language) for language in languages},
                # A pointer for staff, such as to a pattern of blood counts; no family page reads it.
                "staff_hint": dict(reason.hints),
                "as_observed": scored.holds_only_as_observed(reason),
            }
            for reason in scored.reasons
        ],
        protocol_version=report.protocol_version,
        inputs=scored.inputs(),
        assessed_at=now,
    )


def _alarm_about_unscored(now: datetime) -> None:
    overdue = Report.objects.filter(state=ReportState.RECEIVED, received_at__lt=now - ALARM_AFTER)
    for report_id, clinic_id in overdue.values_list("pk", "patient__clinic_id")[:200]:
        alarms.raise_alarm(clinic_id=clinic_id, kind=AlarmKind.UNSCORED, subject=report_id, now=now)
    for alarm in SystemAlarm.objects.filter(kind=AlarmKind.UNSCORED, cleared_at__isnull=True):
        if Report.objects.filter(pk=alarm.subject, state=ReportState.SCORED).exists():
            alarms.clear(clinic_id=alarm.clinic_id, kind=AlarmKind.UNSCORED, subject=alarm.subject, now=now)
