"""Breaking the glass: whoever of the staff must see one record beyond their role opens it for an hour.

They cannot list, so they name somebody exactly. Leads hear of it in the same transaction, every page of it is
in the audit as such, and it is looked at afterwards by somebody else. It reads, and takes no alert: an alert
that is taken rings nobody any more.
"""

import logging
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic import refusals, row_scope
from clinic.access import (
    LONGEST_EMERGENCY,
    Permission,
    can,
    clinics_with,
    emergency_accesses_of,
    get_emergency_access,
    get_emergency_to_review,
    require,
)
from clinic.models import Clinic, EmergencyAccess, Patient, Staff, User
from clinic.models.emergency_access import Finding
from clinic.models.system_alarm import AlarmKind
from clinic.queries.desk import patient_panel
from clinic.rules.patients import names
from clinic.rules.patients.facts import WrongFacts
from clinic.services.core import alarms, audit, rate_limits, staff_texts
from clinic.services.patients.identity import number_as_kept

logger = logging.getLogger(__name__)

# Leads who have not looked at it are told again.
TOLD_EVERY = timedelta(hours=24)
LONGEST_WORDS = 1000


class EmergencyRefused(Exception):
    """It cannot be done so; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SeenAnyway(Exception):
    """Their role shows them this patient; nothing has to be opened."""

    def __init__(self, patient_id: UUID) -> None:
        super().__init__()
        self.patient_id = patient_id


@dataclass(frozen=True)
class WhoIsMeant:
    """One person of one clinic: by birth date, and hospital number or both names."""

    clinic_id: UUID
    birth_date: date
    hospital_number: str = ""
    given_name: str = ""
    family_name: str = ""


@row_scope.everything()
def open_record(*, who: WhoIsMeant, reason: str, by: User, now: datetime) -> EmergencyAccess:
    """Open one record for an hour; the one that is open already, where there is one.

    NotAllowed, SeenAnyway; EmergencyRefused: "no_reason", "too_often", "nobody" (audited as a refusal).
    """
    if not clinics_with(by, Permission.OPEN_IN_EMERGENCY).exists():
        require(by, Permission.OPEN_IN_EMERGENCY, who.clinic_id)
    if not reason.strip():
        raise EmergencyRefused("no_reason")
    if rate_limits.count_emergency_search(by=by.pk):
        raise EmergencyRefused("too_often")
    patient = _find(who)
    if patient is None:
        refusals.record(Clinic, by, "clinic", who.clinic_id)
        raise EmergencyRefused("nobody")
    if can(by, Permission.VIEW_PATIENTS, patient.clinic_id):
        raise SeenAnyway(patient.pk)
    try:
        with transaction.atomic():
            return emergency_accesses_of(by, now).filter(patient=patient).first() or _open(
                patient, reason, by, now
            )
    except IntegrityError:
        # Pressed twice at once.
        return emergency_accesses_of(by, now).get(patient=patient)


def view_record(
    *, access_id: UUID, older_than: str, days: int | None, by: User, now: datetime, kind: str = ""
) -> tuple[EmergencyAccess, patient_panel.PatientPanel]:
    """The record, as long as it is open. NotVisible."""
    access = get_emergency_access(by, access_id, now)
    panel = patient_panel.panel_of(
        user=by, patient=access.patient, older_than=older_than, days=days, now=now, kind=kind
    )
    _audit("emergency_access.viewed", access, by, now)
    # An alert's own page is not part of it.
    entries = tuple(replace(one, escalation_id=None) for one in panel.timeline.entries)
    return access, replace(panel, timeline=replace(panel.timeline, entries=entries))


def end(*, access_id: UUID, account: str, by: User, now: datetime) -> EmergencyAccess:
    """Close it before its time, with what was done. NotVisible, also where it is over."""
    visible = get_emergency_access(by, access_id, now)
    with transaction.atomic():
        return _end(visible, by, now, account=account.strip()[:LONGEST_WORDS])


def end_as_lead(*, access_id: UUID, by: User, now: datetime) -> EmergencyAccess:
    """A lead of the patient's clinic closes it. Idempotent. NotVisible."""
    visible = get_emergency_to_review(by, access_id)
    with transaction.atomic():
        return _end(visible, by, now)


def review(*, access_id: UUID, finding: str, note: str, by: User, now: datetime) -> EmergencyAccess:
    """Say afterwards whether it was right. NotVisible.

    EmergencyRefused: "own" (nobody reviews themselves), "no_finding", "still_open", "reviewed".
    """
    visible = get_emergency_to_review(by, access_id)
    if visible.user_id == by.pk:
        raise EmergencyRefused("own")
    if finding not in Finding.values:
        raise EmergencyRefused("no_finding")
    with transaction.atomic():
        access = EmergencyAccess.objects.select_for_update().get(pk=visible.pk)
        access.patient, access.user = visible.patient, visible.user
        if access.reviewed_at is not None:
            raise EmergencyRefused("reviewed")
        if access.ended_at is None and access.ends_at > now:
            raise EmergencyRefused("still_open")
        if access.ended_at is None:
            access.ended_at = access.ends_at
        access.finding, access.review_note = finding, note.strip()[:LONGEST_WORDS]
        access.reviewed_at, access.reviewed_by = now, by
        access.save(update_fields=["ended_at", "finding", "review_note", "reviewed_at", "reviewed_by"])
        _audit("emergency_access.reviewed", access, by, now, finding=finding)
        clinic_id = access.patient.clinic_id
        alarms.clear(clinic_id=clinic_id, kind=AlarmKind.EMERGENCY_ACCESS, subject=access.pk, now=now, by=by)
        return access


