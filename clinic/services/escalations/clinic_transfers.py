"""A patient goes on at another clinic: offered, and accepted or not. Until then the sender monitors.

Accepting is one transaction: the sender's record closes with all that hangs on it, and a new one begins at
the receiver. It stands here because open escalations are handed over with the patient. Both clinics' rows are
changed, so once it is clear that the person may, the database gives out both.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import row_scope
from clinic.access import Permission, can, get_clinic_transfer, get_patient, require
from clinic.models import Clinic, ClinicTransfer, LifeEvent, Patient, User
from clinic.models.clinic_transfer import ClinicTransferState as State
from clinic.models.system_alarm import AlarmKind
from clinic.queries.patients.clinic_transfers import ReceivedOffer, received
from clinic.rules.core.zones import zone_names
from clinic.rules.patients.life_events import OVER, Kind
from clinic.services.core import alarms, audit, live
from clinic.services.escalations import ends_of_care
from clinic.services.patients import clinic_moves, life_events
from clinic.services.protocols.versions import current_version
from clinic.services.risk import moving

LONGEST_REASON = 1000


class ReasonNeeded(Exception):
    """An offer, and a refusal of one, say why."""


class CareOver(Exception):
    """There is nothing to hand over: the patient is monitored no more."""


class NoSuchClinic(Exception):
    """Not another clinic of this installation."""


class OfferedAlready(Exception):
    """One offer is open: withdraw it first."""


class NotOpen(Exception):
    """The offer has been answered or withdrawn: `state` says what came of it."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class NoZone(Exception):
    """Not a time zone."""


@dataclass(frozen=True)
class Acceptance:
    """What the receiver confirms: the zone of the home, and who of the family goes on (ids of their links).

    `known_others` as at enrolment. `hospital_number` is what this hospital calls them; None as far as known.
    """

    time_zone: str
    members: Collection[int]
    known_others: frozenset[UUID] = frozenset()
    hospital_number: str | None = None


@row_scope.everything()
def offer(*, patient_id: UUID, to_clinic_id: UUID, reason: str, by: User, now: datetime) -> ClinicTransfer:
    """Ask another clinic to take the patient over; its team sees it on the console.

    NotVisible, NotAllowed, NoSuchClinic, ReasonNeeded, CareOver, OfferedAlready.
    """
    visible = get_patient(by, patient_id)
    require(by, Permission.MANAGE_PATIENTS, visible.clinic_id)
    to_clinic = Clinic.objects.exclude(pk=visible.clinic_id).filter(pk=to_clinic_id).first()
    if to_clinic is None:
        raise NoSuchClinic
    said = _said(reason)
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=visible.pk)
        if patient.status in OVER:
            raise CareOver
        if patient.clinic_transfers.filter(state=State.OFFERED).exists():
            raise OfferedAlready
        made = ClinicTransfer.objects.create(
            patient=patient, to_clinic=to_clinic, reason=said, offered_at=now, offered_by=by
        )
        _clear(made, patient, by, now, AlarmKind.TRANSFER_DECLINED)
        alarms.raise_alarm(clinic_id=to_clinic.pk, kind=AlarmKind.TRANSFER_OFFERED, subject=made.pk, now=now)
        _record(made, patient, "clinic_transfer.offered", by, now)
        return made


@row_scope.everything()
def open_to_answer(*, transfer_id: UUID, by: User, now: datetime) -> ReceivedOffer:
    """The same for somebody who is about to answer. NotVisible, NotAllowed."""
    require(by, Permission.MANAGE_PATIENTS, get_clinic_transfer(by, transfer_id).to_clinic_id)
    return open_offer(transfer_id=transfer_id, by=by, now=now)


@row_scope.everything()
def open_offer(*, transfer_id: UUID, by: User, now: datetime) -> ReceivedOffer:
    """What either side sees, and that they looked: a row for the leads of each clinic. NotVisible."""
    found = get_clinic_transfer(by, transfer_id)
    may_answer = can(by, Permission.MANAGE_PATIENTS, found.to_clinic_id)
    audit.record_at_clinics(
        action="clinic_transfer.viewed",
        by=by,
        now=now,
        clinic_ids=[found.patient.clinic_id, found.to_clinic_id],
        subject_type="clinic_transfer",
        subject_id=found.pk,
        patient_id=found.patient_id,
    )
    is_sender = can(by, Permission.VIEW_PATIENTS, found.patient.clinic_id)
    return received(found, may_answer=may_answer, is_sender=is_sender, now=now)


@row_scope.everything()
def withdraw(*, transfer_id: UUID, by: User, now: datetime) -> ClinicTransfer:
    """The sender keeps the patient after all. NotVisible, NotAllowed, NotOpen."""
    with _answering(transfer_id, by, by_sender=True) as (found, patient):
        _answer(found, State.WITHDRAWN, "", by, now)
        _record(found, patient, "clinic_transfer.withdrawn", by, now)
        return found


