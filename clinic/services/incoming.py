"""Turns a caregiver's text message into something that staff see."""

from datetime import datetime

from clinic.models import CareTeamMember, Clinic
from clinic.models.system_alarm import AlarmKind
from clinic.services import alarms


def tell_staff(*, from_phone: str, kind: str, inbound_id: object, now: datetime) -> None:
    """Every clinic that this phone's person belongs to hears of it; the text itself stays in the inbox.

    `kind` is stop, start, help or text.
    """
    links = CareTeamMember.objects.filter(user__phone=from_phone, ended_at__isnull=True)
    member_ids = dict(links.values_list("patient__clinic_id", "pk"))
    for clinic in Clinic.objects.filter(pk__in=member_ids):
        subject = member_ids[clinic.pk]
        if kind == "stop":
            alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.OPTED_OUT, subject=subject, now=now)
        elif kind == "start":
            alarms.clear(clinic_id=clinic.pk, kind=AlarmKind.OPTED_OUT, subject=subject, now=now)
        elif kind == "text":
            alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.TEXT_RECEIVED, subject=subject, now=now)
