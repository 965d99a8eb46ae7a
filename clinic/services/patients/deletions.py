"""A person is deleted by two people: one asks, another agrees. What goes and what stays: erasure.py."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic.access import (
    NotVisible,
    Permission,
    get_care_team_member,
    get_clinic,
    get_patient,
    require,
)
from clinic.models import CareTeamMember, Deletion, Patient, User
from clinic.models.deletion import DeletionGround
from clinic.queries.patients.deletions import LASTS, obstacle_for_patient, obstacle_for_person, undecided
from clinic.services.core import audit
from clinic.services.patients import erasure
from notifications.services.erasure import OnItsWay

LONGEST_NOTE = 500


class DeletionRefused(Exception):
    """It cannot be done so; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask_for_patient(*, patient_id: UUID, ground: str, note: str, by: User, now: datetime) -> Deletion:
    """Ask that a patient be deleted. NotVisible, NotAllowed.

    DeletionRefused: "no_ground", "asked_already", or an obstacle of queries/patients/deletions.
    """
    patient = get_patient(by, patient_id)
    require(by, Permission.DELETE_RECORDS, patient.clinic_id)
    _refuse(obstacle_for_patient(patient))
    return _ask(Deletion(clinic=patient.clinic, patient=patient), ground, note, by, now)


def ask_for_caregiver(*, member_id: int, ground: str, note: str, by: User, now: datetime) -> Deletion:
    """Ask that a caregiver be deleted, wherever they help at this clinic. Errors as above."""
    member = get_care_team_member(by, member_id)
    clinic = member.patient.clinic
    require(by, Permission.DELETE_RECORDS, clinic.pk)
    _refuse(obstacle_for_person(member.user, clinic.pk))
    return _ask(Deletion(clinic=clinic, user=member.user), ground, note, by, now)


def agree(*, deletion_id: UUID, by: User, now: datetime) -> Deletion:
    """The second person: everything goes now, in one transaction. NotVisible, NotAllowed.

    DeletionRefused: "second_person", "closed", "on_its_way", or an obstacle.
    """
    visible = _visible(deletion_id, by)
    if by.pk in {visible.asked_by_id, visible.user_id}:
        raise DeletionRefused("second_person")
    try:
        with transaction.atomic():
            erase = _locked_subject(visible)
            deletion = undecided().select_for_update(of=("self",)).filter(pk=visible.pk).first()
            if deletion is None or deletion.asked_at <= now - LASTS:
                raise DeletionRefused("closed")
            deletion.done_at, deletion.done_by, deletion.note = now, by, ""
            deletion.save(update_fields=["done_at", "done_by", "note"])
            _audit("deletion.done", deletion, by, now)
            erase(by, now)
            return deletion
    except OnItsWay as moving:
        raise DeletionRefused("on_its_way") from moving


def withdraw(*, deletion_id: UUID, by: User, now: datetime) -> Deletion:
    """Whoever asked takes it back, or another says no. NotVisible, NotAllowed, DeletionRefused("closed")."""
    visible = _visible(deletion_id, by)
    with transaction.atomic():
        deletion = undecided().select_for_update(of=("self",)).filter(pk=visible.pk).first()
        if deletion is None:
            raise DeletionRefused("closed")
        deletion.withdrawn_at, deletion.withdrawn_by = now, by
        deletion.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _audit("deletion.withdrawn", deletion, by, now)
        return deletion


def _ask(deletion: Deletion, ground: str, note: str, by: User, now: datetime) -> Deletion:
    if ground not in DeletionGround.values:
        raise DeletionRefused("no_ground")
    deletion.ground, deletion.note = ground, note.strip()[:LONGEST_NOTE]
    deletion.asked_at, deletion.asked_by = now, by
    same = {"patient": deletion.patient, "user": deletion.user}
    try:
        with transaction.atomic():
            undecided().filter(**same, asked_at__lte=now - LASTS).update(withdrawn_at=now, withdrawn_by=by)
            deletion.save(force_insert=True)
            _audit("deletion.asked", deletion, by, now)
    except IntegrityError as error:
        raise DeletionRefused("asked_already") from error
    return deletion


def _locked_subject(deletion: Deletion) -> Callable[[User, datetime], None]:
    """How to erase whom it is about, locked, with every obstacle looked at once more."""
    if deletion.patient_id is not None:
        patient = Patient.objects.select_for_update().get(pk=deletion.patient_id)
        _refuse(obstacle_for_patient(patient))
        return lambda by, now: erasure.erase_patient(patient=patient, by=by, now=now)
    # A hold on one of their patients comes before, or finds them gone.
    patients = Patient.objects.select_for_update(of=("self",)).filter(
        pk__in=CareTeamMember.objects.filter(user=deletion.user).values("patient")
    )
    list(patients.order_by("pk").values_list("pk", flat=True))
    person = User.objects.select_for_update(of=("self",)).get(deletions=deletion)
    _refuse(obstacle_for_person(person, deletion.clinic_id))
    return lambda by, now: erasure.erase_caregiver(person=person, by=by, now=now)


def _refuse(obstacle: str) -> None:
    if obstacle:
        raise DeletionRefused(obstacle)


def _visible(deletion_id: UUID, by: User) -> Deletion:
    deletion = Deletion.objects.filter(pk=deletion_id).first()
    if deletion is None:
        raise NotVisible("deletion")
    get_clinic(by, deletion.clinic_id)
    require(by, Permission.DELETE_RECORDS, deletion.clinic_id)
    return deletion


def _audit(action: str, deletion: Deletion, by: User, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=deletion.clinic_id,
        subject_type="deletion",
        subject_id=deletion.pk,
        patient_id=deletion.patient_id,
        detail={"ground": deletion.ground, "asked_by": str(deletion.asked_by_id)}
        | ({"person": str(deletion.user_id)} if deletion.user_id else {}),
    )
