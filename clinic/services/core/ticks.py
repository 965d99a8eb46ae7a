"""Notes of the engines' rounds: for /health/engine, for the console, and so that processes take turns."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from clinic.models import EngineRound, Tick
from clinic.rules.core.turns import is_overdue


def record(*, name: str, now: datetime) -> None:
    """This engine has finished a whole round now."""
    Tick.objects.update_or_create(name=name, defaults={"at": now})


def begin(*, name: str, now: datetime) -> None:
    """Somebody begins a round, so no other process has to."""
    EngineRound.objects.update_or_create(name=name, defaults={"begun_at": now})


def end(*, name: str, begun_at: datetime, failing: Sequence[str], now: datetime) -> None:
    """A round has come to its end; it counts as whole when no step failed."""
    EngineRound.objects.filter(name=name).update(ended_at=now, failing=list(failing))
    if not failing:
        record(name=name, now=begun_at)


def claim_first_overdue(*, every: Mapping[str, timedelta], now: datetime) -> str | None:
    """Begin the first of these rounds that nobody has begun in time; None when all are in good hands.

    A compare-and-set: of several processes that find the same round, one gets it.
    """
    begun = dict(EngineRound.objects.values_list("name", "begun_at"))
    for name, interval in every.items():
        seen = begun.get(name)
        if is_overdue(begun_at=seen, every=interval, now=now) and _claim(name, seen, now):
            return name
    return None


def _claim(name: str, seen: datetime | None, now: datetime) -> bool:
    beginning = {"begun_at": now, "taken_up_at": now}
    if seen is None:
        return EngineRound.objects.get_or_create(name=name, defaults=beginning)[1]
    return bool(EngineRound.objects.filter(name=name, begun_at=seen).update(**beginning))
