"""Who is refused again and again is a notice to the leads, where they belong and where they tried."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max

from clinic.models import AuditEvent, CareTeamMember, Staff, SystemAlarm, SystemClient
from clinic.models.audit_event import REFUSALS
from clinic.models.system_alarm import AlarmKind
from clinic.services.core import alarms

WITHIN = timedelta(hours=1)
# More than so many. One at several clinics counts once: its rows share their correlation id.
MOST = 5


def tell_leads(*, now: datetime) -> int:
    """Raise what is not told yet; returns how many alarms. What a lead has looked at counts no more."""
    raised = 0
    for user_id in _often_refused(now - WITHIN):
        told_at = _last_told(user_id)
        for clinic_id in _clinics_of(user_id, now - WITHIN):
            since = max(now - WITHIN, told_at.get(clinic_id, now - WITHIN))
            if _count(user_id, since) > MOST:
                raised += alarms.raise_alarm(
                    clinic_id=clinic_id, kind=AlarmKind.REFUSALS, subject=user_id, now=now
                )
    return raised


def _often_refused(since: datetime) -> list[UUID]:
    rows = AuditEvent.objects.filter(action__in=REFUSALS, at__gt=since, actor_id__isnull=False)
    counted = rows.values("actor_id").annotate(n=Count("correlation_id", distinct=True))
    often = counted.filter(n__gt=MOST).values_list("actor_id", flat=True)
    return [user_id for user_id in often if user_id]


def _count(user_id: UUID, since: datetime) -> int:
    rows = AuditEvent.objects.filter(action__in=REFUSALS, at__gt=since, actor_id=user_id)
    return rows.values("correlation_id").distinct().count()


def _last_told(user_id: UUID) -> dict[UUID, datetime]:
    """By clinic, when a lead last put the notice about this person away."""
    rows = SystemAlarm.objects.filter(kind=AlarmKind.REFUSALS, subject=str(user_id), cleared_at__isnull=False)
    return dict(rows.values("clinic_id").annotate(at=Max("cleared_at")).values_list("clinic_id", "at"))


def _clinics_of(user_id: UUID, since: datetime) -> set[UUID]:
    """Where the person belongs, as staff or family, or the system; and whose things they asked for."""
    tried = AuditEvent.objects.filter(
        action__in=REFUSALS, at__gt=since, actor_id=user_id, clinic_id__isnull=False
    ).values_list("clinic_id", flat=True)
    staff = Staff.objects.filter(user=user_id, ended_at__isnull=True).values_list("clinic_id", flat=True)
    family = CareTeamMember.objects.filter(user=user_id, ended_at__isnull=True)
    system = SystemClient.objects.filter(pk=user_id).values_list("clinic_id", flat=True)
    found = {*tried, *staff, *system, *family.values_list("patient__clinic_id", flat=True)}
    return {clinic_id for clinic_id in found if clinic_id}
