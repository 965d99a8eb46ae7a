"""What alarms come to, week by week: how long each waited, why it was raised, what became of it.

A week is counted ahead (clinic/services/outcomes/alarm_tallies.py), and the count is used while nothing of it
has changed. What tells so is how many alarms there are and the sum of their versions, which every change of
one raises: one query asks that of all weeks, and reads no history.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.db.models.functions import TruncWeek

from clinic.models import AlarmTally, Clinic, Escalation
from clinic.models.escalation import EscalationEventKind as EventKind
from clinic.models.escalation import EscalationState
from clinic.queries.outcomes import alarms
from clinic.queries.outcomes.monitoring import WEEK
from clinic.rules.core.enums import Level
from clinic.rules.outcomes import figures
from clinic.rules.paging.ladder import PAGED_FROM

# What came of an alarm, beside the outcomes that people give.
OPEN, NO_OUTCOME = "open", "none"
# Raised when what is counted changes in code: every week is counted anew.
_WAY_OF_COUNTING = 1
_MICROSECOND = timedelta(microseconds=1)


@dataclass
class Waited:
    """Waits of one level that began in one week: how long each took that has ended, and how many have not."""

    lasted: list[timedelta] = field(default_factory=list)
    waiting: int = 0


class LastFired(NamedTuple):
    """When a reason was given last, and by which line of a history; `cause` where no report gave it."""

    at: datetime
    event_id: int
    cause: str


@dataclass
class Counted:
    """Alarms that opened in a week, or in several.

    `waits` by level and the Monday in whose week they began, `outcomes` and `last` by reason; an alarm counts
    once for each reason that it had.
    """

    alarms: int = 0
    waits: dict[tuple[Level, date], Waited] = field(default_factory=lambda: defaultdict(Waited))
    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    last: dict[str, LastFired] = field(default_factory=dict)

    def add(self, other: "Counted") -> None:
        self.alarms += other.alarms
        for key, waited in other.waits.items():
            self.waits[key].lasted += waited.lasted
            self.waits[key].waiting += waited.waiting
        for why, outcomes in other.outcomes.items():
            self.outcomes[why] += outcomes
        for why, fired in other.last.items():
            self.last[why] = max(fired, self.last.get(why, fired))


def mondays_to(today: date, weeks: int) -> list[date]:
    """The Mondays of so many weeks, the one that runs the last."""
    this = today - timedelta(days=today.weekday())
    return [this - back * WEEK for back in reversed(range(weeks))]


def of_weeks(clinic: Clinic, mondays: Sequence[date], now: datetime) -> Counted:
    """What opened in these weeks, which follow each other; of its waits those that began in them."""
    told = bases(clinic, mondays, now)
    kept = {one.monday: one for one in AlarmTally.objects.filter(clinic=clinic, monday__in=list(told))}
    found, left = Counted(), list[date]()
    for monday, basis in told.items():
        if monday in kept and kept[monday].basis == basis:
            found.add(from_json(kept[monday].counted))
        else:
            left.append(monday)
    if left:
        found.add(count(clinic, left, now))
    before = [key for key in found.waits if key[1] < mondays[0]]
    for key in before:
        del found.waits[key]
    return found


def bases(clinic: Clinic, mondays: Sequence[date], now: datetime) -> dict[date, str]:
    """On what a count of each of these weeks would rest; weeks without an alarm are left out."""
    zone = ZoneInfo(clinic.time_zone)
    rows = (
        Escalation.objects.filter(alarms.opened_in(clinic, _periods(mondays, zone, now)))
        .annotate(monday=TruncWeek("opened_at", tzinfo=zone))
        .values("monday")
        .annotate(alarms=Count("pk"), versions=Sum("version"))
        .order_by("monday")
    )
    return {
        row["monday"].date(): f"{_WAY_OF_COUNTING} {zone.key} {row['alarms']} {row['versions']}"
        for row in rows
    }


def count(clinic: Clinic, mondays: Sequence[date], now: datetime) -> Counted:
    """Of the histories themselves."""
    zone = ZoneInfo(clinic.time_zone)
    found = Counted()
    for alarm in alarms.opened(clinic, _periods(mondays, zone, now)):
        _count_one(found, alarm, zone)
    return found


def to_json(counted: Counted) -> dict[str, Any]:
    return {
        "alarms": counted.alarms,
        "waits": [
            [level, monday.isoformat(), [one // _MICROSECOND for one in waited.lasted], waited.waiting]
            for (level, monday), waited in counted.waits.items()
        ],
        "reasons": [
            [why, outcomes, counted.last[why].at.isoformat(), *counted.last[why][1:]]
            for why, outcomes in counted.outcomes.items()
        ],
    }


def from_json(stored: dict[str, Any]) -> Counted:
    found = Counted(alarms=stored["alarms"])
    for level, monday, lasted, waiting in stored["waits"]:
        took = [timedelta(microseconds=one) for one in lasted]
        found.waits[Level(level), date.fromisoformat(monday)] = Waited(took, waiting)
    for why, outcomes, at, event_id, cause in stored["reasons"]:
        found.outcomes[why] = Counter(outcomes)
        found.last[why] = LastFired(datetime.fromisoformat(at), event_id, cause)
    return found


def _periods(mondays: Sequence[date], zone: ZoneInfo, now: datetime) -> list[alarms.Period]:
    """The weeks of these Mondays by the clinic's clock, up to now; those that follow each other as one."""
    found: list[alarms.Period] = []
    for monday in sorted(mondays):
        start, end = (datetime.combine(day, time(), tzinfo=zone) for day in (monday, monday + WEEK))
        end = min(end, now + _MICROSECOND)
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _count_one(found: Counted, alarm: alarms.Alarm, zone: ZoneInfo) -> None:
    found.alarms += 1
    for wait in _waits(alarm):
        day = wait.began_at.astimezone(zone).date()
        waited = found.waits[wait.level, day - timedelta(days=day.weekday())]
        if wait.lasted is None:
            waited.waiting += 1
        else:
            waited.lasted.append(wait.lasted)
    fired = {
        why: LastFired(move.at, move.event_id, move.cause) for move in alarm.moves for why in move.reasons
    }
    for why, last in fired.items():
        found.outcomes[why][_outcome_code(alarm)] += 1
        found.last[why] = max(last, found.last.get(why, last))


def _waits(alarm: alarms.Alarm) -> Iterable[figures.AnswerWait]:
    steps = [
        figures.WaitEvent(
            move.at,
            None if move.kind == EventKind.ACKNOWLEDGED else Level(move.level),
            is_anew=move.kind == EventKind.WORSENED,
        )
        for move in alarm.moves
    ]
    return figures.waits(steps, PAGED_FROM)


def _outcome_code(alarm: alarms.Alarm) -> str:
    if alarm.state != EscalationState.RESOLVED:
        return OPEN
    return alarm.outcome or NO_OUTCOME
