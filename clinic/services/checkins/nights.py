"""The family's night watch: who is awake tonight, and what follows when nobody has said so."""

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.access import NotVisible, get_cared_for
from clinic.models import CareTeamMember, Night, NightDuty, Patient, User
from clinic.models.checkin import CheckinState
from clinic.models.night import NightState
from clinic.models.patient import PatientStatus
from clinic.models.system_alarm import AlarmKind
from clinic.queries.checkins import contact_order, holds, nights
from clinic.queries.checkins.shared_phones import one_per_phone
from clinic.rules.checkins.nights import begins_at, coming_night, ends_at, night_at, staff_told_at
from clinic.services.core import alarms, audit
from notifications.rules.timing import after_quiet_hours
from notifications.services import outbox

logger = logging.getLogger(__name__)


def plan_for(*, patient: Patient, slots: Iterable[datetime], now: datetime) -> None:
    """A night with a check-in in it needs somebody awake. Runs inside the planning transaction."""
    zone = ZoneInfo(patient.time_zone)
    wanted = {night for night in (night_at(slot, zone) for slot in slots) if night is not None}
    Night.objects.bulk_create(
        [
            Night(patient=patient, night_date=night, due_at=begins_at(night, zone))
            for night in sorted(wanted)
            if ends_at(night, zone) > now
        ],
        ignore_conflicts=True,
    )


def since(*, zone: ZoneInfo, now: datetime) -> datetime:
    """When the current night began; by day, now."""
    night = night_at(now, zone)
    return begins_at(night, zone) if night else now


def choose(*, patient_id: UUID, member_id: int, by: User, now: datetime) -> NightDuty:
    """Say who is awake tonight, from now on. Anybody of the family may, for anybody of it. NotVisible."""
    patient = get_cared_for(by, patient_id)
    member = patient.care_team.filter(pk=member_id, ended_at__isnull=True).first()
    if member is None:
        raise NotVisible("care_team_member")
    return _record_duty(patient, member.user_id, by, now)


def follow_up_due(*, now: datetime) -> None:
    """Follow up every due night: text the family, an hour later alarm staff, in the morning close it."""
    due = Night.objects.exclude(state=NightState.SETTLED).filter(due_at__lte=now).order_by("due_at")
    for night_id in list(due.values_list("pk", flat=True)[:500]):
        try:
            _follow_up(night_id, now)
        except Exception:
            logger.exception("a night cannot be looked at", extra={"night_id": night_id})


@transaction.atomic
def _record_duty(patient: Patient, caregiver_id: UUID, by: User, now: datetime) -> NightDuty:
    night_date = coming_night(now, ZoneInfo(patient.time_zone))
    for night in Night.objects.filter(patient=patient, night_date=night_date).select_for_update():
        outbox.take_back_keyed(prefix=f"night:{night.pk}:", now=now)
        night.state = NightState.SETTLED
        night.save(update_fields=["state"])
    alarms.clear(
        clinic_id=patient.clinic_id, kind=AlarmKind.NO_NIGHT_WATCH, subject=patient.pk, now=now, by=by
    )
    duty = NightDuty.objects.create(
        patient=patient, night_date=night_date, caregiver_id=caregiver_id, starts_at=now, chosen_by=by
    )
    audit.record(
        action="night.chosen",
        by=by,
        now=now,
        clinic_id=patient.clinic_id,
        subject_type="night_duty",
        subject_id=duty.pk,
        patient_id=patient.pk,
        detail={"night": night_date.isoformat(), "caregiver": str(caregiver_id)},
    )
    return duty


def withdraw(*, patient: Patient, now: datetime) -> int:
    """Nobody at home needs to be awake any more: what has been asked is settled, and no text of it leaves.

    A night that nobody has been asked about yet stays: it is looked at when it begins. Returns how many texts
    were taken back. Runs inside the caller's transaction, which holds the lock on the patient's row.
    """
    asked = Night.objects.filter(patient=patient, state__in=[NightState.ASKED, NightState.TOLD])
    taken_back = 0
    for night in asked.select_for_update().order_by("pk"):
        taken_back += outbox.take_back_keyed(prefix=f"night:{night.pk}:", now=now)
        _settle(night, now)
    return taken_back


