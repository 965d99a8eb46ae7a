"""Findings that a person expects: named on closing, and held against the reports that follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from clinic.models import Assessment, Escalation, EscalationEvent, KnownFinding, Patient, Report, User
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.escalation import EscalationState as State
from clinic.models.suppression import SuppressionRule
from clinic.queries.escalations import known as query
from clinic.queries.protocols.versions import rules_of
from clinic.rules.core.enums import Level
from clinic.rules.paging import known, ladder
from clinic.rules.reports import phone_levels
from clinic.services.core import suppressions
from clinic.services.escalations import changes
from clinic.services.paging import chain


class NotExpectable(Exception):
    """It is no mild finding of this escalation; the message names the question."""


class TooLong(Exception):
    """Something can be expected for 72 hours at most, and not for the past."""


class ReasonNeeded(Exception):
    """Whoever expects something says why, in the last note."""


@dataclass(frozen=True)
class Expected:
    """What is expected, and until when."""

    item: str
    until: datetime


def name(
    *, escalation: Escalation, expected: Sequence[Expected], reason: str, by: User, now: datetime
) -> None:
    """Keep what is expected. Runs inside the act that closes. NotExpectable, TooLong, ReasonNeeded."""
    if not expected:
        return
    if not reason.strip():
        raise ReasonNeeded
    answers = query.nameable(escalation)
    for one in expected:
        if one.item not in answers:
            raise NotExpectable(one.item)
        if not now < one.until <= now + known.LONGEST:
            raise TooLong
    rules = query.rules_of_escalation(escalation)
    for one in expected:
        KnownFinding.objects.update_or_create(
            escalation=escalation,
            item=one.item,
            defaults={
                "patient_id": escalation.patient_id,
                "answer": answers[one.item],
                "rules": sorted(rules),
                "expected_from": now,
                "expected_until": one.until,
                "named_by": by,
                "reason": reason.strip(),
            },
        )


def level_left(*, report: Report, assessment: Assessment, patient: Patient, now: datetime) -> Level:
    """The level that a report moves the patient's escalation with: without what is expected of it.

    Where the phone said more than the rules, that is the level.

    A report that pages all the same ends what was expected: somebody looks anew.
    """
    level = phone_levels.counted(assessment.level, report.level_on_phone)
    if not ladder.pages_staff(level) or _is_paging(patient):
        return level
    in_force = _in_force(patient, now)
    findings = [known.Finding(one.item, one.answer, frozenset(one.rules)) for one in in_force]
    if not findings:
        return level
    # What only the phone found has no reason that could have been named.
    left = level
    if not phone_levels.is_higher(report.level_on_phone, assessment.level):
        rules = rules_of(report.protocol_version)
        left = known.level_left(rules, report.answers, query.fired(assessment.reasons), findings)
    if left == level:
        in_force.update(ended_at=now)
    return left


def put_on_record(
    *,
    report: Report,
    assessment: Assessment,
    patient: Patient,
    escalation: Escalation | None,
    now: datetime,
) -> Escalation | None:
    """Where a report would have paged and did not: one row of the ledger, on the line that it has.

    One that leaves nothing else becomes a line of the escalation with which its finding was named.
    """
    if escalation is not None:
        event = EscalationEvent.objects.get(report=report)
    else:
        named = _in_force(patient, now).order_by("-expected_from", "-pk").select_related("escalation")
        event = _update(changes.lock(named[0].escalation_id), report, assessment, now)
    suppressions.record(
        clinic_id=patient.clinic_id,
        rule=SuppressionRule.EXPECTED,
        patient_id=patient.pk,
        escalation_id=event.escalation_id,
        would_page=chain.first_person(escalation=event.escalation, now=now),
        event=event,
        now=now,
    )
    return escalation


def _is_paging(patient: Patient) -> bool:
    """Something of the patient pages already, or is taken: there the report belongs."""
    unresolved = Escalation.objects.exclude(state=State.RESOLVED).filter(patient=patient, is_drill=False)
    return any(ladder.pages_staff(Level(one)) for one in unresolved.values_list("level", flat=True))


def _in_force(patient: Patient, now: datetime) -> QuerySet[KnownFinding]:
    return KnownFinding.objects.filter(patient=patient, ended_at__isnull=True, expected_until__gt=now)


def _update(escalation: Escalation, report: Report, assessment: Assessment, now: datetime) -> EscalationEvent:
    changes.save_fields(escalation)
    event = EscalationEvent.objects.create(
        escalation=escalation, kind=Kind.EXPECTED, at=now, report=report, level=assessment.level
    )
    changes.publish(escalation, "escalation.expected", None, now)
    return event
