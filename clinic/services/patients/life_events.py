"""What happens in a patient's life is one act: the fact, and all that hangs on it, in one transaction.

A death also closes what is open about the patient, so it is recorded by services/escalations/life_events.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic.access import Permission, get_patient, require
from clinic.models import CareTeamMember, Escalation, LifeEvent, Patient, User
from clinic.models.life_event import LifeEventKind
from clinic.models.patient import PatientStatus
from clinic.models.system_alarm import AlarmKind
from clinic.queries.core import products
from clinic.queries.patients import life_events as queries
from clinic.rules.patients import life_events as rules
from clinic.rules.patients.life_events import NOT_AT_HOME, OVER, Kind, Refusal, Status
from clinic.services.checkins import plan, transport
from clinic.services.core import alarms, audit, live
from clinic.services.patients import clinic_offers, courses, go_home_drills, watchers, withdrawals
from clinic.services.patients.courses import NewCourse
from clinic.services.patients.withdrawals import Withdrawn
from notifications.queries import standings
from notifications.rules.standings import Standing
from notifications.services import nudge

# A death closes escalations, which only who answers them may.
NEEDED = {Kind.DIED: Permission.ACT_ON_ESCALATIONS}
# Tasks to speak to a family about its texts: after a death they would be one more blow.
_TASKS_ABOUT_TEXTS = (
    *(AlarmKind.DEATH_TOLD, AlarmKind.STOP_ASKED, AlarmKind.OPTED_OUT),
    *(AlarmKind.NUMBER_BAD, AlarmKind.NUMBER_SILENT),
)
# What staff are asked about somebody whom our texts do not reach.
_TASK_OF = {
    Standing.STOPPED: AlarmKind.OPTED_OUT,
    Standing.PAUSED: AlarmKind.STOP_ASKED,
    Standing.UNREACHABLE: AlarmKind.NUMBER_SILENT,
}
_ACTIONS = {kind: f"patient.{kind}" for kind in Kind}


class Refused(Exception):
    """This cannot be put on record: `reason` says why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class WayToClinic:
    """How far it is from where they stay now, and whether they could come tonight; None was not asked."""

    minutes_to_centre: int | None = None
    can_come_tonight: bool | None = None


class AlreadyTakenBack(Exception):
    """It has been taken back before."""


class TakenOver(Exception):
    """Another clinic has accepted the patient: this record stays as it is, and only they offer them back."""


class NotLast(Exception):
    """Something that came after it changed monitoring too: that has to be taken back first."""


def admit(*, patient_id: UUID, by: User, at: datetime, reason: str, now: datetime) -> LifeEvent:
    """No check-in, no reminder and no silence until a discharge. NotVisible, NotAllowed, Refused."""
    with recording(patient_id, Kind.ADMITTED, by) as patient:
        return store(patient=patient, kind=Kind.ADMITTED, by=by, at=at, reason=reason, now=now)


def discharge(
    *,
    patient_id: UUID,
    by: User,
    at: datetime,
    reason: str,
    now: datetime,
    way: WayToClinic | None = None,
) -> LifeEvent:
    """Home again: silence starts afresh, check-ins are planned, staff ask who helps now.

    What staff have asked about the way counts from the first report on.

    NotVisible, NotAllowed, Refused.
    """
    with recording(patient_id, Kind.DISCHARGED, by) as patient:
        event = store(patient=patient, kind=Kind.DISCHARGED, by=by, at=at, reason=reason, now=now)
        if patient.status == PatientStatus.ACTIVE:
            _raise(patient, AlarmKind.HOME_AGAIN, now)
        if way is not None:
            _note_way(patient, way, by, now)
        return event


def record_relapse(*, patient_id: UUID, by: User, at: datetime, reason: str, now: datetime) -> LifeEvent:
    """A fact on the record; what is asked at home stays as it is. NotVisible, NotAllowed, Refused."""
    with recording(patient_id, Kind.RELAPSED, by) as patient:
        return store(patient=patient, kind=Kind.RELAPSED, by=by, at=at, reason=reason, now=now)


def infuse(
    *, patient_id: UUID, by: User, at: datetime, reason: str, now: datetime, given: NewCourse | None = None
) -> LifeEvent:
    """A second infusion begins a course: days, check-ins and windows count from its day, wherever they are.

    What was seen before that day stays in the course before. Where monitoring had ended, the patient is
    prepared to go home again. NotVisible, NotAllowed, Refused, WrongFacts,
    TooShort.
    """
    with recording(patient_id, Kind.INFUSED, by) as patient:
        chosen = courses.choose(patient, given or NewCourse())
        day_0 = at.astimezone(ZoneInfo(patient.time_zone)).date()
        course = {
            "day_0": {"from": patient.infusion_date.isoformat(), "to": day_0.isoformat()},
            "product": products.code_for(chosen.product.product),
            "protocol": chosen.protocol_code,
        }
        event = store(patient=patient, kind=Kind.INFUSED, by=by, at=at, reason=reason, now=now, course=course)
        courses.begin_next(patient=patient, event=event, day_0=day_0, chosen=chosen, by=by, now=now)
        return event


