"""Reminds the family of a check-in: first whoever reports or is awake tonight, then the others."""

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.models import CareTeamMember, Checkin, Patient, Reminder, User
from clinic.models.checkin import CheckinKind, CheckinState, ReminderState
from clinic.models.patient import PatientStatus
from clinic.queries.checkins import contact_order, holds, nights
from clinic.queries.core import courses
from clinic.queries.protocols.patient_context import additions_of
from clinic.rules.checkins.schedule import answered_from
from clinic.rules.protocols.document.additions import DayPlan
from clinic.rules.protocols.document.phases import plan_on
from clinic.rules.protocols.document.protocol import Protocol
from clinic.services.checkins import keypad_calls
from clinic.services.protocols.versions import current_version_for, rules_of
from notifications.models import Message
from notifications.rules.timing import after_quiet_hours
from notifications.services import outbox

logger = logging.getLogger(__name__)

# A reminder that is an hour late would surprise, not help, so it is dropped.
EXPIRES_AFTER = timedelta(hours=1)


def plan_for(*, patient: Patient, checkins: Iterable[Checkin], protocol: Protocol) -> None:
    """Plan the reminders of these check-ins for everybody in the family; what is planned stays."""
    caregivers = list(User.objects.filter(care_links__in=patient.care_team.filter(ended_at__isnull=True)))
    Reminder.objects.bulk_create(
        [
            reminder
            for checkin in checkins
            for caregiver in caregivers
            for reminder in _reminders(patient, checkin, caregiver, protocol)
        ],
        ignore_conflicts=True,
    )


def queue_due(*, now: datetime) -> int:
    """Queue the texts of all reminders that are due; returns how many. One bad reminder stops no other."""
    queued = 0
    due = Reminder.objects.filter(state=ReminderState.PLANNED, due_at__lte=now).order_by("due_at")
    for reminder_id in list(due.values_list("pk", flat=True)[:500]):
        try:
            queued += queue_if_due(reminder_id=reminder_id, now=now)
        except Exception:
            logger.exception("a reminder cannot be queued", extra={"reminder_id": reminder_id})
    return queued


@transaction.atomic
def queue_if_due(*, reminder_id: int, now: datetime) -> bool:
    """Queue one reminder unless the report is in, the time is past, or it is not this person's turn.

    The patient's row is locked first: whoever records at this moment that nobody is to be reminded finds this
    text in the outbox, or has been before it.
    """
    patients = Patient.objects.filter(checkins__reminders=reminder_id)
    patients.select_for_update(of=("self",), no_key=True).first()
    reminder = (
        Reminder.objects.select_for_update(of=("self",))
        .select_related("checkin__patient__clinic", "caregiver")
        .get(pk=reminder_id)
    )
    if reminder.state != ReminderState.PLANNED:
        return False
    if now - reminder.due_at > EXPIRES_AFTER:
        return _close_unsent(reminder, ReminderState.EXPIRED)
    if not _is_wanted(reminder, now):
        return _close_unsent(reminder, ReminderState.CANCELLED)
    if reminder.to_backup and _is_told_on_same_phone(reminder):
        return _close_unsent(reminder, ReminderState.CANCELLED)
    # Planned still: what has become too old by the time a person has looked expires above.
    if holds.is_held(reminder.checkin.patient_id):
        return False
    awake_at = _may_text_from(reminder, now)
    # One text is enough, whatever has piled up while a worker was down or the family slept.
    if _has_newer(reminder, until=awake_at):
        return _close_unsent(reminder, ReminderState.EXPIRED)
    if awake_at > now:
        reminder.due_at = awake_at
        reminder.save(update_fields=["due_at"])
        return False
    is_called = keypad_calls.is_called(caregiver=reminder.caregiver, clinic=reminder.checkin.patient.clinic)
    message = _queue_call(reminder, now) if is_called else _queue_text(reminder, now)
    reminder.state, reminder.message_id = ReminderState.QUEUED, message.pk
    reminder.save(update_fields=["state", "message_id"])
    return True


def cancel(*, checkin_ids: Iterable[UUID], now: datetime) -> int:
    """Cancel planned reminders first, waiting for row locks; then those that were queued in between.

    Returns how many texts were taken back from the outbox.
    """
    reminders = Reminder.objects.filter(checkin__in=list(checkin_ids))
    reminders.filter(state=ReminderState.PLANNED).update(state=ReminderState.CANCELLED)
    return _take_back(reminders, now)


