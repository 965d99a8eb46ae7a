"""Staff answer a suggestion: they take it up at once, or two clinicians stay below it until a day."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from clinic.access import Permission, get_patient, require, require_managing
from clinic.models import Patient, RiskLowering, User
from clinic.queries.risk import known
from clinic.queries.risk.document import rules
from clinic.rules.risk import raising
from clinic.rules.risk.answers import Override, Subject, refusals
from clinic.services.core import audit, closed_records
from clinic.services.patients import risk_lowerings
from clinic.services.risk import runs

# Stands for whoever confirms later; that it is another person is refused where they do.
_LATER = "later"


class AnswerRefused(Exception):
    """It cannot be answered so; `codes` are those of rules/risk/answers.Refused, or "nothing_waits"."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(codes)
        super().__init__(", ".join(self.codes))


def take_up(*, patient_id: UUID, run_id: str, by: User, now: datetime) -> Patient:
    """A clinician agrees: what is suggested beyond what is set counts at once.

    `run_id` is the assessment that they saw. NotVisible, NotAllowed, RecordClosed, AnswerRefused.
    """
    visible = _may_answer(patient_id, by)
    with transaction.atomic():
        patient = _locked(visible)
        run = known.current_run(patient)
        if run is None or str(run.pk) != run_id:
            raise AnswerRefused(["nothing_waits"])
        today = known.today_of(patient, now)
        subjects = raising.beyond(run.suggested, raising.by_hand_of(vars(patient)), today)
        if not subjects:
            raise AnswerRefused(["nothing_waits"])
        changes = runs.set_raised(patient, run, subjects)
        audit.record_about(patient, "risk.raised", by, now, {**changes, "run": str(run.pk)})
        runs.compute(patient=patient, trigger="patient", now=now)
        return patient


def propose_below(
    *,
    patient_id: UUID,
    by: User,
    subjects: Iterable[str],
    reason_code: str,
    text: str,
    ends_on: date | None,
    now: datetime,
) -> RiskLowering:
    """A clinician asks a second one to stay below what is suggested, until a day.

    NotVisible, NotAllowed, RecordClosed, AnswerRefused, LoweringRefused.
    """
    visible = _may_answer(patient_id, by)
    chosen = sorted({str(one) for one in subjects} & {one.value for one in Subject})
    today = known.today_of(visible, now)
    override = Override(
        subject=Subject(chosen[0]) if chosen else Subject.TIER,
        is_lower=True,
        by=str(by.pk),
        is_clinician=True,
        reason=reason_code,
        text=text,
        begins_on=today,
        ends_on=ends_on,
        second=_LATER,
        second_is_clinician=True,
    )
    found: list[str] = [one.value for one in refusals(rules().document.answers, override)]
    run = known.current_run(visible)
    suggested = set() if run is None else _suggested(run.suggested, today)
    if not chosen or not set(chosen) <= suggested:
        found.insert(0, "nothing_waits")
    if found:
        raise AnswerRefused(found)
    words = text.strip() or reason_code
    risk_lowerings.require_may_propose(patient=visible, reason=words, by=by)
    with transaction.atomic():
        patient = _locked(visible)
        by_hand = raising.by_hand_of(vars(patient))
        return risk_lowerings.propose(
            patient=patient,
            changes={raising.field_of(one): _below(one, by_hand, today) for one in chosen},
            reason=words,
            by=by,
            now=now,
            reason_code=reason_code,
            ends_on=ends_on,
        )


def _suggested(told: dict[str, object], today: date) -> set[str]:
    """Everything that is suggested today, whether it is set or not."""
    nothing = raising.ByHand(tier="standard", flags=frozenset(), masked_until=None)
    return set(raising.beyond(told, nothing, today))


def _below(subject: str, by_hand: raising.ByHand, today: date) -> dict[str, object]:
    if subject == Subject.TIER:
        return {"from": by_hand.tier, "to": "standard"}
    if subject == Subject.MASKED:
        before = by_hand.masked_until
        # One that has passed by itself says the same as none, and is left as it is.
        stays = before is not None and before < today
        return {
            "from": before.isoformat() if before else None,
            "to": before.isoformat() if before and stays else None,
        }
    return {"from": subject in by_hand.flags, "to": False}


def _may_answer(patient_id: UUID, by: User) -> Patient:
    patient = get_patient(by, patient_id)
    require(by, Permission.LOWER_RISKS, patient.clinic_id)
    require_managing(by, patient)
    closed_records.require_cared_for(patient)
    return patient


def _locked(visible: Patient) -> Patient:
    patient = Patient.objects.select_for_update().get(pk=visible.pk)
    patient.clinic = visible.clinic
    return patient
