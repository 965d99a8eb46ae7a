"""The scoring that decides: idempotent, replayable, and repeated by a sweep if a worker died."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Case, QuerySet, When

from clinic import prepared
from clinic.models import Assessment, Patient, Report, SystemAlarm
from clinic.models.report import ReportState
from clinic.models.system_alarm import AlarmKind
from clinic.prepared import PreparedQuery, PreparedRows
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
from notifications.services import nudge

logger = logging.getLogger(__name__)

SCORE = "clinic.tasks.score_report"
# The sweep leaves a fresh report to the task that the submission nudged.
SWEEP_AFTER = timedelta(seconds=5)
# Of one round, and between two looks for what is more pressing; as many share one transaction.
SWEEP_AT_MOST, AT_ONCE = 200, 20
# A report that nobody could score for so long is staff's to know about.
ALARM_AFTER = timedelta(seconds=120)


@transaction.atomic
def score(*, report_id: UUID, now: datetime) -> Assessment | None:
    """Score a report once and open or raise its escalation, all in one transaction.

    Called again it returns what is stored. None when there is no such report. The patient's row is
    locked first, so that two reports of one patient are scored one after the other; the weaker lock lets
    new reports of that patient come in meanwhile.
    """
    patient = _locked_patient.first(report_id)
    report = _locked_report.first(report_id) if patient else None
    return _score_locked(report, patient, now) if report and patient else None


def score_with_waiting(*, report_id: UUID, now: datetime) -> None:
    """Score this report and others that have come in since, the oldest first, together.

    Reports that come in while this waits for its turn wake no task of their own (`nudge.after_commit`). Where
    more wait than one transaction should hold, the next task takes them: what is more pressing goes between.
    """
    nudge.begun(SCORE)
    # One that could not be scored for long would hold up a whole transaction each time: the sweep's.
    waiting = [pk for (pk,) in _waiting_beside(report_id, now - ALARM_AFTER)]
    ids = [report_id, *waiting[: AT_ONCE - 1]]
    try:
        scored = _score_together(ids, now)
    except Exception:
        logger.exception("reports cannot be scored together")
        scored = set()
    # Whoever holds the patient is waited for: it may be somebody who looked before this report was there.
    scored |= {one for one in ids if one not in scored and _score_alone(one, now)}
    if scored and len(waiting) == AT_ONCE:
        nudge.after_commit(SCORE, waiting[-1], once=True)


@transaction.atomic
def _score_together(report_ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Those of them that were scored; whoever's row is held by somebody else is left out.

    Clinic by clinic: a clinic's row is held from its first change on, and two that go through several in
    another order would wait for each other.
    """
    patients = {patient.pk: patient for patient in _free_patients(report_ids)}
    found = _free_reports(report_ids, list(patients))
    for report in found:
        _score_locked(report, patients[report.patient_id], now)
    return {report.pk for report in found}


def _score_alone(report_id: UUID, now: datetime) -> bool:
    try:
        return score(report_id=report_id, now=now) is not None
    except Exception:
        logger.exception("a report cannot be scored", extra={"report_id": str(report_id)})
        return False


def score_stuck_reports(*, now: datetime, at_most: int = SWEEP_AT_MOST) -> int:
    """Score what no task has scored, alarm about what cannot be; returns how many were finished.

    An emergency by the phone's own reckoning goes first, also one that comes in while this goes on.
    """
    tried: list[UUID] = []
    finished = 0
    stuck = Report.objects.filter(received_at__lt=now - SWEEP_AFTER)
    while some := list(_waiting(stuck.exclude(pk__in=tried))[: min(AT_ONCE, at_most - len(tried))]):
        tried += some
        for report_id in some:
            try:
                # A patient whose row is held is left to the holder or the next sweep.
                finished += len(_score_together([report_id], now))
            except Exception:
                logger.exception("a report cannot be scored", extra={"report_id": str(report_id)})
    _alarm_about_unscored(now)
    return finished


def _waiting(among: QuerySet[Report]) -> QuerySet[Report, UUID]:
    """Those that nobody has scored: emergencies by the phone's own reckoning, then the oldest."""
    is_quiet = Case(When(level_on_phone=Level.EMERGENCY, then=0), default=1)
    waiting = among.filter(state=ReportState.RECEIVED).order_by(is_quiet, "received_at")
    return waiting.values_list("pk", flat=True)


_waiting_beside = PreparedRows(
    lambda report_id, since: _waiting(Report.objects.filter(received_at__gt=since).exclude(pk=report_id))[
        :AT_ONCE
    ],
    UUID,
    datetime,
)


def _to_score() -> QuerySet[Report]:
    """Reports with all that scoring asks of them, locked."""
    rows = Report.objects.select_for_update(of=("self",))
    return rows.select_related("protocol_version", "assessment", "mistake").defer(
        "protocol_version__document", "assessment__inputs"
    )


_locked_patient = PreparedQuery(
    lambda report_id: Patient.objects.filter(reports=report_id).select_for_update(of=("self",), no_key=True),
    UUID,
)
_free_patients = PreparedQuery(
    lambda report_ids: Patient.objects.filter(
        pk__in=Report.objects.filter(pk__in=report_ids).values("patient")
    ).select_for_update(of=("self",), no_key=True, skip_locked=True),
    list[UUID],
)
_free_reports = PreparedQuery(
    lambda report_ids, patient_ids: (
        _to_score()
        .filter(pk__in=report_ids, patient__in=patient_ids)
        .order_by("patient__clinic", "received_at", "pk")
    ),
    list[UUID],
    list[UUID],
)
_locked_report = PreparedQuery(lambda report_id: _to_score().filter(pk=report_id), UUID)


def _score_locked(report: Report, patient: Patient, now: datetime) -> Assessment:
    if report.state == ReportState.SCORED:
        return report.assessment
    # The locked row, not another reading of it.
    report.patient = patient
    if hasattr(report, "assessment"):
        return _count_level_on_phone(report, report.assessment, now)
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
    prepared.update(report, "state", "scored_at")


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
    assessment = Assessment(
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
    prepared.insert(assessment)
    return assessment


def _alarm_about_unscored(now: datetime) -> None:
    overdue = Report.objects.filter(state=ReportState.RECEIVED, received_at__lt=now - ALARM_AFTER)
    for report_id, clinic_id in overdue.values_list("pk", "patient__clinic_id")[:200]:
        alarms.raise_alarm(clinic_id=clinic_id, kind=AlarmKind.UNSCORED, subject=report_id, now=now)
    for alarm in SystemAlarm.objects.filter(kind=AlarmKind.UNSCORED, cleared_at__isnull=True):
        if Report.objects.filter(pk=alarm.subject, state=ReportState.SCORED).exists():
            alarms.clear(clinic_id=alarm.clinic_id, kind=AlarmKind.UNSCORED, subject=alarm.subject, now=now)