def withdraw_from(*, member: CareTeamMember, now: datetime, keeps_backups: bool = False) -> int:
    """This person looks after that patient no more: take back what has not left; returns how many texts.

    What is planned is looked at when it is due, and goes to nobody without access. `keeps_backups`: what asks
    the others stays, because somebody else reads it on the same phone.
    """
    of_person = Reminder.objects.filter(caregiver=member.user_id, checkin__patient=member.patient_id)
    if keeps_backups:
        of_person = of_person.filter(to_backup=False)
    return _take_back(of_person.filter(due_at__gt=now - EXPIRES_AFTER), now)


def _take_back(reminders: QuerySet[Reminder], now: datetime) -> int:
    queued = reminders.filter(state=ReminderState.QUEUED, message_id__isnull=False)
    messages = [pk for pk in queued.values_list("message_id", flat=True) if pk is not None]
    return sum(outbox.cancel(message_id=pk, now=now) for pk in messages)


def hold(*, patient: Patient, now: datetime) -> None:
    """Take back what is queued for the family: a person looks first at what they wrote (queries.holds)."""
    family = patient.care_team.filter(ended_at__isnull=True, user__phone__isnull=False)
    phones = [str(phone) for phone in family.values_list("user__phone", flat=True)]
    for purpose in ("reminder", "checkin", "news"):
        outbox.take_back(phones=phones, purpose=purpose, now=now)


def move_to_clock_of(*, caregiver: User, now: datetime) -> int:
    """Their clock has changed: what is still to come is due by the new one; returns how many moved.

    What the new clock says is past is due now, so that nobody is left without. Runs inside the caller's
    transaction.
    """
    planned = Reminder.objects.filter(
        caregiver=caregiver,
        state=ReminderState.PLANNED,
        checkin__state=CheckinState.PLANNED,
        due_at__gt=now,
    )
    moved = []
    protocols: dict[UUID, Protocol] = {}
    rows = planned.select_for_update(of=("self",)).select_related("checkin__patient__clinic").order_by("pk")
    for reminder in rows:
        patient = reminder.checkin.patient
        if patient.pk not in protocols:
            protocols[patient.pk] = rules_of(current_version_for(patient=patient))
        starts_at = _starts_at(patient, reminder.checkin, caregiver, protocols[patient.pk])
        due_at = _due_at(reminder.checkin, starts_at, reminder.offset_minutes, reminder.to_backup)
        due_at = max(due_at, now)
        if due_at != reminder.due_at:
            reminder.due_at = due_at
            moved.append(reminder)
    return Reminder.objects.bulk_update(moved, ["due_at"])


def drop(*, checkin_ids: Iterable[UUID]) -> None:
    """The check-ins are planned no longer."""
    planned = Reminder.objects.filter(checkin__in=list(checkin_ids), state=ReminderState.PLANNED)
    planned.update(state=ReminderState.CANCELLED)


def restore(*, checkin_ids: Iterable[UUID]) -> None:
    """The check-ins are planned again, and none of their reminders had gone out."""
    dropped = Reminder.objects.filter(checkin__in=list(checkin_ids), state=ReminderState.CANCELLED)
    dropped.update(state=ReminderState.PLANNED)


def _reminders(patient: Patient, checkin: Checkin, caregiver: User, protocol: Protocol) -> Iterator[Reminder]:
    additions = additions_of(protocol, patient, checkin.due_at)
    plan = plan_on(protocol, courses.day_at(patient, checkin.due_at), additions)
    starts_at = _starts_at(patient, checkin, caregiver, protocol)
    for offset, to_backup in _offsets(plan):
        yield Reminder(
            checkin=checkin,
            caregiver=caregiver,
            offset_minutes=offset,
            to_backup=to_backup,
            due_at=_due_at(checkin, starts_at, offset, to_backup),
        )


def _due_at(checkin: Checkin, starts_at: datetime, offset: int, to_backup: bool) -> datetime:
    """Nobody hears that a check-in is still open before its time has come where the patient is."""
    begins = max(starts_at, checkin.due_at) if to_backup else starts_at
    return begins + timedelta(minutes=offset)


def _offsets(plan: DayPlan) -> Iterator[tuple[int, bool]]:
    """Minutes after the check-in, and whether that one asks the others. Someone is told even in a phase
    that plans nothing, because a re-check can fall into it."""
    yield from ((offset, False) for offset in plan.phase.reminder_offsets_minutes or (0,))
    if plan.backup_contact_after_minutes is not None:
        yield plan.backup_contact_after_minutes, True


