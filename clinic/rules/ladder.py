"""Who is paged next and when: down the on-call list, round and round, until a person answers.

Delays are the default ladder of the feature ledger (row 45: the next step after five minutes) within
the answer times of the clinical reference, section 9: emergency 5 minutes, urgent 15 minutes.
"""

from dataclasses import dataclass
from datetime import timedelta

from clinic.rules.enums import Level

STEP_DELAY = timedelta(minutes=5)


@dataclass(frozen=True)
class Step:
    """One page: the position on the on-call list, and how long to wait before the next one."""

    position: int
    wait: timedelta


def pages_staff(level: Level) -> bool:
    """Whether a level pages people, or only waits on the console."""
    return level >= Level.URGENT


def step(number: int, people: int) -> Step:
    """The step with this number (0 first) for a list of so many people; ValueError without people."""
    if people < 1:
        raise ValueError("nobody is on call")
    return Step(position=number % people, wait=STEP_DELAY)