def withdraw_from(*, member: CareTeamMember, now: datetime) -> int:
    """This person looks after that patient no more: take back the texts that ask who is awake."""
    asked = Night.objects.filter(patient=member.patient_id, state__in=[NightState.ASKED, NightState.TOLD])
    return sum(
        outbox.take_back_keyed(prefix=f"night:{night_id}:{member.user_id}", now=now)
        for night_id in list(asked.values_list("pk", flat=True))
    )


@transaction.atomic
def _follow_up(night_id: int, now: datetime) -> None:
    # The patient's row first, as for a reminder: no text is queued beside an event that ends them.
    patients = Patient.objects.filter(nights=night_id)
    patients.select_for_update(of=("self",), no_key=True).first()
    rows = Night.objects.select_for_update(of=("self",)).select_related("patient__clinic")
    night = rows.get(pk=night_id)
    patient, zone = night.patient, ZoneInfo(night.patient.time_zone)
    if night.state == NightState.SETTLED:
        return
    if now >= ends_at(night.night_date, zone) or not _needs_watcher(night, zone, now):
        _settle(night, now)
    elif night.state == NightState.PLANNED:
        if not holds.is_held(patient.pk):
            _text_family(patient, night, now)
        _wait_until(night, NightState.ASKED, staff_told_at(night.night_date, zone))
    else:
        alarms.raise_alarm(
            clinic_id=patient.clinic_id, kind=AlarmKind.NO_NIGHT_WATCH, subject=patient.pk, now=now
        )
        _wait_until(night, NightState.TOLD, ends_at(night.night_date, zone))


def _needs_watcher(night: Night, zone: ZoneInfo, now: datetime) -> bool:
    """Nobody needs to be awake for a check-in that has moved away, or while monitoring pauses."""
    patient = night.patient
    if patient.status != PatientStatus.ACTIVE:
        return False
    if nights.is_covered(patient=patient, night=night.night_date, at=now):
        return False
    span = (begins_at(night.night_date, zone), ends_at(night.night_date, zone))
    kept = patient.checkins.exclude(state=CheckinState.DROPPED)
    return kept.filter(due_at__gte=span[0], due_at__lt=span[1]).exists()


def _text_family(patient: Patient, night: Night, now: datetime) -> None:
    """Once to a phone that two people share; after each one's quiet hours, unless the night is over then."""
    for person in one_per_phone(contact_order.of_patient(patient=patient, at=now)):
        at = after_quiet_hours(
            now,
            zone=ZoneInfo(person.time_zone),
            quiet_from=person.quiet_from,
            quiet_until=person.quiet_until,
        )
        if at >= ends_at(night.night_date, ZoneInfo(patient.time_zone)):
            continue
        outbox.queue(
            to=str(person.phone),
            body=_text_body(patient, person),
            purpose="reminder",
            dedupe_key=f"night:{night.pk}:{person.pk}",
            service="reminders",
            expires_at=ends_at(night.night_date, ZoneInfo(patient.time_zone)),
            language=person.language,
            not_before=at,
            now=now,
        )


def _wait_until(night: Night, state: NightState, until: datetime) -> None:
    night.state, night.due_at = state, until
    night.save(update_fields=["state", "due_at"])


def _settle(night: Night, now: datetime) -> None:
    if night.state == NightState.TOLD:
        patient = night.patient
        alarms.clear(clinic_id=patient.clinic_id, kind=AlarmKind.NO_NIGHT_WATCH, subject=patient.pk, now=now)
    night.state = NightState.SETTLED
    night.save(update_fields=["state"])


def _text_body(patient: Patient, person: User) -> str:
    with translation.override(person.language):
        return _(
            "%(brand)s: who is awake tonight? Please say so here: %(url)s Reply STOP to end these texts."
        ) % {
            "brand": patient.clinic.sms_brand,
            "url": f"{settings.PUBLIC_BASE_URL}/",
        }