def _starts_at(patient: Patient, checkin: Checkin, caregiver: User, protocol: Protocol) -> datetime:
    """8 in the evening for the patient is 8 in the evening for a caregiver elsewhere.

    But far to the east nobody is asked before a report would answer this check-in. A re-check follows a
    report by minutes, so it is the same moment for everybody.
    """
    if checkin.kind == CheckinKind.RECHECK:
        return checkin.due_at
    zone = ZoneInfo(patient.time_zone)
    by_own_clock = checkin.due_at.astimezone(zone).replace(tzinfo=ZoneInfo(caregiver.time_zone))
    day_0 = courses.at(patient, checkin.due_at).infusion_date
    return max(
        by_own_clock.astimezone(UTC),
        answered_from(
            protocol,
            day_0,
            zone,
            checkin.due_at,
            additions=additions_of(protocol, patient, checkin.due_at),
        ),
    )


def _is_wanted(reminder: Reminder, now: datetime) -> bool:
    patient = reminder.checkin.patient
    if reminder.checkin.state != CheckinState.PLANNED or patient.status != PatientStatus.ACTIVE:
        return False
    order = contact_order.of_patient(patient=patient, at=now)
    return reminder.caregiver in (order[1:] if reminder.to_backup else order[:1])


def _is_told_on_same_phone(reminder: Reminder) -> bool:
    """Somebody else on this phone has been asked already, in the same words."""
    person = reminder.caregiver
    others = Reminder.objects.filter(
        checkin=reminder.checkin_id,
        to_backup=True,
        state=ReminderState.QUEUED,
        caregiver__phone=person.phone,
        caregiver__language=person.language,
    )
    return others.exclude(caregiver=person).exists()


def _may_text_from(reminder: Reminder, now: datetime) -> datetime:
    """Now, or the end of the caregiver's quiet hours on their own clock.

    Who has said that they are awake tonight has no quiet hours tonight.
    """
    caregiver = reminder.caregiver
    if nights.watcher_id(patient=reminder.checkin.patient, at=now) == caregiver.pk:
        return now
    zone = ZoneInfo(caregiver.time_zone)
    return after_quiet_hours(
        now, zone=zone, quiet_from=caregiver.quiet_from, quiet_until=caregiver.quiet_until
    )


def _has_newer(reminder: Reminder, *, until: datetime) -> bool:
    """Whether another reminder of the same kind to this caregiver comes after this one, up to a time.

    About the same patient: whoever looks after two hears of both.
    """
    others = Reminder.objects.filter(
        caregiver=reminder.caregiver,
        checkin__patient=reminder.checkin.patient_id,
        to_backup=reminder.to_backup,
        state=ReminderState.PLANNED,
        due_at__lte=until,
    )
    later = Q(due_at__gt=reminder.due_at) | Q(due_at=reminder.due_at, pk__gt=reminder.pk)
    return others.filter(later, checkin__state=CheckinState.PLANNED).exists()


def _close_unsent(reminder: Reminder, state: ReminderState) -> bool:
    reminder.state = state
    reminder.save(update_fields=["state"])
    return False


def _queue_text(reminder: Reminder, now: datetime) -> Message:
    return outbox.queue(
        to=str(reminder.caregiver.phone),
        body=_text_body(reminder),
        purpose="reminder",
        dedupe_key=f"reminder:{reminder.pk}",
        service="reminders",
        expires_at=reminder.due_at + EXPIRES_AFTER,
        language=reminder.caregiver.language,
        now=now,
    )


def _queue_call(reminder: Reminder, now: datetime) -> Message:
    """For who asked to be called, and answers by the keys of a telephone."""
    caregiver, clinic = reminder.caregiver, reminder.checkin.patient.clinic
    return outbox.queue(
        to=str(caregiver.phone),
        body=keypad_calls.body(brand=clinic.sms_brand, language=caregiver.language),
        purpose="checkin",
        dedupe_key=f"reminder:{reminder.pk}",
        service="reminders",
        expires_at=reminder.due_at + EXPIRES_AFTER,
        language=caregiver.language,
        channel="voice",
        caller=str(clinic.keypad_phone),
        now=now,
    )


def _text_body(reminder: Reminder) -> str:
    with translation.override(reminder.caregiver.language):
        return _wording(reminder) % {
            "brand": reminder.checkin.patient.clinic.sms_brand,
            "url": f"{settings.PUBLIC_BASE_URL}/",
        }


def _wording(reminder: Reminder) -> str:
    if reminder.to_backup:
        return _(
            "%(brand)s: a check-in is still open. Can you do it, or call who can? %(url)s "
            "Reply STOP to end these texts."
        )
    return _("%(brand)s: time for the check-in. %(url)s Reply STOP to end these texts.")
