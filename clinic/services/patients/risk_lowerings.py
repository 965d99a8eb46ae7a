"""A lower risk is proposed by one clinician and confirmed by another; until then what is on file counts."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from clinic.access import Permission, get_risk_lowering, require, require_managing
from clinic.models import Patient, RiskLowering, User
from clinic.models.risk_lowering import LoweringEnd
from clinic.models.system_alarm import AlarmKind
from clinic.queries.risk.document import rules
from clinic.rules.patients.life_events import OVER
from clinic.services.core import alarms, audit

# What nobody has answered by then is proposed anew, by somebody who knows how the patient is now.
LASTS = timedelta(hours=72)
LONGEST_REASON = 500


class LoweringRefused(Exception):
    """It cannot be done so; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def require_may_propose(*, patient: Patient, reason: str, by: User) -> None:
    """NotAllowed; LoweringRefused: "no_reason", "waiting_already"."""
    require(by, Permission.LOWER_RISKS, patient.clinic_id)
    if not reason.strip():
        raise LoweringRefused("no_reason")
    if open_ones().filter(patient=patient).exists():
        raise LoweringRefused("waiting_already")


def propose(
    *,
    patient: Patient,
    changes: Mapping[str, Any],
    reason: str,
    by: User,
    now: datetime,
    reason_code: str = "",
    ends_on: date | None = None,
) -> RiskLowering:
    """In the caller's transaction, with the patient locked, after `require_may_propose`.

    `changes` as the audit has them: {field: {"from": old, "to": new}}; where both are the same, it stays so
    though more is suggested. On `ends_on` what is computed counts again; without it, after the longest time.
    """
    longest = timedelta(days=rules().document.answers.lower_at_most_days)
    lowering = RiskLowering.objects.create(
        patient=patient,
        course_number=patient.course_number,
        changes=dict(changes),
        reason=reason.strip(),
        reason_code=reason_code,
        ends_on=ends_on or now.astimezone(ZoneInfo(patient.time_zone)).date() + longest,
        proposed_at=now,
        proposed_by=by,
    )
    _audit("risk_lowering.proposed", lowering, patient, by, now)
    alarms.raise_alarm(clinic_id=patient.clinic_id, kind=AlarmKind.RISK_LOWERING, subject=patient.pk, now=now)
    return lowering


def confirm(*, lowering_id: UUID, by: User, now: datetime) -> RiskLowering:
    """The second clinician: from the next report on the lower risk counts.

    NotVisible, NotAllowed; LoweringRefused: "second_person", "closed", "overtaken".
    """
    visible = _may_decide(lowering_id, by)
    if visible.proposed_by_id == by.pk:
        raise LoweringRefused("second_person")
    with transaction.atomic():
        patient, lowering = _locked(visible)
        overtaken = _is_overtaken(lowering, patient, now)
        _close(lowering, patient, LoweringEnd.OVERTAKEN if overtaken else LoweringEnd.CONFIRMED, by, now)
        if not overtaken:
            for name, change in lowering.changes.items():
                setattr(patient, name, _as_kept(name, change["to"]))
            patient.save(update_fields=list(lowering.changes))
            audit.record_about(patient, "patient.facts_changed", by, now, lowering.changes)
    if overtaken:
        raise LoweringRefused("overtaken")
    return lowering


def refuse(*, lowering_id: UUID, by: User, now: datetime) -> RiskLowering:
    """Another clinician says no, or whoever proposed it takes it back.

    NotVisible, NotAllowed; LoweringRefused("closed").
    """
    visible = _may_decide(lowering_id, by)
    with transaction.atomic():
        patient, lowering = _locked(visible)
        is_own = lowering.proposed_by_id == by.pk
        _close(lowering, patient, LoweringEnd.WITHDRAWN if is_own else LoweringEnd.REFUSED, by, now)
        return lowering


def close_overtaken(*, now: datetime) -> int:
    """Close what nobody can confirm any more; returns how many."""
    closed = 0
    for found in open_ones().select_related("patient").order_by("proposed_at", "pk"):
        if _is_overtaken(found, found.patient, now):
            closed += _close_if_overtaken(found, now)
    return closed


def open_ones() -> QuerySet[RiskLowering]:
    """Proposals that nobody has decided."""
    return RiskLowering.objects.filter(end="")


@transaction.atomic
def _close_if_overtaken(found: RiskLowering, now: datetime) -> bool:
    try:
        patient, lowering = _locked(found)
    except LoweringRefused:
        return False
    if not _is_overtaken(lowering, patient, now):
        return False
    _close(lowering, patient, LoweringEnd.OVERTAKEN, None, now)
    return True


def _may_decide(lowering_id: UUID, by: User) -> RiskLowering:
    lowering = get_risk_lowering(by, lowering_id)
    require(by, Permission.LOWER_RISKS, lowering.patient.clinic_id)
    require_managing(by, lowering.patient)
    return lowering


def _locked(visible: RiskLowering) -> tuple[Patient, RiskLowering]:
    """The patient first, as wherever else a patient changes."""
    patient = Patient.objects.select_for_update().get(pk=visible.patient_id)
    lowering = open_ones().select_for_update(of=("self",)).filter(pk=visible.pk).first()
    if lowering is None:
        raise LoweringRefused("closed")
    return patient, lowering


def _is_overtaken(lowering: RiskLowering, patient: Patient, now: datetime) -> bool:
    if lowering.proposed_at <= now - LASTS or lowering.course_number != patient.course_number:
        return True
    if patient.status in OVER or patient.erased_at is not None:
        return True
    return any(
        getattr(patient, name) != _as_kept(name, change["from"]) for name, change in lowering.changes.items()
    )


def _close(
    lowering: RiskLowering, patient: Patient, end: LoweringEnd, by: User | None, now: datetime
) -> None:
    person = None if end == LoweringEnd.OVERTAKEN else by
    lowering.end, lowering.closed_at, lowering.closed_by = end, now, person
    lowering.save(update_fields=["end", "closed_at", "closed_by"])
    _audit(f"risk_lowering.{end}", lowering, patient, person, now)
    kind = AlarmKind.RISK_LOWERING
    alarms.clear(clinic_id=patient.clinic_id, kind=kind, subject=patient.pk, now=now, by=person)


def _as_kept(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name == "masked_until" and value else value


def _audit(action: str, lowering: RiskLowering, patient: Patient, by: User | None, now: datetime) -> None:
    detail = {"lowering": str(lowering.pk), "proposed_by": str(lowering.proposed_by_id)}
    audit.record_about(patient, action, by, now, {**lowering.changes, **detail})
