"""Whether a person can be deleted, what waits for a second person, and what forbids it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from clinic.access import (
    NotVisible,
    Permission,
    clinics_with,
    get_care_team_member,
    get_patient,
    require,
)
from clinic.models import CareTeamMember, Deletion, Patient, RecordHold, Report, Staff, User
from clinic.models.escalation import EscalationState
from clinic.models.report import ReportState
from clinic.queries.patients.look_alikes import Mark
from clinic.rules.patients.life_events import OVER

# A request that nobody answers by then is asked anew, by somebody who still knows why.
LASTS = timedelta(days=14)


@dataclass(frozen=True)
class DeletionPage:
    """One patient, or one caregiver of theirs (`member`).

    `obstacle`: a code that says why it cannot be done now; empty where nothing speaks against it.
    """

    patient: Patient
    member: CareTeamMember | None
    waiting: Deletion | None
    is_asked_by_me: bool
    obstacle: str
    hold: RecordHold | None

    @property
    def name(self) -> str:
        return self.member.user.name if self.member else self.patient.full_name

    @property
    def mark(self) -> Mark | None:
        """Beside the patient's name always: nobody gets the wrong one back."""
        return _mark_of(self.patient)


@dataclass(frozen=True)
class WaitingDeletion:
    """A request that waits for a second person, and where its page is; `member_id` None for a patient."""

    name: str
    patient_id: UUID
    member_id: int | None
    mark: Mark | None = None


def waiting_for_somebody(*, user: User, now: datetime) -> tuple[WaitingDeletion, ...]:
    """Requests at the person's clinics that somebody may agree to, oldest first."""
    clinics = clinics_with(user, Permission.DELETE_RECORDS)
    rows = undecided().filter(clinic__in=clinics, asked_at__gt=now - LASTS)
    links = {
        link.user_id: link
        for link in CareTeamMember.objects.filter(
            user__deletions__in=rows, patient__clinic__in=clinics, patient__erased_at__isnull=True
        ).select_related("user")
    }
    found = []
    for row in rows.select_related("patient").order_by("asked_at", "pk"):
        link = links.get(row.user_id) if row.user_id else None
        if row.patient is not None:
            found.append(WaitingDeletion(row.patient.full_name, row.patient.pk, None, _mark_of(row.patient)))
        elif link is not None:
            found.append(WaitingDeletion(link.user.name, link.patient_id, link.pk))
    return tuple(found)


def page(*, user: User, patient_id: UUID, member_id: int | None, now: datetime) -> DeletionPage:
    """Of a patient, or of one caregiver of this patient. NotVisible, NotAllowed."""
    patient = get_patient(user, patient_id)
    require(user, Permission.DELETE_RECORDS, patient.clinic_id)
    member = None
    if member_id is not None:
        member = get_care_team_member(user, member_id)
        if member.patient_id != patient.pk:
            raise NotVisible("care_team_member")
    about = {"user": member.user_id} if member else {"patient": patient}
    waiting = undecided().filter(**about, asked_at__gt=now - LASTS).select_related("asked_by").first()
    return DeletionPage(
        patient=patient,
        member=member,
        waiting=waiting,
        is_asked_by_me=bool(waiting and waiting.asked_by_id == user.pk),
        obstacle=obstacle_for_person(member.user, patient.clinic_id)
        if member
        else obstacle_for_patient(patient),
        hold=open_holds().filter(patient=patient).select_related("placed_by").first(),
    )


def _mark_of(patient: Patient) -> Mark | None:
    known = patient.birth_date or patient.hospital_number
    return Mark(patient.birth_date, patient.hospital_number) if known else None


def undecided() -> QuerySet[Deletion]:
    """Requests that nobody has agreed to or taken back, lapsed ones too."""
    return Deletion.objects.filter(done_at__isnull=True, withdrawn_at__isnull=True)


def open_holds() -> QuerySet[RecordHold]:
    """Legal holds that stand."""
    return RecordHold.objects.filter(ended_at__isnull=True)


def obstacle_for_patient(patient: Patient) -> str:
    """held, not_over, open_alert or unscored; empty for none."""
    if open_holds().filter(patient=patient).exists():
        return "held"
    if patient.status not in OVER:
        return "not_over"
    if patient.escalations.exclude(state=EscalationState.RESOLVED).exists():
        return "open_alert"
    if Report.objects.filter(patient=patient, state=ReportState.RECEIVED).exists():
        return "unscored"
    return ""


def obstacle_for_person(person: User, clinic_id: UUID) -> str:
    """is_staff, held or elsewhere; empty for none."""
    if person.is_staff_member or person.is_staff or Staff.objects.filter(user=person).exists():
        return "is_staff"
    theirs = Patient.objects.filter(care_team__user=person, erased_at__isnull=True)
    if theirs.filter(holds__in=open_holds()).exists():
        return "held"
    if theirs.exclude(clinic=clinic_id).exists():
        return "elsewhere"
    return ""
