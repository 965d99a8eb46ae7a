"""Silence is a symptom: a missed check-in opens or raises an escalation.

The clock starts at the first planned check-in that no report has answered, so a family that reports on
time is never late, however long a planned gap is. By then the family has been reminded and the others
in it asked (checkins/reminders). How long silence may last is in the protocol, never here. A second reading
that a report asked for has shorter timers of its own: it is owed because medicine may hide a fever.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from uuid import UUID

from django.db import transaction

from clinic.models import Checkin, Patient
from clinic.models.checkin import CheckinState
from clinic.models.escalation import Cause
from clinic.models.patient import PatientStatus
from clinic.queries.checkins import silences
from clinic.queries.protocols.patient_context import context_of
from clinic.queries.protocols.versions import current_rules, current_rules_for, rules_of
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import (
    Assessment,
    assess_missing_recheck,
    assess_silence,
)
from clinic.services.escalations import lifecycle

logger = logging.getLogger(__name__)


def escalate_due(*, now: datetime) -> int:
    """Open or raise an escalation for every silence, and every second reading that is missing, that has
    lasted long enough; returns how many."""
    raised = 0
    for patient_id in _patients_overdue(now):
        try:
            raised += _escalate_silence(patient_id, now)
        except Exception:
            logger.exception("a silence cannot be looked at", extra={"patient_id": str(patient_id)})
    for checkin in _rechecks_overdue(now):
        try:
            raised += _escalate_missing_recheck(checkin, now)
        except Exception:
            logger.exception("a second reading cannot be looked at", extra={"checkin_id": str(checkin.pk)})
    return raised


@transaction.atomic
def _escalate_silence(patient_id: UUID, now: datetime) -> bool:
    """Under the locks again: a report that comes in at the same moment wins or waits."""
    patient = _lock_monitored(patient_id)
    silence = silences.beginning_of(silences.unanswered(now).filter(patient=patient)) if patient else None
    if patient is None or silence is None:
        return False
    checkin = Checkin.objects.select_for_update(of=("self",)).get(pk=silence.pk)
    rules = current_rules_for(patient)
    if checkin.state != CheckinState.PLANNED or rules is None:
        return False
    return _raise_once(checkin, patient, _assess_silence(rules, checkin, patient, now), now)


@transaction.atomic
def _escalate_missing_recheck(overdue: Checkin, now: datetime) -> bool:
    """Under the locks again, like a silence."""
    patient = _lock_monitored(overdue.patient_id)
    rows = silences.missing_rechecks(now).select_for_update(of=("self",))
    checkin = rows.filter(pk=overdue.pk).first() if patient else None
    if patient is None or checkin is None:
        return False
    return _raise_once(checkin, patient, _assess_missing_recheck(checkin, now), now)


def _lock_monitored(patient_id: UUID) -> Patient | None:
    patients = Patient.objects.filter(pk=patient_id, status=PatientStatus.ACTIVE)
    return patients.select_for_update(of=("self",), no_key=True, skip_locked=True).first()


def _raise_once(checkin: Checkin, patient: Patient, found: Assessment, now: datetime) -> bool:
    """Each step of the timers once for each check-in."""
    if not found.level > Level(checkin.silence_level or Level.NONE):
        return False
    checkin.silence_level = found.level
    checkin.save(update_fields=["silence_level"])
    lifecycle.open_for_cause(
        patient=patient,
        cause=Cause.MISSED_CHECKIN,
        level=found.level,
        why=found.reasons[0].texts,
        now=now,
    )
    return True


def _patients_overdue(now: datetime) -> Iterator[UUID]:
    """Patients whose silence calls for more than it has raised so far; read without locks."""
    rows = silences.unanswered(now).order_by("patient_id", "due_at")
    rules_by_protocol = cache(current_rules)
    for _, of_patient in groupby(rows, key=lambda row: row.patient_id):
        silence = silences.beginning_of(of_patient)
        if silence is None:
            continue
        rules = rules_by_protocol(silence.patient.clinic, silence.patient.protocol_code)
        if rules is None:
            continue
        level = _assess_silence(rules, silence, silence.patient, now).level
        if level > Level(silence.silence_level or Level.NONE):
            yield silence.patient_id


def _rechecks_overdue(now: datetime) -> list[Checkin]:
    """Second readings whose absence calls for more than it has raised so far; read without locks."""
    return [
        row
        for row in silences.missing_rechecks(now)
        if _assess_missing_recheck(row, now).level > Level(row.silence_level or Level.NONE)
    ]


def _assess_missing_recheck(checkin: Checkin, now: datetime) -> Assessment:
    """By the protocol that asked for it."""
    first = checkin.recheck_of
    if first is None:
        raise ValueError("this check-in is no second reading")
    minutes = (now - checkin.due_at) / timedelta(minutes=1)
    return assess_missing_recheck(rules_of(first.protocol_version), minutes)


def _assess_silence(rules: Protocol, checkin: Checkin, patient: Patient, now: datetime) -> Assessment:
    """By the timers of the day on which the silence began: a phase that ends meanwhile excuses nothing."""
    hours = (now - checkin.due_at) / timedelta(hours=1)
    return assess_silence(rules, context_of(patient, checkin.due_at), hours)
