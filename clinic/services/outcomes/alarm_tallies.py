"""Counts the alarms of weeks that are over, so that the page of figures need not read their histories.

A tally is a copy: where a week has changed since, the page reads the week itself (ADR 47).
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from clinic.models import AlarmTally, Clinic
from clinic.queries.outcomes import alarm_tallies as query
from clinic.queries.outcomes.monitoring import WEEKS_KEPT
from clinic.services.outcomes import tallies

# A round counts so many weeks, so that reports and pages get their turn in between.
AT_ONCE = 50


def count_due(*, now: datetime) -> int:
    """Count anew each week that is over and has changed since it was counted; how many."""
    return tallies.in_each_clinic(_count_clinic, AT_ONCE, now)


def _count_clinic(clinic: Clinic, most: int, now: datetime) -> int:
    mondays = _mondays(clinic, now)
    rows = AlarmTally.objects.filter(clinic=clinic)
    rows.filter(monday__lt=mondays[0]).delete()
    kept = dict(rows.values_list("monday", "basis"))
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
    return query.mondays_to(today, WEEKS_KEPT + 1)[:-1]
