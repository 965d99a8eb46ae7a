"""Computes a patient's risk and stores the run, with what it suggests beyond what staff have set."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from clinic.models import FactCorrection, Patient, RiskLowering, RiskRun
from clinic.models.patient import PatientStatus
from clinic.models.risk_lowering import LoweringEnd
from clinic.models.system_alarm import AlarmKind
from clinic.queries.risk import known
from clinic.queries.risk.document import rules
from clinic.rules.patients.life_events import OVER
from clinic.rules.risk import raising
from clinic.rules.risk.answers import is_computed_on, waiting
from clinic.rules.risk.assessment import RiskAssessment, assess_risk
from clinic.rules.risk.fact_sheet import findings_in
from clinic.rules.risk.stored import facts_to_json, findings_of, result_to_json
from clinic.services.core import alarms, audit

logger = logging.getLogger(__name__)


def compute(*, patient: Patient, trigger: str, now: datetime) -> RiskRun:
    """Compute and store; the run that stands where nothing that goes in has changed.

    In the caller's transaction, with the patient locked. LabRefused and FactRefused cannot come of what was
    checked when it was entered.
    """
    facts = known.facts_now(patient, now)
    stored = facts_to_json(facts)
    before = known.current_run(patient)
    version = rules().document.version
    is_same = before is not None and before.facts == stored and before.rule_version == version
    if before is not None and is_same and before.course_number == patient.course_number:
        _store_findings(patient, before)
        follow(patient=patient, run=before, now=now)
        return before
    found = assess_risk(rules().document, facts)
    if before is not None:
        before.is_current = False
        before.save(update_fields=["is_current"])
    run = RiskRun.objects.create(
        patient=patient,
        course_number=patient.course_number,
        day=facts.day,
        computed_at=now,
        trigger=trigger,
        rule_version=version,
        facts=stored,
        result=result_to_json(found),
        suggested=_suggested(found, patient, now),
        waiting=before.waiting if before and before.course_number == patient.course_number else {},
    )
    _store_findings(patient, run)
    detail = {"run": str(run.pk), "trigger": trigger, "rule_version": version}
    audit.record_about(patient, "risk.computed", None, now, detail)
    follow(patient=patient, run=run, now=now)
    return run


def _store_findings(patient: Patient, run: RiskRun) -> None:
    """What additions ask for: the run's reasons, and what the facts say that is no reason of a run."""
    told = findings_of(run.result) | findings_in(known.sheet_of(patient))
    patient.findings = " ".join(sorted(told))
    patient.save(update_fields=["findings"])


def follow(*, patient: Patient, run: RiskRun, now: datetime) -> None:
    """What waits and since when, by what staff have set now; the alarm stands as long as something waits.

    In the caller's transaction, with the patient locked.
    """
    today = known.today_of(patient, now)
    beyond = raising.beyond(run.suggested, raising.by_hand_of(vars(patient)), today)
    kept = {one: run.waiting.get(one, now.isoformat()) for one in sorted(beyond)}
    if kept != run.waiting:
        run.waiting = kept
        run.save(update_fields=["waiting"])
    is_asked = bool(beyond - lowered_for_now(patient, now)) and patient.status not in OVER
    if is_asked:
        alarms.raise_alarm(
            clinic_id=patient.clinic_id, kind=AlarmKind.RISK_SUGGESTED, subject=patient.pk, now=now
        )
    else:
        alarms.clear(clinic_id=patient.clinic_id, kind=AlarmKind.RISK_SUGGESTED, subject=patient.pk, now=now)


def lowered_for_now(patient: Patient, now: datetime) -> frozenset[str]:
    """What two clinicians have set below a suggestion in this course, until a day that is not yet here."""
    today = known.today_of(patient, now)
    rows = RiskLowering.objects.filter(
        patient=patient,
        course_number=patient.course_number,
        end=LoweringEnd.CONFIRMED,
        ends_on__gt=today,
    )
    return frozenset(raising.subject_of(name) for row in rows for name in row.changes)


def recompute_due(*, now: datetime) -> int:
    """Everybody whose day has come, whose record has changed, or who has waited a day. How many.

    A failure for one stops no other. Who has neither labs nor facts is not assessed.
    """
    rows = RiskRun.objects.filter(is_current=True, patient__erased_at=None)
    rows = rows.exclude(patient__status__in=list(OVER)).select_related("patient__clinic")
    corrected = FactCorrection.objects.filter(patient=OuterRef("patient"), at__gt=OuterRef("computed_at"))
    done = 0
    for run in rows.defer("facts", "result").annotate(is_corrected=Exists(corrected)).iterator():
        try:
            if run.is_corrected or _is_due(run, now):
                _recompute(run, now)
                done += 1
        except Exception:
            logger.exception("risk cannot be computed", extra={"patient_id": str(run.patient_id)})
    return done


def _is_due(run: RiskRun, now: datetime) -> bool:
    patient = run.patient
    today = known.today_of(patient, now)
    day = (today - patient.infusion_date).days
    if run.course_number != patient.course_number or run.rule_version != rules().document.version:
        return True
    if run.waiting or raising.beyond(run.suggested, raising.by_hand_of(vars(patient)), today):
        return True
    # Also a day to compute on that was missed, for whatever reason.
    return any(is_computed_on(rules().document.answers, one) for one in range(run.day + 1, day + 1))


@transaction.atomic
def _recompute(found: RiskRun, now: datetime) -> None:
    patient = Patient.objects.select_for_update().get(pk=found.patient_id)
    patient.clinic = found.patient.clinic
    if patient.status in (PatientStatus.ENDED, PatientStatus.DIED) or patient.erased_at is not None:
        return
    run = compute(patient=patient, trigger="day", now=now)
    count_unanswered(patient=patient, run=run, now=now)


def count_unanswered(*, patient: Patient, run: RiskRun, now: datetime) -> bool:
    """Let count what nobody has answered for a day: the higher tier and flags are set. Whether any was.

    In the caller's transaction, with the patient locked.
    """
    due = raising.due(rules().document.answers, run.waiting, now) - lowered_for_now(patient, now)
    if not due:
        return False
    changes = set_raised(patient, run, due)
    audit.record_about(patient, "risk.raised_unanswered", None, now, {**changes, "run": str(run.pk)})
    compute(patient=patient, trigger="patient", now=now)
    return True


def set_raised(patient: Patient, run: RiskRun, subjects: frozenset[str]) -> dict[str, dict[str, Any]]:
    """Set these to what is suggested, on the patient; what changed, as the audit keeps it."""
    changes = raising.changes(run.suggested, raising.by_hand_of(vars(patient)), subjects)
    for name, change in changes.items():
        setattr(patient, name, raising.as_kept(name, change["to"]))
    patient.save(update_fields=list(changes))
    return changes


def _suggested(found: RiskAssessment, patient: Patient, now: datetime) -> Mapping[str, Any]:
    told = waiting(found, patient.infusion_date, now)
    return {
        "tier": str(told.tier),
        "flags": sorted(str(flag) for flag in told.flags),
        "masked_until": told.masked_until.isoformat() if told.masked_until else None,
    }
