"""Life events as the doors record them: a death also closes what is open about the patient."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.access import Permission, get_life_event, require
from clinic.models import Assessment, EscalationEvent, LifeEvent, Patient, Report, User
from clinic.rules.patients.life_events import Kind
from clinic.services.escalations import ends_of_care, lifecycle, worries
from clinic.services.patients import life_events
from clinic.services.patients.courses import NewCourse
from clinic.services.patients.life_events import (
    NEEDED,
    AlreadyTakenBack,
    NotLast,
    Refused,
    TakenOver,
    WayToClinic,
)

__all__ = ["AlreadyTakenBack", "NotLast", "Refused", "TakenOver", "WayToClinic"]


def record(
    *,
    patient_id: UUID,
    kind: Kind,
    by: User,
    at: datetime,
    reason: str,
    now: datetime,
    given: NewCourse | None = None,
    way: WayToClinic | None = None,
) -> LifeEvent:
    """Put an event of this kind on record; `given` is only for an infusion, `way` for a discharge.

    NotVisible, NotAllowed, Refused; WrongFacts and TooShort about what was given.
    """
    if kind == Kind.INFUSED:
        return life_events.infuse(patient_id=patient_id, by=by, at=at, reason=reason, now=now, given=given)
    if kind == Kind.DISCHARGED:
        return life_events.discharge(patient_id=patient_id, by=by, at=at, reason=reason, now=now, way=way)
    if kind in _ACTS:
        return _ACTS[kind](patient_id=patient_id, by=by, at=at, reason=reason, now=now)
    # A transfer is recorded by the clinic that accepts: the rules say so.
    with life_events.recording(patient_id, kind, by) as patient:
        return life_events.store(patient=patient, kind=kind, by=by, at=at, reason=reason, now=now)


def record_death(*, patient_id: UUID, by: User, at: datetime, reason: str, now: datetime) -> LifeEvent:
    """After this nothing leaves for the family by itself, and nobody is paged about the patient.

    Open escalations are closed by whoever records it. A person calls the family: a task says so.
    NotVisible, NotAllowed, Refused.
    """
    with life_events.recording(patient_id, Kind.DIED, by) as patient:
        event = life_events.store(patient=patient, kind=Kind.DIED, by=by, at=at, reason=reason, now=now)
        ends_of_care.close_for_death(patient=patient, by=by, now=now)
        return event


def take_back(*, patient_id: UUID, event_id: UUID, by: User, reason: str, now: datetime) -> LifeEvent:
    """It was a mistake. Monitoring goes on as before; what a death had closed waits again, and pages.

    NotVisible, NotAllowed, AlreadyTakenBack, TakenOver, NotLast.
    """
    visible = get_life_event(by, patient_id, event_id)
    require(by, NEEDED.get(Kind(visible.kind), Permission.MANAGE_PATIENTS), visible.patient.clinic_id)
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=visible.patient_id)
        event = LifeEvent.objects.select_for_update().get(pk=visible.pk)
        life_events.withdraw_event(patient=patient, event=event, by=by, reason=reason, now=now)
        if event.kind == Kind.DIED:
            ends_of_care.reopen_after_mistake(patient=patient, closed_at=event.recorded_at, by=by, now=now)
            _escalate_held_back(patient, event, now)
            worries.escalate_held_back(patient=patient, now=now)
        return event


def _escalate_held_back(patient: Patient, death: LifeEvent, now: datetime) -> None:
    """Reports that came while the patient was thought to have died paged nobody: now they do."""
    scored = Assessment.objects.filter(
        report__in=Report.objects.newest().filter(patient=patient, is_drill=False),
        assessed_at__gte=death.recorded_at,
    )
    for assessment in scored.select_related("report__protocol_version").order_by("assessed_at", "pk"):
        report = assessment.report
        report.patient = patient
        if not EscalationEvent.objects.filter(report=report).exists():
            lifecycle.open_or_raise(report=report, assessment=assessment, patient=patient, now=now)


_ACTS: dict[Kind, Callable[..., LifeEvent]] = {
    Kind.ADMITTED: life_events.admit,
    Kind.RELAPSED: life_events.record_relapse,
    Kind.ENDED: life_events.end_monitoring,
    Kind.DIED: record_death,
}
