"""What may follow what in a patient's life, as far as it changes monitoring. No event is guessed at."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

# Forms know minutes, and clocks of hospital systems differ from ours by seconds.
CLOCKS_DIFFER_BY = timedelta(minutes=1)


class Kind(StrEnum):
    """What happened; stored and sent codes."""

    ADMITTED = "admitted"
    DISCHARGED = "discharged"
    TRANSFERRED = "transferred"
    RELAPSED = "relapsed"
    ENDED = "ended"
    DIED = "died"
    INFUSED = "infused"


class Status(StrEnum):
    """Where monitoring stands; the codes of PatientStatus."""

    PREPARING = "preparing"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    ADMITTED = "admitted"
    DIED = "died"


class Refusal(StrEnum):
    """Why an event cannot be put on record."""

    IN_FUTURE = "in_future"
    BEFORE_ENROLMENT = "before_enrolment"
    BEFORE_LAST = "before_last"
    AFTER_DEATH = "after_death"
    AFTER_END = "after_end"
    IN_HOSPITAL_ALREADY = "in_hospital_already"
    NOT_IN_HOSPITAL = "not_in_hospital"
    TWICE = "twice"
    REASON_NEEDED = "reason_needed"
    INFUSED_THAT_DAY = "infused_that_day"
    BEFORE_DAY_0 = "before_day_0"
    # Recorded by the clinic that accepts, and by nobody else.
    NEEDS_ACCEPTANCE = "needs_acceptance"
    AFTER_TRANSFER = "after_transfer"


_BY_OTHERS = {Kind.TRANSFERRED: Refusal.NEEDS_ACCEPTANCE}
# The others stand beside: relapsed is a fact, and infused begins to count anew, wherever the patient is.
# After an end it begins care anew as well, and changes monitoring like these.
CHANGING = (Kind.ADMITTED, Kind.DISCHARGED, Kind.TRANSFERRED, Kind.ENDED, Kind.DIED)
# Nobody at home is asked to measure or to report.
NOT_AT_HOME = frozenset({Status.ADMITTED, Status.ENDED, Status.DIED})
# Care here is over: nothing of ours leaves for the family by itself any more.
OVER = frozenset({Status.ENDED, Status.DIED})


@dataclass(frozen=True)
class Fact:
    """One event that stands on record. `changes`: monitoring was another after it."""

    kind: str
    at: datetime
    changes: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Standing:
    """A patient as the record has them: `before_hospital` is the status in which they were admitted.

    `day_0` is the day of the last infusion where the patient is, from midnight to midnight.
    """

    status: Status
    enrolled_at: datetime
    facts: tuple[Fact, ...]
    day_0: tuple[datetime, datetime]
    before_hospital: Status | None = None


def refusal(
    kind: Kind, *, at: datetime, reason: str, of: Standing, now: datetime, is_accepted: bool = False
) -> Refusal | None:
    """Why this cannot be put on record; None where it can. `is_accepted`: the other clinic says so."""
    if kind in _BY_OTHERS and not is_accepted:
        return _BY_OTHERS[kind]
    if any(fact.kind == Kind.TRANSFERRED for fact in of.facts):
        return Refusal.AFTER_TRANSFER
    return (
        _refusal_of_status(kind, of.status)
        or _refusal_of_moment(kind, at, of, now)
        or (Refusal.REASON_NEEDED if kind is Kind.ENDED and not reason.strip() else None)
    )


def status_after(kind: Kind, of: Standing) -> Status:
    """Who was admitted before monitoring had begun goes home through the go-home check, like everybody.

    So does who is infused again after monitoring had ended.
    """
    if kind is Kind.INFUSED and of.status is Status.ENDED:
        return Status.PREPARING
    if kind is Kind.ADMITTED:
        return Status.ADMITTED
    if kind is Kind.DISCHARGED:
        return Status.PREPARING if of.before_hospital is Status.PREPARING else Status.ACTIVE
    over = {Kind.TRANSFERRED: Status.ENDED, Kind.ENDED: Status.ENDED, Kind.DIED: Status.DIED}
    return over.get(kind, of.status)


def fitting(of: Standing) -> tuple[Kind, ...]:
    """What may be put on record now, in the order in which it is offered."""
    if any(fact.kind == Kind.TRANSFERRED for fact in of.facts):
        return ()
    return tuple(kind for kind in fitting_ever() if _refusal_of_status(kind, of.status) is None)


def fitting_ever() -> tuple[Kind, ...]:
    """Everything that can be put on record at some time."""
    return tuple(kind for kind in Kind if kind not in _BY_OTHERS)


def last_changing(facts: Iterable[Fact]) -> datetime | None:
    """When the last event happened that changed monitoring."""
    return max((fact.at for fact in facts if fact.changes), default=None)


def _refusal_of_status(kind: Kind, status: Status) -> Refusal | None:
    if status is Status.DIED:
        return Refusal.AFTER_DEATH
    if status is Status.ENDED and kind not in {Kind.DIED, Kind.RELAPSED, Kind.INFUSED}:
        return Refusal.AFTER_END
    if kind is Kind.ADMITTED and status is Status.ADMITTED:
        return Refusal.IN_HOSPITAL_ALREADY
    if kind is Kind.DISCHARGED and status is not Status.ADMITTED:
        return Refusal.NOT_IN_HOSPITAL
    return None


def _refusal_of_moment(kind: Kind, at: datetime, of: Standing, now: datetime) -> Refusal | None:
    if at > now + CLOCKS_DIFFER_BY:
        return Refusal.IN_FUTURE
    if at < of.enrolled_at - CLOCKS_DIFFER_BY:
        return Refusal.BEFORE_ENROLMENT
    if Fact(kind, at) in of.facts:
        return Refusal.TWICE
    if kind is Kind.INFUSED and at < of.day_0[1]:
        return Refusal.INFUSED_THAT_DAY if at >= of.day_0[0] else Refusal.BEFORE_DAY_0
    last = last_changing(of.facts)
    is_before = last is not None and at < last - CLOCKS_DIFFER_BY
    changes = kind in CHANGING or status_after(kind, of) is not of.status
    return Refusal.BEFORE_LAST if changes and is_before else None
