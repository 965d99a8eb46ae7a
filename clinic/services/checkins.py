"""Plans check-ins by the protocol's phases, reminds of them, and stops reminding once a report is in."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.models import Checkin, Patient, Reminder, Report, User
from clinic.models.checkin import CheckinState, ReminderState
from clinic.models.patient import PatientStatus
from clinic.rules.checkins import Phase, day_of, phase_for, slots_between
from clinic.services.protocols import NoProtocol, current_version, rules_of
from notifications.queries import standings
from notifications.rules.standings import Standing
from notifications.rules.timing import after_quiet_hours
from notifications.services import outbox

logger = logging.getLogger(__name__)

PLAN_AHEAD = timedelta(hours=48)
# A reminder that could not go out for an hour is dropped: it would come as a surprise, not as help.
REMINDER_EXPIRES_AFTER = timedelta(hours=1)
# A report this share of the usual gap before a planned check-in counts as that check-in.
EARLY_SHARE = 3


def plan(*, now: datetime) -> None:
    """Plan everybody's next two days. One patient's trouble stops nobody else's plan."""
    patients = Patient.objects.filter(status=PatientStatus.ACTIVE).select_related("clinic")
    for patient in patients.iterator():
        try:
            plan_patient(patient=patient, now=now)
        except NoProtocol:
            logger.warning("clinic has no protocol", extra={"clinic_id": str(patient.clinic_id)})
        except Exception:
            logger.exception("check-ins cannot be planned", extra={"patient_id": str(patient.pk)})


@transaction.atomic
def plan_patient(*, patient: Patient, now: datetime) -> None:
    """Plan one patient's check-ins and reminders; what is planned already stays, what no longer fits goes."""
    protocol = rules_of(current_version(clinic=patient.clinic))
    zone = ZoneInfo(patient.time_zone)
    slots = slots_between(protocol, patient.infusion_date, zone, now, now + PLAN_AHEAD)
    Checkin.objects.bulk_create(
        [Checkin(patient=patient, due_at=slot) for slot in slots], ignore_conflicts=True
    )
    planned = list(patient.checkins.filter(due_at__gte=now, state=CheckinState.PLANNED))
    _drop([checkin for checkin in planned if checkin.due_at not in slots])
    caregivers = list(User.objects.filter(care_links__in=patient.care_team.filter(ended_at__isnull=True)))
    Reminder.objects.bulk_create(
        [
            Reminder(
                checkin=checkin,
                caregiver=caregiver,
                offset_minutes=offset,
                due_at=_wall_clock(checkin.due_at, zone, caregiver) + timedelta(minutes=offset),
            )
            for checkin in planned
            if checkin.due_at in slots
            for offset in _phase_at(patient, checkin.due_at).reminder_offsets_minutes
            for caregiver in caregivers
        ],
        ignore_conflicts=True,
    )


def complete(*, report: Report, now: datetime) -> None:
    """The report answers what is due about now: no reminder for it goes out any more.

    Runs inside the transaction that stores the report, but a fault here never costs the report: the
    worst that follows is a reminder too many.
    """
    try:
        with transaction.atomic():
            _complete(report, now)
    except Exception:
        logger.exception("check-ins cannot be closed", extra={"report_id": str(report.pk)})


def remind_due(*, now: datetime) -> int:
    """Queue the texts of all reminders that are due; returns how many. One bad reminder stops no other."""
    queued = 0
    due = Reminder.objects.filter(state=ReminderState.PLANNED, due_at__lte=now).order_by("due_at")
    for reminder_id in list(due.values_list("pk", flat=True)[:500]):
        try:
            queued += remind(reminder_id=reminder_id, now=now)
        except Exception:
            logger.exception("a reminder cannot be queued", extra={"reminder_id": reminder_id})
    return queued


@transaction.atomic
def remind(*, reminder_id: int, now: datetime) -> bool:
    """Queue one reminder unless the report is in, the time is past, or nobody should be reminded."""
    reminder = (
        Reminder.objects.select_for_update(of=("self",))
        .select_related("checkin__patient__clinic", "caregiver")
        .get(pk=reminder_id)
    )
    if reminder.state != ReminderState.PLANNED:
        return False
    if now - reminder.due_at > REMINDER_EXPIRES_AFTER:
        return _close(reminder, ReminderState.EXPIRED)
    if not _wanted(reminder):
        return _close(reminder, ReminderState.CANCELLED)
    awake_at = _awake_at(reminder, now)
    # One text is enough, whatever has piled up while a worker was down or the family slept.
    if _has_newer(reminder, until=awake_at):
        return _close(reminder, ReminderState.EXPIRED)
    if awake_at > now:
        reminder.due_at = awake_at
        reminder.save(update_fields=["due_at"])
        return False
    message = outbox.queue(
        to=str(reminder.caregiver.phone),
        body=_text(reminder),
        purpose="reminder",
        dedupe_key=f"reminder:{reminder.pk}",
        service="reminders",
        expires_at=reminder.due_at + REMINDER_EXPIRES_AFTER,
        language=reminder.caregiver.language,
        now=now,
    )
    reminder.state, reminder.message_id = ReminderState.QUEUED, message.pk
    reminder.save(update_fields=["state", "message_id"])
    return True