def end_monitoring(*, patient_id: UUID, by: User, at: datetime, reason: str, now: datetime) -> LifeEvent:
    """Nothing is asked at home any more. What is open stays with staff. NotVisible, NotAllowed, Refused."""
    with recording(patient_id, Kind.ENDED, by) as patient:
        return store(patient=patient, kind=Kind.ENDED, by=by, at=at, reason=reason, now=now)


def admit_by_outcome(
    *, patient: Patient, escalation: Escalation, by: User, now: datetime
) -> LifeEvent | None:
    """Somebody answered an escalation with "admitted": so it is on record, once.

    None where the patient is in hospital already, or where this escalation has said so before. It never
    fails: an answer must always be taken. Runs in the transaction of the answer, with the patient locked.
    """
    said_before = escalation.life_events.filter(kind=Kind.ADMITTED, taken_back_at__isnull=True)
    if patient.status in NOT_AT_HOME or said_before.exists():
        return None
    return _store(patient, Kind.ADMITTED, Status.ADMITTED, by, now, "", now, escalation)


@contextmanager
def recording(patient_id: UUID, kind: Kind, by: User) -> Iterator[Patient]:
    """The patient, locked for an event of this kind. A refusal of access comes before the transaction."""
    visible = get_patient(by, patient_id)
    require(by, NEEDED.get(kind, Permission.MANAGE_PATIENTS), visible.clinic_id)
    with transaction.atomic():
        yield Patient.objects.select_for_update().get(pk=visible.pk)


def store(
    *,
    patient: Patient,
    kind: Kind,
    by: User,
    at: datetime,
    reason: str,
    now: datetime,
    course: Mapping[str, Any] | None = None,
    is_accepted: bool = False,
) -> LifeEvent:
    """Put a fact on record with all that hangs on it. In a transaction, with the patient locked. Refused.

    `course` is for the audit row of an infusion; `is_accepted` as in the rules.
    """
    of = queries.standing_of(patient)
    refused = rules.refusal(kind, at=at, reason=reason, of=of, now=now, is_accepted=is_accepted)
    if refused is not None:
        raise Refused(refused)
    to = rules.status_after(kind, of)
    return _store(patient, kind, to, by, min(at, now), reason.strip(), now, course=course)


def withdraw_event(*, patient: Patient, event: LifeEvent, by: User, reason: str, now: datetime) -> None:
    """It was a mistake: it stays on record as one, and monitoring goes on as it was before.

    Silence starts afresh. Runs in the caller's transaction, with patient and event locked.
    AlreadyTakenBack, TakenOver, NotLast.
    """
    if queries.is_taken_over(patient):
        raise TakenOver
    if event.taken_back_at is not None:
        raise AlreadyTakenBack
    if not queries.is_last(event):
        raise NotLast
    event.taken_back_at, event.taken_back_by, event.taken_back_reason = now, by, reason.strip()
    event.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_reason"])
    if queries.changes_monitoring(event):
        _go_back(patient, event, by, now)
    if event.kind == Kind.INFUSED:
        courses.take_back(patient=patient, event=event, now=now)
    detail = {"event": str(event.pk), "kind": event.kind, "status": patient.status}
    audit.record_about(patient, "patient.event_taken_back", by, now, detail)
    _hint(patient, now)


def _store(
    patient: Patient,
    kind: Kind,
    to: Status,
    by: User,
    at: datetime,
    reason: str,
    now: datetime,
    escalation: Escalation | None = None,
    course: Mapping[str, Any] | None = None,
) -> LifeEvent:
    event = LifeEvent.objects.create(
        patient=patient,
        kind=LifeEventKind(kind),
        at=at,
        recorded_at=now,
        recorded_by=by,
        reason=reason,
        escalation=escalation,
        status_before=patient.status,
        status_after=PatientStatus(to),
        paused_until_before=patient.paused_until,
        pause_reason_before=patient.pause_reason,
        home_since_before=patient.home_since,
    )
    if kind is Kind.DISCHARGED and to is Status.ACTIVE:
        patient.home_since = at
    changes = queries.changes_monitoring(event)
    withdrawn = _enter(patient, to, since=at, by=by, now=now) if changes else Withdrawn()
    detail = {
        "event": str(event.pk),
        "at": at.isoformat(),
        "status": {"from": event.status_before, "to": event.status_after},
        "withdrawn": withdrawn.as_detail(),
        **({"course": dict(course)} if course else {}),
    }
    audit.record_about(patient, _ACTIONS[kind], by, now, detail)
    _hint(patient, now)
    return event