@row_scope.everything()
def decline(*, transfer_id: UUID, reason: str, by: User, now: datetime) -> ClinicTransfer:
    """The receiver does not take the patient; the sender's team sees why. NotVisible, NotAllowed, NotOpen,
    ReasonNeeded."""
    said = _said(reason)
    with _answering(transfer_id, by, by_sender=False) as (found, patient):
        _answer(found, State.DECLINED, said, by, now)
        alarms.raise_alarm(
            clinic_id=patient.clinic_id, kind=AlarmKind.TRANSFER_DECLINED, subject=patient.pk, now=now
        )
        _record(found, patient, "clinic_transfer.declined", by, now)
        return found


@row_scope.everything()
def accept(*, transfer_id: UUID, acceptance: Acceptance, by: User, now: datetime) -> Patient:
    """Monitoring begins here and ends there, in one step. Returns the new record.

    What is open about the patient is open here, and pages here. What still comes in for the old record
    reaches the new one. NotVisible, NotAllowed, NotOpen, CareOver, NoZone, NoProtocol, MayBeSame,
    NumberTaken, WrongFacts.
    """
    if acceptance.time_zone not in zone_names():
        raise NoZone
    with _answering(transfer_id, by, by_sender=False) as (found, old):
        current_version(clinic=found.to_clinic)
        if old.status in OVER:
            raise CareOver
        event, new = _move(found, old, acceptance, by, now)
        ends_of_care.hand_over(patient=old, to=new, by=by, now=now)
        detail = {"event": str(event.pk), "new_patient": str(new.pk)}
        _record(found, old, "clinic_transfer.accepted", by, now, detail)
        audit.record_about(new, "patient.taken_over", by, now, {"transfer": str(found.pk)})
        live.publish_change(clinic_id=new.clinic_id, kind="patient", ref=new.pk, level=None, now=now)
        return new


def _move(
    found: ClinicTransfer, old: Patient, acceptance: Acceptance, by: User, now: datetime
) -> tuple[LifeEvent, Patient]:
    """The new record first: it copies a patient who is still monitored."""
    new = clinic_moves.begin(
        old=old,
        clinic=found.to_clinic,
        time_zone=acceptance.time_zone,
        hospital_number=acceptance.hospital_number,
        known_others=acceptance.known_others,
        by=by,
        now=now,
    )
    moving.take_along(old=old, new=new, by=by, now=now)
    found.history = clinic_moves.history_for_rules(old, now)
    clinic_moves.move_family(old=old, new=new, members=acceptance.members, by=by, now=now)
    found.new_patient = new
    _answer(found, State.ACCEPTED, "", by, now)
    event = life_events.store(
        patient=old, kind=Kind.TRANSFERRED, by=by, at=now, reason=found.reason, now=now, is_accepted=True
    )
    clinic_moves.start(patient=new, now=now)
    return event, new


@contextmanager
def _answering(transfer_id: UUID, by: User, *, by_sender: bool) -> Iterator[tuple[ClinicTransfer, Patient]]:
    """The open offer and its patient, locked. A refusal of access comes before the transaction."""
    visible = get_clinic_transfer(by, transfer_id)
    require(
        by,
        Permission.MANAGE_PATIENTS,
        visible.patient.clinic_id if by_sender else visible.to_clinic_id,
    )
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=visible.patient_id)
        found = ClinicTransfer.objects.select_for_update(of=("self",)).select_related("to_clinic")
        locked = found.get(pk=visible.pk)
        if locked.state != State.OFFERED:
            raise NotOpen(locked.state)
        yield locked, patient


def _answer(found: ClinicTransfer, state: State, answer: str, by: User, now: datetime) -> None:
    found.state, found.answer, found.answered_at, found.answered_by = state, answer, now, by
    found.save(update_fields=["state", "answer", "answered_at", "answered_by", "new_patient", "history"])
    alarms.clear(
        clinic_id=found.to_clinic_id, kind=AlarmKind.TRANSFER_OFFERED, subject=found.pk, now=now, by=by
    )


def _clear(found: ClinicTransfer, patient: Patient, by: User, now: datetime, kind: AlarmKind) -> None:
    alarms.clear(clinic_id=patient.clinic_id, kind=kind, subject=patient.pk, now=now, by=by)


def _said(reason: str) -> str:
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        raise ReasonNeeded
    return reason.strip()


def _record(
    found: ClinicTransfer,
    patient: Patient,
    action: str,
    by: User,
    now: datetime,
    detail: dict[str, str] | None = None,
) -> None:
    """A row for the leads of each clinic: one act."""
    audit.record_at_clinics(
        action=action,
        by=by,
        now=now,
        clinic_ids=[patient.clinic_id, found.to_clinic_id],
        subject_type="clinic_transfer",
        subject_id=found.pk,
        patient_id=patient.pk,
        detail={"from": str(patient.clinic_id), "to": str(found.to_clinic_id), **(detail or {})},
    )
    for clinic_id in (patient.clinic_id, found.to_clinic_id):
        live.publish_change(clinic_id=clinic_id, kind="patient", ref=patient.pk, level=None, now=now)