def _complete(report: Report, now: datetime) -> None:
    phase = _phase_at(report.patient, now)
    gap = timedelta(days=phase.every_days) / max(1, len(phase.times) * len(phase.days_in_cycle))
    answered = Checkin.objects.filter(
        patient_id=report.patient_id, state=CheckinState.PLANNED, due_at__lte=now + gap / EARLY_SHARE
    )
    ids = list(answered.values_list("pk", flat=True))
    Checkin.objects.filter(pk__in=ids).update(state=CheckinState.DONE, report=report)
    _cancel_reminders(ids, now)


def _phase_at(patient: Patient, at: datetime) -> Phase:
    protocol = rules_of(current_version(clinic=patient.clinic))
    return phase_for(protocol, day_of(patient.infusion_date, at, ZoneInfo(patient.time_zone)))


def _wall_clock(due_at: datetime, zone: ZoneInfo, caregiver: User) -> datetime:
    """8 in the evening for the patient is 8 in the evening for a caregiver elsewhere."""
    return due_at.astimezone(zone).replace(tzinfo=ZoneInfo(caregiver.time_zone))


def _wanted(reminder: Reminder) -> bool:
    patient, caregiver = reminder.checkin.patient, reminder.caregiver
    return (
        reminder.checkin.state == CheckinState.PLANNED
        and patient.status == PatientStatus.ACTIVE
        and caregiver.is_active
        and caregiver.phone is not None
        and standings([str(caregiver.phone)])[str(caregiver.phone)] is Standing.ON
        and patient.care_team.filter(user=caregiver, ended_at__isnull=True).exists()
    )


def _awake_at(reminder: Reminder, now: datetime) -> datetime:
    """Now, or the end of the caregiver's quiet hours on their own clock."""
    caregiver = reminder.caregiver
    zone = ZoneInfo(caregiver.time_zone)
    return after_quiet_hours(
        now, zone=zone, quiet_from=caregiver.quiet_from, quiet_until=caregiver.quiet_until
    )


def _has_newer(reminder: Reminder, *, until: datetime) -> bool:
    """Whether another reminder to this caregiver comes after this one, up to a time."""
    others = Reminder.objects.filter(
        caregiver=reminder.caregiver, state=ReminderState.PLANNED, due_at__lte=until
    )
    later = Q(due_at__gt=reminder.due_at) | Q(due_at=reminder.due_at, pk__gt=reminder.pk)
    return others.filter(later, checkin__state=CheckinState.PLANNED).exists()


def _drop(checkins: Iterable[Checkin]) -> None:
    ids = [checkin.pk for checkin in checkins]
    # A report may have answered one since it was read.
    Checkin.objects.filter(pk__in=ids, state=CheckinState.PLANNED).update(state=CheckinState.DROPPED)
    Reminder.objects.filter(checkin__in=ids, state=ReminderState.PLANNED).update(
        state=ReminderState.CANCELLED
    )


def _cancel_reminders(checkin_ids: list[UUID], now: datetime) -> None:
    """First the planned ones, waiting for whoever holds a row; only then what has just been queued."""
    reminders = Reminder.objects.filter(checkin__in=checkin_ids)
    reminders.filter(state=ReminderState.PLANNED).update(state=ReminderState.CANCELLED)
    queued = reminders.filter(state=ReminderState.QUEUED)
    for reminder in queued:
        if reminder.message_id is not None:
            outbox.cancel(message_id=reminder.message_id, now=now)


def _close(reminder: Reminder, state: ReminderState) -> bool:
    reminder.state = state
    reminder.save(update_fields=["state"])
    return False


def _text(reminder: Reminder) -> str:
    with translation.override(reminder.caregiver.language):
        return _("%(brand)s: time for the check-in. %(url)s Reply STOP to end these texts.") % {
            "brand": reminder.checkin.patient.clinic.sms_brand,
            "url": f"{settings.PUBLIC_BASE_URL}/",
        }
