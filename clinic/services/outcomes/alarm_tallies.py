"""Counts the alarms of weeks that are over, so that the page of figures need not read their histories.

A tally is a copy: where a week has changed since, the page reads the week itself (ADR 47).
"""

import logging
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinic.models import AlarmTally, Clinic
from clinic.queries.outcomes import alarm_tallies as query
from clinic.queries.outcomes.monitoring import WEEKS_KEPT

logger = logging.getLogger(__name__)

# A round counts so many weeks, so that reports and pages get their turn in between.
AT_ONCE = 50


def count_due(*, now: datetime) -> int:
    """Count anew each week that is over and has changed since it was counted; how many.

    One clinic stops no other.
    """
    done = 0
    for clinic in Clinic.objects.order_by("pk"):
        try:
            done += _count_clinic(clinic, AT_ONCE - done, now)
        except Exception:
            logger.exception("alarms cannot be counted", extra={"clinic_id": str(clinic.pk)})
    return done


def _count_clinic(clinic: Clinic, most: int, now: datetime) -> int:
    mondays = _mondays(clinic, now)
    tallies = AlarmTally.objects.filter(clinic=clinic)
    tallies.filter(monday__lt=mondays[0]).delete()
    kept = dict(tallies.values_list("monday", "basis"))
    # Asked before the count: what changes in between makes the tally worth nothing, and never wrong.
    changed = [
        (monday, basis)
        for monday, basis in query.bases(clinic, mondays, now).items()
        if kept.get(monday) != basis
    ]
    for monday, basis in changed[:most]:
        counted = query.to_json(query.count(clinic, [monday], now))
        AlarmTally.objects.update_or_create(
            clinic=clinic, monday=monday, defaults={"basis": basis, "counted_at": now, "counted": counted}
        )
    return len(changed[:most])


def _mondays(clinic: Clinic, now: datetime) -> list[date]:
    """Of the weeks that are over, as many as the page shows at most."""
    today = now.astimezone(ZoneInfo(clinic.time_zone)).date()
    this = today - timedelta(days=today.weekday())
    return [this - timedelta(weeks=back) for back in range(WEEKS_KEPT, 0, -1)]