def end_all_of_leaver(*, leaver: User, by: User, now: datetime) -> int:
    """With their last role; in the caller's transaction. Returns how many were open."""
    with row_scope.everything():
        held = list(_unended().filter(user=leaver).select_related("patient"))
        for access in held:
            _end(access, by, now)
    return len(held)


def follow_up(*, now: datetime) -> int:
    """Close what is over, and tell leads again of what nobody has looked at; returns how many were told."""
    for access in _unended().filter(ends_at__lte=now).select_related("patient"):
        with transaction.atomic():
            _end(access, None, now)
    told = 0
    waiting = EmergencyAccess.objects.filter(reviewed_at=None, told_at__lte=now - TOLD_EVERY)
    for access in waiting.select_related("patient").order_by("told_at", "pk"):
        try:
            told += _tell_again(access, now)
        except Exception:
            logger.exception("leads cannot be told of emergency access", extra={"access_id": str(access.pk)})
    return told


def _find(who: WhoIsMeant) -> Patient | None:
    """The one person whom this names; nobody where it names several. Who was deleted is found no more."""
    rows = Patient.objects.filter(
        clinic=who.clinic_id, birth_date=who.birth_date, is_synthetic=False, erased_at=None
    )
    if who.hospital_number.strip():
        try:
            found = list(rows.filter(hospital_number=number_as_kept(who.hospital_number))[:2])
        except WrongFacts:
            return None
    else:
        given, family = names.key_of(who.given_name), names.key_of(who.family_name)
        if not (given and family):
            return None
        found = list(rows.filter(given_key=given, family_key=family)[:2])
    return found[0] if len(found) == 1 else None


def _open(patient: Patient, reason: str, by: User, now: datetime) -> EmergencyAccess:
    """The row, the audit, the alarm and the texts to the leads: all of it, or nothing."""
    for access in _unended().filter(user=by, patient=patient).select_related("patient"):
        _end(access, None, now)
    access = EmergencyAccess.objects.create(
        patient=patient,
        user=by,
        reason=reason.strip()[:LONGEST_WORDS],
        opened_at=now,
        ends_at=now + LONGEST_EMERGENCY,
        told_at=now,
    )
    _audit("emergency_access.opened", access, by, now)
    alarms.raise_alarm(
        clinic_id=patient.clinic_id, kind=AlarmKind.EMERGENCY_ACCESS, subject=access.pk, now=now
    )
    _reach_leads(access, now)
    return access


def _end(access: EmergencyAccess, by: User | None, now: datetime, account: str = "") -> EmergencyAccess:
    """In the caller's transaction; what is over already stays as it is."""
    over_at = min(access.ends_at, now)
    person = by if access.ends_at > now else None
    changed = _unended().filter(pk=access.pk).update(ended_at=over_at, ended_by=person, account=account)
    if changed:
        _audit("emergency_access.ended", access, person, now)
    access.refresh_from_db(fields=["ended_at", "ended_by", "account"])
    return access


@transaction.atomic
def _tell_again(access: EmergencyAccess, now: datetime) -> bool:
    changed = EmergencyAccess.objects.filter(pk=access.pk, told_at=access.told_at, reviewed_at=None)
    if not changed.update(told_at=now):
        return False
    _reach_leads(access, now)
    return True


def _reach_leads(access: EmergencyAccess, now: datetime) -> None:
    staff_texts.reach_leads(
        clinic_id=access.patient.clinic_id,
        words=lambda: _("Somebody opened a record in an emergency. Look at it:"),
        key=f"emergency:{access.pk}:{now:%Y%m%d%H%M}",
        path="/console/emergency/",
        now=now,
    )


def _unended() -> QuerySet[EmergencyAccess]:
    return EmergencyAccess.objects.filter(ended_at__isnull=True)


def _audit(action: str, access: EmergencyAccess, by: User | None, now: datetime, **more: str) -> None:
    """At the patient's clinic; opening also where the person works, whose leads know them."""
    clinic_ids = {access.patient.clinic_id}
    if action == "emergency_access.opened":
        own = Staff.objects.filter(user=access.user_id, ended_at__isnull=True)
        clinic_ids |= set(own.values_list("clinic_id", flat=True))
    for clinic_id in sorted(clinic_ids, key=str):
        audit.record(
            action=action,
            by=by,
            now=now,
            clinic_id=clinic_id,
            subject_type="emergency_access",
            subject_id=access.pk,
            patient_id=access.patient_id,
            detail={"person": str(access.user_id), **more},
        )
