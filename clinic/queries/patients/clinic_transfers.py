"""An offer to another clinic, as each side sees it. The receiver sees no more than it needs to answer."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from phonenumber_field.modelfields import PhoneNumber

from clinic import row_scope
from clinic.models import Clinic, ClinicTransfer, Patient
from clinic.models.clinic_transfer import ClinicTransferState as State
from clinic.queries.core import courses, diseases
from clinic.rules.patients.life_events import OVER

_ABOUT_PERSON = ("name", "hospital_number", "number_there", "product", "disease", "language", "reason")


@dataclass(frozen=True)
class SentOffer:
    """What the sender's page says: the last offer, and to whom the patient can be offered now."""

    id: UUID | None
    state: str
    to_clinic: str
    to_clinic_id: UUID | None
    to_phone: PhoneNumber | None
    # The record there, for whoever may see it.
    new_patient_id: UUID | None
    reason: str
    at: datetime | None
    by: str
    answer: str
    answered_at: datetime | None
    answered_by: str
    clinics: tuple[tuple[UUID, str], ...]

    @property
    def is_open(self) -> bool:
        return self.state == State.OFFERED

    @property
    def is_accepted(self) -> bool:
        return self.state == State.ACCEPTED


@dataclass(frozen=True)
class FamilyMember:
    """Somebody who looks after the patient, by the number of their link."""

    link: int
    name: str
    relation: str


@dataclass(frozen=True)
class ReceivedOffer:
    """Who this is, since when, how far, and why they come. Nothing of what was reported.

    `is_told`: whether the reader may still know whom it is about. Else only what became of it stands here.
    """

    id: UUID
    state: str
    is_told: bool
    name: str
    birth_date: date | None
    hospital_number: str
    # What the clinic that is asked calls them, as far as anybody knows.
    number_there: str
    product: str
    disease: str
    infusion_date: date
    day: int
    infusions: int
    language: str
    time_zone: str
    from_clinic: str
    from_phone: PhoneNumber
    to_clinic: str
    to_phone: PhoneNumber
    reason: str
    offered_at: datetime
    offered_by: str
    # What became of it: who answered, withdrew it, or recorded what ended it.
    answer: str
    answered_at: datetime | None
    answered_by: str
    family: tuple[FamilyMember, ...]
    # The record here, once it is accepted.
    new_patient_id: UUID | None
    may_answer: bool

    @property
    def is_open(self) -> bool:
        return self.state == State.OFFERED


@dataclass(frozen=True)
class Arrival:
    """That a record goes on here which another clinic kept before."""

    at: datetime
    from_clinic: str
    by: str


@row_scope.everything()
def arrival(patient: Patient) -> Arrival | None:
    """How this patient, whom the caller may see, came from another clinic; of that clinic only its name."""
    rows = ClinicTransfer.objects.filter(new_patient=patient, answered_at__isnull=False)
    for at, from_clinic, by in rows.values_list("answered_at", "patient__clinic__name", "answered_by__name"):
        return Arrival(at, from_clinic, by) if at else None
    return None


def records_before(patient: Patient, clinic_id: UUID) -> tuple[UUID, ...]:
    """The records that this person has had at the clinic before, and left by a transfer; the last one first.

    Where rows of all clinics are given out.
    """
    found: list[UUID] = []
    record: Patient | None = patient
    while record is not None and record.came_by_transfer:
        came = ClinicTransfer.objects.select_related("patient").filter(new_patient=record).first()
        record = came.patient if came else None
        if record is not None and record.clinic_id == clinic_id:
            found.append(record.pk)
    return tuple(found)


def number_at(patient: Patient, clinic_id: UUID) -> str:
    """The hospital number by which that clinic knew this person before, else the one that they come with.

    Where rows of all clinics are given out.
    """
    for record_id in records_before(patient, clinic_id):
        number = Patient.objects.values_list("hospital_number", flat=True).get(pk=record_id)
        if number:
            return number
    return patient.hospital_number


def sent_for(patient: Patient) -> SentOffer:
    """For the page of a patient at the sender."""
    rows = patient.clinic_transfers.select_related("to_clinic", "offered_by", "answered_by")
    last = rows.order_by("-offered_at", "-pk").first()
    clinics: tuple[tuple[UUID, str], ...] = ()
    if patient.status not in OVER and (last is None or last.state != State.OFFERED):
        others = Clinic.objects.exclude(pk=patient.clinic_id).order_by("name", "pk")
        clinics = tuple(others.values_list("pk", "name"))
    if last is None:
        return SentOffer(None, "", "", None, None, None, "", None, "", "", None, "", clinics)
    return SentOffer(
        id=last.pk,
        state=last.state,
        to_clinic=last.to_clinic.name,
        to_clinic_id=last.to_clinic_id,
        to_phone=last.to_clinic.clinic_phone,
        new_patient_id=last.new_patient_id,
        reason=last.reason,
        at=last.offered_at,
        by=last.offered_by.name,
        answer=last.answer,
        answered_at=last.answered_at,
        answered_by=last.answered_by.name if last.answered_by else "",
        clinics=clinics,
    )


def received(transfer: ClinicTransfer, *, may_answer: bool, is_sender: bool, now: datetime) -> ReceivedOffer:
    """For a person of either clinic; `may_answer` of the one that is asked.

    An offer that came to nothing tells the clinic that was asked nothing more: the patient is not theirs.
    """
    told = _told(transfer, may_answer=may_answer, now=now)
    if is_sender or transfer.state in {State.OFFERED, State.ACCEPTED}:
        return told
    nobody: dict[str, Any] = {**dict.fromkeys(_ABOUT_PERSON, ""), "birth_date": None, "family": ()}
    return replace(told, is_told=False, **nobody)


def _told(transfer: ClinicTransfer, *, may_answer: bool, now: datetime) -> ReceivedOffer:
    patient = transfer.patient
    links = patient.care_team.filter(ended_at__isnull=True).select_related("user")
    return ReceivedOffer(
        id=transfer.pk,
        state=transfer.state,
        is_told=True,
        name=patient.full_name,
        birth_date=patient.birth_date,
        hospital_number=patient.hospital_number,
        number_there=number_at(patient, transfer.to_clinic_id) if may_answer else "",
        product=patient.product,
        disease=diseases.in_words(patient.disease),
        infusion_date=patient.infusion_date,
        day=courses.day_at(patient, now),
        infusions=len(courses.of_patient(patient)),
        language=patient.language,
        time_zone=patient.time_zone,
        from_clinic=patient.clinic.name,
        from_phone=patient.clinic.clinic_phone,
        to_clinic=transfer.to_clinic.name,
        to_phone=transfer.to_clinic.clinic_phone,
        reason=transfer.reason,
        offered_at=transfer.offered_at,
        offered_by=transfer.offered_by.name,
        answer=transfer.answer,
        answered_at=transfer.answered_at,
        answered_by=transfer.answered_by.name if transfer.answered_by else "",
        family=tuple(
            FamilyMember(link.pk, link.user.name, link.relation)
            for link in links.order_by("started_at", "pk")
        ),
        new_patient_id=transfer.new_patient_id if may_answer else None,
        may_answer=may_answer,
    )
