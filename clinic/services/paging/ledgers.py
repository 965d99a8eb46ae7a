"""Counts each night whether everything that should page did; once a week tells the leads what was held back.

The count (feature D15): alarms = paged + answered before the first page left + held back with a reason. What
is left over is an alarm on the console, because somebody may be waiting for an answer.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.models import Clinic, LedgerDay
from clinic.models.system_alarm import AlarmKind
from clinic.queries.paging import ledger
from clinic.services.core import alarms, staff_texts

logger = logging.getLogger(__name__)

# By the clinic's clock: late enough that the last evening's first pages have long gone out.
COUNTED_FROM = time(2, 0)
# Days that no night has counted, as after a standstill, are made up for.
DAYS_BACK = 7
# Monday, when the leads are there to read it.
TEXTED_FROM, TEXTED_UNTIL = time(9, 0), time(17, 0)


def count_due(*, now: datetime) -> int:
    """Count every day that is over and not counted yet; returns how many. One clinic stops no other."""
    return sum(_for_every_clinic(_count_clinic, now))


def text_leads_weekly(*, now: datetime) -> int:
    """On Mondays text the leads of every clinic in which a page was held back last week; how many clinics.

    The key of the text names the week, so however often this runs, nobody gets it twice.
    """
    return sum(_for_every_clinic(_text_leads, now))


def _for_every_clinic(act: Callable[[Clinic, datetime], int], now: datetime) -> list[int]:
    counts = []
    for clinic in Clinic.objects.all():
        try:
            counts.append(act(clinic, now))
        except Exception:
            logger.exception("a ledger cannot be kept", extra={"clinic_id": str(clinic.pk)})
    return counts


def _count_clinic(clinic: Clinic, now: datetime) -> int:
    local = now.astimezone(ZoneInfo(clinic.time_zone))
    last = local.date() - timedelta(days=1 if local.time() >= COUNTED_FROM else 2)
    wanted = {last - timedelta(days=back) for back in range(DAYS_BACK)}
    counted = set(clinic.ledger_days.filter(day__in=wanted).values_list("day", flat=True))
    return sum(_count_day(clinic, day, now) for day in sorted(wanted - counted))


@transaction.atomic
def _count_day(clinic: Clinic, day: date, now: datetime) -> int:
    tally = ledger.count_alarms(clinic, *ledger.bounds(clinic, day))
    row, created = LedgerDay.objects.get_or_create(
        clinic=clinic,
        day=day,
        defaults={**ledger.counted_columns(tally), "counted_at": now},
    )
    if created and not row.is_right:
        logger.error("the ledger does not add up", extra={"clinic_id": str(clinic.pk), "day": str(day)})
        alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.LEDGER_WRONG, subject=day, now=now)
    return int(created)


def _text_leads(clinic: Clinic, now: datetime) -> int:
    local = now.astimezone(ZoneInfo(clinic.time_zone))
    if local.weekday() != 0 or not TEXTED_FROM <= local.time() < TEXTED_UNTIL:
        return 0
    monday = local.date() - timedelta(days=ledger.DAYS_A_WEEK)
    start, end = ledger.bounds(clinic, monday)[0], ledger.bounds(clinic, local.date())[0]
    if not ledger.suppressions_of(clinic.pk, start, end).exists():
        return 0
    staff_texts.text_leads(
        clinic_id=clinic.pk,
        words=lambda: _("The list of pages that were held back last week is ready."),
        key=f"ledger:{clinic.pk}:{monday}",
        path="/console/ledger/",
        now=now,
        expires_at=local.replace(hour=TEXTED_UNTIL.hour, minute=0, second=0, microsecond=0),
    )
    return 1
