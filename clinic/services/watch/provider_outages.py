"""The phone provider is down: an alarm on every console, and the leads are told by the way that works.

Found in the database at every tick, so that no crash between the outage and the alarm can lose it.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.models import Clinic, SystemAlarm
from clinic.models.system_alarm import AlarmKind
from clinic.services.core import alarms, staff_texts
from notifications.queries import routes_down
from notifications.rules.purposes import Service

logger = logging.getLogger(__name__)


def follow_up(*, now: datetime) -> None:
    """Raise the alarm at every clinic while a route of the provider is down, and end it when none is."""
    down = routes_down()
    is_open = dict(
        SystemAlarm.objects.filter(kind=AlarmKind.PROVIDER_DOWN, cleared_at__isnull=True).values_list(
            "clinic_id", "pk"
        )
    )
    for clinic in Clinic.objects.order_by("pk"):
        try:
            if down and clinic.pk not in is_open:
                _begin(clinic, down, now)
            elif not down and clinic.pk in is_open:
                _end(clinic, is_open[clinic.pk], now)
        except Exception:
            logger.exception("an outage cannot be told", extra={"clinic_id": str(clinic.pk)})


@transaction.atomic
def _begin(clinic: Clinic, down: list[str], now: datetime) -> None:
    kind = AlarmKind.PROVIDER_DOWN
    if not alarms.raise_alarm(clinic_id=clinic.pk, kind=kind, subject="", now=now):
        return
    logger.error("The phone provider is down: %s", ", ".join(down))
    alarm = SystemAlarm.objects.get(clinic=clinic, kind=kind, cleared_at__isnull=True)
    staff_texts.reach_leads(
        clinic_id=clinic.pk,
        words=lambda: _("Texts or calls are not going out. Watch the console:"),
        key=f"provider-down:{alarm.pk}",
        path="/console/",
        now=now,
    )
    if Service.PAGING in down:
        # It waits until the provider takes it: so it is what finds out, at night too.
        _tell_of_recovery(clinic, alarm.pk, now)


@transaction.atomic
def _end(clinic: Clinic, alarm_id: int, now: datetime) -> None:
    if alarms.clear(clinic_id=clinic.pk, kind=AlarmKind.PROVIDER_DOWN, subject="", now=now):
        _tell_of_recovery(clinic, alarm_id, now)


def _tell_of_recovery(clinic: Clinic, alarm_id: int, now: datetime) -> None:
    staff_texts.tell_leads_of_recovery(
        clinic_id=clinic.pk,
        words=lambda: _("The phone service takes our messages again. The console has the details:"),
        key=f"provider-up:{alarm_id}",
        now=now,
    )
