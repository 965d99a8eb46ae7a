"""Alarms about the system itself, shown on top of the console until the cause is gone."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic.access import NotAllowed, Permission, get_alarm, require
from clinic.models import Patient, SystemAlarm, User
from clinic.models.patient import PatientStatus
from clinic.models.system_alarm import FOR_LEADS, WAITS_FOR_DECISION, AlarmKind
from clinic.services.core import audit, live


def raise_alarm(*, clinic_id: UUID, kind: AlarmKind, subject: object, now: datetime) -> bool:
    """Open the alarm unless it is open already; True when this call opened it."""
    alarm = SystemAlarm(clinic_id=clinic_id, kind=kind, subject=str(subject), raised_at=now)
    try:
        with transaction.atomic():
            alarm.save(force_insert=True)
            live.publish_change(clinic_id=clinic_id, kind="alarm", ref=alarm.pk, level=None, now=now)
    except IntegrityError:
        return False
    return True


@transaction.atomic
def clear(
    *, clinic_id: UUID, kind: AlarmKind, subject: object, now: datetime, by: User | None = None
) -> bool:
    """Close the open alarm of this cause, if there is one."""
    cleared = SystemAlarm.objects.filter(
        clinic_id=clinic_id, kind=kind, subject=str(subject), cleared_at__isnull=True
    ).update(cleared_at=now, cleared_by=by)
    if cleared:
        audit.record(
            action="alarm.cleared",
            by=by,
            now=now,
            clinic_id=clinic_id,
            subject_type="alarm",
            subject_id=subject,
            detail={"kind": kind},
        )
        live.publish_change(clinic_id=clinic_id, kind="alarm", ref=subject, level=None, now=now)
    return bool(cleared)


def dismiss(*, alarm_id: int, by: User, now: datetime) -> bool:
    """Clear an alarm that a person dealt with; False when it was clear already. NotVisible, NotAllowed.

    While staff were asked who watches, no silence was counted: it counts from their answer on.
    """
    alarm = get_alarm(by, alarm_id)
    ends_it = Permission.VIEW_AUDIT if alarm.kind in FOR_LEADS else Permission.ACT_ON_ESCALATIONS
    require(by, ends_it, alarm.clinic_id)
    if alarm.kind in WAITS_FOR_DECISION:
        raise NotAllowed("decide")
    kind, subject = AlarmKind(alarm.kind), alarm.subject
    with transaction.atomic():
        cleared = clear(clinic_id=alarm.clinic_id, kind=kind, subject=subject, by=by, now=now)
        if cleared and kind == AlarmKind.NOBODY_WATCHES:
            Patient.objects.filter(pk=subject, status=PatientStatus.ACTIVE).update(monitored_since=now)
        return cleared
