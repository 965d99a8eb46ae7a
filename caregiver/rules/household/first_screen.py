"""Which of five states a patient's first screen is in, and who comes first of several."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from clinic.rules.core.enums import Level
from clinic.rules.patients.life_events import Status

# Somebody at the clinic who looked so lately may look again: nobody is told that no one reads.
LOOKED_LATELY = timedelta(hours=24)


class Screen(StrEnum):
    """What the first screen is about, the most pressing first."""

    # Urgent or worse, and nobody at the clinic has closed it; or an unsent check-in that already says "call".
    OPEN = "open"
    # The clinic waits for one thing: a second reading, or a call back.
    ASKED = "asked"
    DUE = "due"
    # Nothing is due: when next, and what was sent last.
    QUIET = "quiet"
    # Paused, in hospital, or over: nothing is asked.
    AWAY = "away"


@dataclass(frozen=True)
class Facts:
    """What decides. `open_level`: the worst that is open. `is_asked`: for more than what is planned."""

    status: Status
    open_level: Level | None
    is_asked: bool
    is_due: bool


def screen_of(facts: Facts) -> Screen:
    """What this patient's family sees first. An alert stands above everything, wherever the patient is."""
    if facts.open_level is not None and facts.open_level.rank >= Level.URGENT.rank:
        return Screen.OPEN
    if facts.is_asked:
        return Screen.ASKED
    if facts.status in {Status.PAUSED, Status.ADMITTED, Status.ENDED, Status.DIED}:
        return Screen.AWAY
    return Screen.DUE if facts.is_due else Screen.QUIET


def urgency(facts: Facts) -> tuple[int, int]:
    """Sorts several patients: the worst first, of two alerts the higher level."""
    level = facts.open_level.rank if facts.open_level else 0
    return list(Screen).index(screen_of(facts)), -level


def somebody_looked(seen_at: datetime | None, *, was_staffed: bool, now: datetime) -> bool:
    """Whether a person at the clinic looked out of hours a short while ago."""
    return seen_at is not None and not was_staffed and now - seen_at <= LOOKED_LATELY
