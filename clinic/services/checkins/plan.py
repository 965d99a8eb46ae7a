"""Plans check-ins by the protocol's phases, and closes them when a report comes in."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from clinic.models import Checkin, Patient, Report
from clinic.models.checkin import CheckinKind, CheckinState, ReminderState
from clinic.models.patient import PatientStatus
from clinic.prepared import PreparedQuery
from clinic.queries.core import courses
from clinic.queries.protocols.patient_context import additions_of
from clinic.rules.checkins.schedule import PLAN_AHEAD, answered_until, shortest_recheck, slots_between
from clinic.rules.protocols.scoring.assessment import is_second_reading
from clinic.services.checkins import nights, reminders
from clinic.services.protocols.versions import NoProtocol, current_version_for, rules_of

logger = logging.getLogger(__name__)


def plan_all(*, now: datetime) -> None:
    """Plan the next two days for every monitored patient. A failure for one stops no other."""
    patients = Patient.objects.filter(status=PatientStatus.ACTIVE, is_synthetic=False).select_related(
        "clinic"
    )
    for patient in patients.iterator():
        try:
            plan_patient(patient=patient, now=now)
        except NoProtocol:
            logger.warning("clinic has no protocol", extra={"clinic_id": str(patient.clinic_id)})
        except Exception:
            logger.exception("check-ins cannot be planned", extra={"patient_id": str(patient.pk)})


@transaction.atomic
def plan_patient(*, patient: Patient, now: datetime) -> None:
    """Plan one patient's check-ins, reminders and nights.

    Only future check-ins without a sent reminder are changed: whatever was due, or has been reminded of,
    stays as it is.
    """
    protocol = rules_of(current_version_for(patient=patient))
    zone = ZoneInfo(patient.time_zone)
    additions = additions_of(protocol, patient, now)
    slots = slots_between(protocol, patient.infusion_date, zone, now, now + PLAN_AHEAD, additions=additions)
    ahead = patient.checkins.filter(due_at__gte=now, kind=CheckinKind.SCHEDULED)
    _restore(ahead.filter(due_at__in=slots, state=CheckinState.DROPPED))
    Checkin.objects.bulk_create(
        [Checkin(patient=patient, due_at=slot) for slot in slots], ignore_conflicts=True
    )
    planned = list(ahead.filter(state=CheckinState.PLANNED))
    _drop(checkin for checkin in planned if checkin.due_at not in slots)
    fitting = [checkin for checkin in planned if checkin.due_at in slots]
    reminders.plan_for(patient=patient, checkins=fitting, protocol=protocol)
    # A night that has begun counts from its beginning: who starts at nine in the evening is up tonight too.
    evening = nights.since(zone=zone, now=now)
    begun = slots_between(protocol, patient.infusion_date, zone, evening, now, additions=additions)
    nights.plan_for(patient=patient, slots=[*begun, *(checkin.due_at for checkin in fitting)], now=now)


def plan_at_once(*, patient: Patient, now: datetime) -> None:
    """Another day 0 or another clock counts: what is to come and unsent goes by it, and the past stays."""
    if patient.status != PatientStatus.ACTIVE:
        return
    try:
        plan_patient(patient=patient, now=now)
    except NoProtocol:
        logger.warning("clinic has no protocol", extra={"clinic_id": str(patient.clinic_id)})


def complete_answered(*, report: Report, now: datetime) -> None:
    """The report answers what was due about when it was seen: no reminder and no alarm for it any more.

    A correction is no new answer to a check-in, but it may bring the reading that its report was without.
    Runs inside the transaction that stores the report, but a fault here never costs the report: the
    worst that follows is a reminder too many.
    """
    try:
        with transaction.atomic():
            _complete_answered(report, now)
    except Exception:
        logger.exception("check-ins cannot be closed", extra={"report_id": str(report.pk)})


def open_recheck(*, report: Report, patient: Patient, after: timedelta) -> Checkin:
    """Ask for one more measurement, so long after this one was made; a report asks once.

    Where that time had passed when the report came in, it is due from its arrival: nobody could be asked
    before. A measurement that was made in time and is on record already answers it. Runs inside the scoring
    transaction, which holds the lock on the patient's row.
    """
    protocol = rules_of(report.protocol_version)
    due_at = max(report.observed_at + after, report.received_at)
    checkin, created = Checkin.objects.get_or_create(
        recheck_of=report,
        defaults={
            "patient": patient,
            "kind": CheckinKind.RECHECK,
            "due_at": _free_slot(patient, due_at),
        },
    )
    if not created:
        return checkin
    made = _measured_again(report, since=report.observed_at + shortest_recheck(protocol))
    if made is not None:
        checkin.state, checkin.report = CheckinState.DONE, made
        checkin.save(update_fields=["state", "report"])
    elif patient.status == PatientStatus.ACTIVE:
        reminders.plan_for(patient=patient, checkins=[checkin], protocol=protocol)
    return checkin


def reopen_answered(*, report: Report, patient: Patient, now: datetime) -> None:
    """The report was about somebody else: what it answered, and no other has, is unanswered again.

    So is the second reading that it asked for: nobody owes it. Runs inside the caller's transaction, which
    holds the lock on the patient's row.
    """
    drop_recheck(report=report, now=now)
    answered = patient.checkins.filter(report=report, state=CheckinState.DONE)
    ids = list(answered.values_list("pk", flat=True))
    owed = patient.status == PatientStatus.ACTIVE and bool(ids)
    Checkin.objects.filter(pk__in=ids).update(
        state=CheckinState.PLANNED if owed else CheckinState.DROPPED, report=None
    )
    if not owed:
        return
    # What is an hour late expires by itself.
    reminders.restore(checkin_ids=ids)
    others = Report.objects.standing().filter(patient=patient, is_drill=False, corrects=None)
    for other in others.filter(observed_at__gte=report.observed_at).order_by("observed_at", "pk"):
        other.patient = patient
        complete_answered(report=other, now=now)


def drop_recheck(*, report: Report, now: datetime) -> None:
    """Another version has taken the report's place, and asks anew if there is reason to.

    Runs inside the scoring transaction of that version.
    """
    owed = list(report.patient.checkins.filter(recheck_of=report, state=CheckinState.PLANNED))
    ids = [checkin.pk for checkin in owed]
    Checkin.objects.filter(pk__in=ids).update(state=CheckinState.DROPPED)
    reminders.cancel(checkin_ids=ids, now=now)


def _measured_again(report: Report, *, since: datetime) -> Report | None:
    """A report on record that was made after this one, late enough to be the measurement asked for."""
    others = Report.objects.standing().filter(patient=report.patient_id, is_drill=False, correction=None)
    later = others.filter(observed_at__gt=report.observed_at, observed_at__gte=since)
    rows = later.select_related("protocol_version").defer("protocol_version__document")
    return next((one for one in rows.order_by("observed_at", "pk") if _is_second_reading(one)), None)


def _is_second_reading(report: Report) -> bool:
    return is_second_reading(rules_of(report.protocol_version), report.answers)


def _free_slot(patient: Patient, at: datetime) -> datetime:
    """A check-in is identified by its due time; two on the same second must not make scoring fail."""
    while patient.checkins.filter(due_at=at).exists():
        at += timedelta(seconds=1)
    return at


def drop_upcoming(*, patient: Patient, now: datetime) -> None:
    """Drop future check-ins and cancel reminders, because monitoring pauses.

    Runs inside the caller's transaction.
    """
    pending = patient.checkins.filter(state=CheckinState.PLANNED)
    _drop(pending.filter(due_at__gte=now))
    reminders.cancel(checkin_ids=pending.values_list("pk", flat=True), now=now)


def withdraw_owed(*, patient: Patient, since: datetime, now: datetime) -> tuple[int, int]:
    """Nobody at home is to report any more: drop what was due from then on, and second readings with it.

    What was due before stays as it was, unanswered; nobody is reminded of it any more. Returns how many
    check-ins were dropped and how many texts taken back. Runs inside the caller's transaction, which holds
    the lock on the patient's row.
    """
    owed = list(patient.checkins.filter(state=CheckinState.PLANNED).values_list("pk", flat=True))
    rows = Checkin.objects.filter(pk__in=owed, state=CheckinState.PLANNED, due_at__gte=since)
    return rows.update(state=CheckinState.DROPPED), reminders.cancel(checkin_ids=owed, now=now)


def move_rechecks(*, old: Patient, new: Patient) -> None:
    """Another clinic has taken the patient over: the second readings that are owed are owed there.

    Whatever reminds of them looks at whose patient it is when it is due. Runs in the caller's transaction.
    """
    owed = old.checkins.filter(kind=CheckinKind.RECHECK, state=CheckinState.PLANNED)
    owed.update(patient=new)


def restore_rechecks(*, patient: Patient, now: datetime) -> None:
    """Owe again the second readings that are still ahead: what had dropped them was a mistake.

    One whose report has been corrected stays dropped: the correction asks anew where there is reason to.
    """
    dropped = patient.checkins.filter(kind=CheckinKind.RECHECK, state=CheckinState.DROPPED, due_at__gte=now)
    _restore(dropped.filter(recheck_of__correction=None))


def _complete_answered(report: Report, now: datetime) -> None:
    patient = report.patient
    protocol = rules_of(current_version_for(patient=patient))
    seen_at = report.observed_at
    until = answered_until(
        protocol,
        courses.at(patient, seen_at).infusion_date,
        ZoneInfo(patient.time_zone),
        seen_at,
        additions=additions_of(protocol, patient, seen_at),
    )
    asked_before = seen_at - shortest_recheck(protocol)
    owed = _planned_by(patient.pk, until, seen_at, asked_before)
    ids = [one.pk for one in owed if one.kind == CheckinKind.SCHEDULED and report.corrects_id is None]
    rechecks = [one.pk for one in owed if one.kind == CheckinKind.RECHECK]
    if rechecks and _is_second_reading(report):
        ids += rechecks
    if ids:
        Checkin.objects.filter(pk__in=ids).update(state=CheckinState.DONE, report=report)
        reminders.cancel(checkin_ids=ids, now=now)


def _planned(
    patient_id: UUID, until: datetime, seen_at: datetime, asked_before: datetime
) -> QuerySet[Checkin]:
    """What is due by then, and second readings that were asked for early enough."""
    measured_again = Q(
        kind=CheckinKind.RECHECK,
        recheck_of__observed_at__lt=seen_at,
        recheck_of__observed_at__lte=asked_before,
    )
    rows = Checkin.objects.filter(
        Q(kind=CheckinKind.SCHEDULED, due_at__lte=until) | measured_again,
        patient=patient_id,
        state=CheckinState.PLANNED,
    )
    return rows.only("pk", "kind")


_planned_by = PreparedQuery(_planned, UUID, datetime, datetime, datetime)


def _restore(checkins: Iterable[Checkin]) -> None:
    """Plan dropped check-ins again: day 0 was moved back, or a pause ended early."""
    ids = [checkin.pk for checkin in checkins]
    Checkin.objects.filter(pk__in=ids).update(state=CheckinState.PLANNED)
    reminders.restore(checkin_ids=ids)


def _drop(checkins: Iterable[Checkin]) -> None:
    ids = [checkin.pk for checkin in checkins]
    # A report may have answered one since it was read, and what somebody was reminded of stays.
    rows = Checkin.objects.filter(pk__in=ids, state=CheckinState.PLANNED)
    unsent = rows.exclude(reminders__state=ReminderState.QUEUED)
    dropped = list(unsent.values_list("pk", flat=True))
    Checkin.objects.filter(pk__in=dropped, state=CheckinState.PLANNED).update(state=CheckinState.DROPPED)
    reminders.drop(checkin_ids=dropped)
