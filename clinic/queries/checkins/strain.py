"""A caregiver's strain: what they may be asked and read themselves, and what waits for the social worker."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from phonenumber_field.phonenumber import PhoneNumber

from clinic.access import AnyUser, Permission, clinics_with, roles_with
from clinic.models import CareTeamMember, HelpRequest, Patient, Staff, StrainAnswer, User
from clinic.models.patient import PatientStatus
from clinic.rules.checkins.nights import coming_night
from clinic.rules.checkins.strain import is_asked

_OWN_SHOWN = 8


@dataclass(frozen=True)
class QueueItem:
    """Somebody who has shared how they bear it, and how to reach them."""

    id: UUID
    name: str
    relation: str
    phone: PhoneNumber | None
    language: str
    clinic_name: str
    patient_name: str
    patient_has_died: bool
    sleep: int
    coping: int
    shared_at: datetime
    due_at: datetime
    is_late: bool


@dataclass(frozen=True)
class HelpTonight:
    """What the family knows of who asked for help tonight. `can_ask`: there is somebody else to ask."""

    can_ask: bool
    asked: tuple[HelpRequest, ...]
    is_asked_by_me: bool

    @property
    def unanswered(self) -> tuple[HelpRequest, ...]:
        return tuple(one for one in self.asked if one.answered_by_id is None)


def is_due(*, by: User, patient: Patient, now: datetime) -> bool:
    """Whether this caregiver is asked now. Nobody is while monitoring pauses or is over."""
    if patient.status != PatientStatus.ACTIVE:
        return False
    rows = StrainAnswer.objects.filter(patient=patient, author=by).order_by("-answered_at")
    return is_asked(rows.values_list("answered_at", flat=True).first(), now)


def own_answers(*, by: User, patient: Patient) -> list[StrainAnswer]:
    """What this person has said themselves, the newest first; nobody else gets this list."""
    return list(StrainAnswer.objects.filter(patient=patient, author=by).order_by("-answered_at")[:_OWN_SHOWN])


def has_social_worker(patient: Patient) -> bool:
    """Whether anybody at the clinic could read what is shared."""
    roles = roles_with(Permission.SEE_STRAIN)
    rows = Staff.objects.filter(clinic=patient.clinic_id, role__in=roles, ended_at__isnull=True)
    return rows.filter(user__is_active=True).exists()


def waiting_for(user: AnyUser) -> QuerySet[StrainAnswer]:
    """What is shared and not closed, at the clinics where this person may read it.

    Of whoever looks after that patient no more nothing waits: they are not to be called about it.
    """
    linked = CareTeamMember.objects.filter(
        patient=OuterRef("patient"), user=OuterRef("author"), ended_at__isnull=True
    )
    rows = StrainAnswer.objects.filter(
        Exists(linked),
        patient__clinic__in=clinics_with(user, Permission.SEE_STRAIN),
        patient__erased_at=None,
        is_shared=True,
        closed_at=None,
    )
    return rows.order_by("due_at", "pk")


def queue(*, by: User, now: datetime) -> list[QueueItem]:
    """What waits, the longest first. Two queries, however many wait."""
    rows = list(waiting_for(by).select_related("author", "patient__clinic"))
    links = CareTeamMember.objects.filter(
        patient__in=[row.patient_id for row in rows], ended_at__isnull=True
    ).values_list("patient_id", "user_id", "relation")
    relations = {(patient_id, user_id): relation for patient_id, user_id, relation in links}
    return [
        QueueItem(
            id=row.pk,
            name=row.author.name,
            relation=relations.get((row.patient_id, row.author_id), ""),
            phone=row.author.phone or None,
            language=row.author.language,
            clinic_name=row.patient.clinic.name,
            patient_name=row.patient.full_name,
            patient_has_died=row.patient.status == PatientStatus.DIED,
            sleep=row.sleep,
            coping=row.coping,
            shared_at=row.answered_at,
            due_at=row.due_at or row.answered_at,
            is_late=row.due_at is not None and row.due_at < now,
        )
        for row in rows
    ]


def help_tonight(*, by: User, patient: Patient, now: datetime) -> HelpTonight:
    """What was asked for this night, and whether anybody else could be asked."""
    night = coming_night(now, ZoneInfo(patient.time_zone))
    rows = HelpRequest.objects.filter(patient=patient, night_date=night)
    asked = tuple(rows.select_related("asked_by", "answered_by").order_by("asked_at"))
    others = CareTeamMember.objects.filter(patient=patient, ended_at__isnull=True, user__is_active=True)
    return HelpTonight(
        can_ask=patient.status == PatientStatus.ACTIVE and others.exclude(user=by).exists(),
        asked=asked,
        is_asked_by_me=any(one.asked_by_id == by.pk for one in asked),
    )
