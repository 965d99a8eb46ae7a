"""What a clinic's protocol asks of staff for a patient today, what is ahead, and what was left undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from clinic.rules.protocols.document.additions import HOME, Addition, TaskAsked


class Act(StrEnum):
    """What somebody put on record about a care task; stored codes."""

    DONE = "done"
    NOT_NEEDED = "not_needed"
    TAKEN_BACK = "taken_back"


class State(StrEnum):
    """How it stands. Missed: its time is over, or the next of its kind has come, and nobody did it."""

    DUE = "due"
    AHEAD = "ahead"
    MISSED = "missed"
    CLOSED = "closed"


# A task and one of its days: what an act is about.
Key = tuple[str, int]


@dataclass(frozen=True)
class LastAct:
    """The newest act about one day of a task, and its day where the patient is."""

    act: Act
    on: date


@dataclass(frozen=True)
class Stay:
    """`home_on` is the day since which they have been at home in this course; None while they are not."""

    day_zero: date
    home_on: date | None


@dataclass(frozen=True)
class CareTask:
    """One day of a task: `day` as the protocol counts it, `due_on` by the calendar."""

    task: str
    day: int
    due_on: date
    state: State

    @property
    def key(self) -> Key:
        return (self.task, self.day)


def care_tasks(
    additions: Iterable[Addition],
    *,
    held: frozenset[str],
    stay: Stay,
    acts: Mapping[Key, LastAct],
    today: date,
) -> tuple[CareTask, ...]:
    """All that is asked of staff for somebody for whom these additions are meant, by the day it is due.

    `held` is what is on record of them that a task may need. What two additions ask for is asked once.
    """
    found: dict[Key, CareTask] = {}
    for asked in (task for one in additions for task in one.tasks if task.needs <= held):
        for one in _of_task(asked, stay, acts, today):
            found.setdefault(one.key, one)
    return tuple(sorted(found.values(), key=lambda one: (one.due_on, one.task)))


def _of_task(asked: TaskAsked, stay: Stay, acts: Mapping[Key, LastAct], today: date) -> Iterator[CareTask]:
    origin = stay.home_on if asked.counted_from == HOME else stay.day_zero
    if origin is None:
        return
    is_over = asked.last_day is not None and today > origin + timedelta(days=asked.last_day)
    begun = [day for day in asked.days if origin + timedelta(days=day) <= today]
    for day in asked.days:
        last = acts.get((asked.task, day))
        # A call of before they were in hospital again is none of this time at home.
        is_closed = (
            last is not None
            and last.act is not Act.TAKEN_BACK
            and (asked.counted_from != HOME or last.on >= origin)
        )
        if is_closed:
            state = State.CLOSED
        elif day not in begun:
            state = State.AHEAD
        else:
            state = State.MISSED if is_over or day != begun[-1] else State.DUE
        yield CareTask(asked.task, day, origin + timedelta(days=day), state)