def _enter(
    patient: Patient,
    to: Status,
    *,
    since: datetime,
    by: User,
    now: datetime,
    pause: Mapping[str, Any] | None = None,
) -> Withdrawn:
    """The patient's new status, and what it does to everything that is planned or on its way."""
    patient.status = PatientStatus(to)
    patient.paused_until, patient.pause_reason = None, ""
    for name, value in (pause or {}).items():
        setattr(patient, name, value)
    if to is Status.ACTIVE:
        patient.monitored_since = now
        nudge.after_commit("clinic.tasks.plan")
    patient.save(update_fields=["status", "paused_until", "pause_reason", "monitored_since", "home_since"])
    watchers.sync(patient=patient, now=now)
    if to in NOT_AT_HOME:
        _clear(patient, AlarmKind.HOME_AGAIN, by, now)
    if to is Status.DIED:
        _take_up_death(patient, by, now)
    if to in OVER:
        # Taken back, the next round of assessments asks again.
        _clear(patient, AlarmKind.RISK_SUGGESTED, by, now)
        go_home_drills.close_waiting(patient=patient, by=by, now=now)
        clinic_offers.lapse(patient=patient, by=by, now=now)
        return withdrawals.stop_everything(patient=patient, since=since, by=by, now=now)
    if to is Status.ADMITTED:
        return withdrawals.stop_asking(patient=patient, since=since, now=now)
    return Withdrawn()


def _take_up_death(patient: Patient, by: User, now: datetime) -> None:
    """A person calls the family; no text does. What else staff were to ask them is not asked any more."""
    members = CareTeamMember.objects.filter(patient=patient).values_list("pk", flat=True)
    for member_id in members:
        for kind in _TASKS_ABOUT_TEXTS:
            alarms.clear(clinic_id=patient.clinic_id, kind=kind, subject=member_id, now=now, by=by)
    _raise(patient, AlarmKind.CALL_FAMILY, now)


def _go_back(patient: Patient, event: LifeEvent, by: User, now: datetime) -> None:
    if event.kind == Kind.DIED:
        _clear(patient, AlarmKind.CALL_FAMILY, by, now)
        _ask_about_texts(patient, now)
    if event.kind == Kind.DISCHARGED:
        _clear(patient, AlarmKind.HOME_AGAIN, by, now)
        patient.home_since = event.home_since_before
    before = Status(event.status_before)
    pause = None
    if before is Status.PAUSED and event.paused_until_before is not None and event.paused_until_before > now:
        pause = {"paused_until": event.paused_until_before, "pause_reason": event.pause_reason_before}
    elif before is Status.PAUSED:
        # It would have ended by itself meanwhile.
        before = Status.ACTIVE
    _enter(patient, before, since=now, by=by, now=now, pause=pause)
    if before is Status.ACTIVE:
        plan.restore_rechecks(patient=patient, now=now)


def _ask_about_texts(patient: Patient, now: datetime) -> None:
    """The patient lives: whom no reminder reaches is staff's task again, since before or since meanwhile."""
    team = CareTeamMember.objects.filter(patient=patient, ended_at__isnull=True, user__phone__isnull=False)
    members = list(team.select_related("user").order_by("pk"))
    found = standings(str(one.user.phone) for one in members)
    for one in members:
        kind = _TASK_OF.get(found[str(one.user.phone)])
        if kind is not None:
            alarms.raise_alarm(clinic_id=patient.clinic_id, kind=kind, subject=one.pk, now=now)


def _note_way(patient: Patient, way: WayToClinic, by: User, now: datetime) -> None:
    minutes, before = way.minutes_to_centre, patient.minutes_to_centre
    if minutes is not None and minutes != before:
        patient.minutes_to_centre = minutes
        patient.save(update_fields=["minutes_to_centre"])
        changed = {"minutes_to_centre": {"from": before, "to": minutes}}
        audit.record_about(patient, "patient.facts_changed", by, now, changed)
    if way.can_come_tonight is not None and patient.status == PatientStatus.ACTIVE:
        transport.note(patient=patient, can_come=way.can_come_tonight, by=by, now=now)


def _raise(patient: Patient, kind: AlarmKind, now: datetime) -> None:
    alarms.raise_alarm(clinic_id=patient.clinic_id, kind=kind, subject=patient.pk, now=now)


def _clear(patient: Patient, kind: AlarmKind, by: User, now: datetime) -> None:
    alarms.clear(clinic_id=patient.clinic_id, kind=kind, subject=patient.pk, now=now, by=by)


def _hint(patient: Patient, now: datetime) -> None:
    live.publish_change(clinic_id=patient.clinic_id, kind="patient", ref=patient.pk, level=None, now=now)
