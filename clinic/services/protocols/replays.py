"""The nightly replay: every stored level must come out again; where one does not, staff hear of it.

Nothing is ever changed by it: what was told and paged then stays what was told and paged.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic.models import ReplayRun, SystemAlarm
from clinic.models.system_alarm import AlarmKind
from clinic.queries.protocols import replays
from clinic.queries.protocols.replays import Replay
from clinic.services.core import alarms
from notifications.services import nudge

# A run belongs to the day that begins at this hour, UTC: night in the Americas, early morning in Europe.
BEGINS = timedelta(hours=7)
# In so many nights every stored level has been looked at once more.
NIGHTS_FOR_ALL = 30
# If the rules as a whole have gone wrong, a list of thousands would hide what else is alarming.
ALARMS_AT_MOST = 20


@transaction.atomic
def replay_next_chunk(*, now: datetime) -> int:
    """Go on with the replay of the night, and ask for the next chunk; returns how many reports were replayed.

    One chunk a transaction: a crash repeats one at most, and reports and pages get their turn in between.
    Each night replays what was scored since the last, and a thirtieth of all before.
    """
    run = _unfinished_run(now)
    if run is None:
        return 0
    is_new = run.new_done < run.new_until
    after, until = (run.new_done, run.new_until) if is_new else (run.old_done, run.old_until)
    found = replays.of_range(after=after, until=until)
    done = found[-1].place if len(found) == replays.AT_ONCE else until
    if is_new:
        run.new_done = done
    else:
        run.old_done = done
    run.checked += len(found)
    run.differing += sum(not one.agrees for one in found)
    if (run.new_done, run.old_done) == (run.new_until, run.old_until):
        run.finished_at = now
    else:
        nudge.after_commit("clinic.tasks.replay")
    run.save(update_fields=["new_done", "old_done", "checked", "differing", "finished_at"])
    _alarm_about(found, now)
    return len(found)


def _unfinished_run(now: datetime) -> ReplayRun | None:
    """The oldest run that is not finished, locked, or tonight's; None when all is done or under way."""
    unfinished = ReplayRun.objects.filter(finished_at__isnull=True)
    run = unfinished.select_for_update(skip_locked=True).order_by("day").first()
    if run is not None or unfinished.exists():
        return run
    run, created = ReplayRun.objects.get_or_create(day=_day_of(now), defaults=_plan(now))
    if not created:
        return None
    _clear_where_it_agrees(now)
    return run


def _day_of(now: datetime) -> date:
    return (now - BEGINS).date()


def _plan(now: datetime) -> dict[str, object]:
    """From where the last run ended to the newest; and the next slice of what is older, round and round."""
    last = ReplayRun.objects.order_by("-day").first()
    new_after = last.new_until if last else 0
    old_after = last.old_until if last and last.old_until < last.new_after else 0
    size = -(-new_after // NIGHTS_FOR_ALL)
    old_until = min(old_after + size, new_after)
    return {
        "started_at": now,
        "new_after": new_after,
        "new_done": new_after,
        "new_until": max(new_after, replays.last_place()),
        "old_after": old_after,
        "old_done": old_after,
        "old_until": old_until,
    }


def _alarm_about(found: tuple[Replay, ...], now: datetime) -> None:
    """An alarm names the report and nothing else, neither what was stored nor what came out."""
    for one in found:
        if not one.agrees and _open_alarms().filter(clinic=one.clinic_id).count() < ALARMS_AT_MOST:
            alarms.raise_alarm(
                clinic_id=one.clinic_id, kind=AlarmKind.REPLAY_DIFFERS, subject=one.report_id, now=now
            )


def _clear_where_it_agrees(now: datetime) -> None:
    """What came out wrong is looked at first each night: rules that were put right end their alarms."""
    open_now = [UUID(subject) for subject in _open_alarms().values_list("subject", flat=True)]
    for one in replays.of_reports(open_now):
        if one.agrees:
            alarms.clear(
                clinic_id=one.clinic_id, kind=AlarmKind.REPLAY_DIFFERS, subject=one.report_id, now=now
            )


def _open_alarms() -> QuerySet[SystemAlarm]:
    return SystemAlarm.objects.filter(kind=AlarmKind.REPLAY_DIFFERS, cleared_at__isnull=True)
