"""What a transfer to another clinic moves: a new record, its courses and windows, and the family.

Everything here runs in the transaction of the acceptance, with the record at the sender locked.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from clinic.models import CareTeamMember, Clinic, LifeEvent, MergedNumber, Patient, SystemAlarm, User
from clinic.models.life_event import LifeEventKind
from clinic.models.patient import DEFAULT_PROTOCOL, PatientStatus
from clinic.models.system_alarm import AlarmKind
from clinic.queries.patients import clinic_transfers
from clinic.queries.protocols.patient_context import seen_before
from clinic.queries.protocols.versions import published_codes
from clinic.services.checkins import plan
from clinic.services.core import alarms, audit
from clinic.services.patients import (
    care_team,
    courses,
    identity,
    own_facts,
    watchers,
    windows,
    withdrawals,
)
from notifications.services import nudge

# The way to the clinic is another, and counts as far until somebody notes it; why a start needed no proof was
# the sender's to say.
_COPIED = (
    *("given_name", "family_name", "birth_date", "infusion_date", "product", "target", "disease"),
    *(
        "course_number",
        "tier",
        "immune_risk",
        "neutropenia",
        "platelets_low",
        "masked_until",
        "baseline",
        "language",
        "nearest_emergency",
        "no_transport_until",
        "home_since",
    ),
    *("status", "paused_until", "pause_reason", "single_caregiver_reason"),
)
# Tasks to speak to somebody of the family, by their link.
_ABOUT_FAMILY = (
    *(AlarmKind.HELP_ASKED, AlarmKind.DEATH_TOLD, AlarmKind.STOP_ASKED, AlarmKind.TEXT_RECEIVED),
    *(AlarmKind.OPTED_OUT, AlarmKind.NUMBER_BAD, AlarmKind.NUMBER_SILENT),
)
# Trends look back a week, or two reports where there were fewer.
_LOOKS_BACK, _AT_LEAST, _AT_MOST = timedelta(hours=168), 2, 40


def begin(
    *,
    old: Patient,
    clinic: Clinic,
    time_zone: str,
    hospital_number: str | None,
    known_others: frozenset[UUID],
    by: User,
    now: datetime,
) -> Patient:
    """The record at the receiver, under the number that was confirmed, or else under the one known there.

    MayBeSame, NumberTaken, WrongFacts, TooShort.
    """
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    facts = {name: getattr(old, name) for name in _COPIED}
    own = clinic_transfers.records_before(old, clinic.pk)
    number = (
        clinic_transfers.number_at(old, clinic.pk)
        if hospital_number is None
        else identity.number_as_kept(hospital_number)
    )
    identity.refuse_same_person(
        clinic_id=clinic.pk, facts=facts, known_others=known_others | frozenset(own), apart_from=None
    )
    # Somebody who comes back: no number of theirs stays with a record of then, where nobody could use it.
    for record in Patient.objects.filter(pk__in=own).exclude(hospital_number=""):
        record.hospital_number = ""
        record.save(update_fields=["hospital_number"])
    merged = MergedNumber.objects.filter(patient__in=own)
    merged.filter(hospital_number=number).delete()
    merged_ids = list(merged.values_list("pk", flat=True))
    codes = published_codes(clinic)
    code = old.protocol_code if old.protocol_code in codes else DEFAULT_PROTOCOL
    with identity.guarding_number(clinic_id=clinic.pk, number=number, apart_from=None):
        new = Patient.objects.create(
            clinic=clinic,
            created_at=now,
            hospital_number=number,
            time_zone=time_zone,
            protocol_code=code,
            monitored_since=now if old.status == PatientStatus.ACTIVE else None,
            came_by_transfer=True,
            **facts,
        )
    MergedNumber.objects.filter(pk__in=merged_ids).update(patient=new)
    courses.copy_all(old=old, new=new)
    _take_stay_along(old, new, by, now)
    windows.take_along(old=old, new=new, by=by, now=now)
    return new


def _take_stay_along(old: Patient, new: Patient, by: User, now: datetime) -> None:
    """Who is in hospital has been so since then, and goes home from there as they would have gone.

    As of whoever accepted. Why they were admitted stays with the sender.
    """
    if old.status != PatientStatus.ADMITTED:
        return
    stays = LifeEvent.objects.filter(patient=old, kind=LifeEventKind.ADMITTED, taken_back_at=None)
    stay = stays.order_by("at", "recorded_at").last()
    if stay is not None:
        LifeEvent.objects.create(
            patient=new,
            kind=LifeEventKind.ADMITTED,
            at=stay.at,
            recorded_at=now,
            recorded_by=by,
            status_before=stay.status_before,
            status_after=stay.status_after,
            paused_until_before=stay.paused_until_before,
            pause_reason_before=stay.pause_reason_before,
            home_since_before=stay.home_since_before,
        )


def start(*, patient: Patient, now: datetime) -> None:
    """Check-ins are planned and asked for here from now on; staff are asked where nobody can report."""
    watchers.sync(patient=patient, now=now)
    plan.plan_at_once(patient=patient, now=now)
    nudge.after_commit("clinic.tasks.plan")


def history_for_rules(old: Patient, now: datetime) -> list[dict[str, Any]]:
    """What the trend rules look back at: the receiver has none of these reports."""
    found = seen_before(old, observed_at=now, known_at=now, at_most=_AT_MOST)
    return [
        {"id": one.id, "at": one.at.isoformat(), "answers": dict(one.answers)}
        for place, one in enumerate(found)
        if place < _AT_LEAST or now - one.at <= _LOOKS_BACK
    ]


def move_family(
    *, old: Patient, new: Patient, members: Collection[int], by: User, now: datetime
) -> Mapping[int, CareTeamMember]:
    """Whoever is confirmed goes on at once, on the same phone; the access of the others ends.

    Whose clock was the patient's lives by the new one: they are reminded by it, and can change it themselves.
    """
    active = CareTeamMember.objects.filter(patient=old, ended_at__isnull=True).select_related("user")
    moved: dict[int, CareTeamMember] = {}
    for member in active.select_for_update(of=("self",)).order_by("pk"):
        if member.pk in members:
            moved[member.pk] = CareTeamMember.objects.create(
                user=member.user, patient=new, relation=member.relation, started_at=now
            )
        withdrawals.from_person(member=member, by=by, now=now)
        care_team.end_by_transfer(member=member, by=by, now=now)
    plan.move_rechecks(old=old, new=new)
    for user in own_facts.go_with_patient(patient=new, before=old.time_zone, now=now):
        change = {"time_zone": {"from": old.time_zone, "to": new.time_zone}}
        audit.record_about_caregiver(user, "caregiver.clock_changed", by, now, change)
    _move_tasks(old, new, moved, by, now)
    return moved


def _move_tasks(
    old: Patient, new: Patient, moved: Mapping[int, CareTeamMember], by: User, now: datetime
) -> None:
    """Somebody still has to speak to them: that is the receiver's to do now."""
    waiting = SystemAlarm.objects.filter(
        clinic=old.clinic_id, kind__in=_ABOUT_FAMILY, cleared_at=None, subject__in=[str(pk) for pk in moved]
    )
    for alarm in list(waiting.order_by("pk")):
        kind, member = AlarmKind(alarm.kind), moved[int(alarm.subject)]
        alarms.clear(clinic_id=old.clinic_id, kind=kind, subject=alarm.subject, now=now, by=by)
        alarms.raise_alarm(clinic_id=new.clinic_id, kind=kind, subject=member.pk, now=now)
    alarms.clear(clinic_id=old.clinic_id, kind=AlarmKind.NO_NIGHT_WATCH, subject=old.pk, now=now, by=by)
