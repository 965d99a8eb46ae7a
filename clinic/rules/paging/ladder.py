"""Who is paged next and when: down the chain, then the clinic's line, round and round until a person answers.

A clinic may change the numbers within BOUNDS; what an escalation started with stays its own. Defaults:
the next person after 5 minutes, held for 20 minutes, within the answer
times of docs/clinical-rules.md: emergency 5 minutes, urgent 15 minutes, same day within four
staffed hours, watch the next staffed day.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from clinic.rules.core.enums import Level
from clinic.rules.paging.channels import Channel, ChannelTurn

# From here up people are paged until one answers; from there up it stands on the worklist.
PAGED_FROM = Level.URGENT
LISTED_FROM = Level.WATCH
# Both must answer where a level or a rule asks for two roles.
BOTH_ROLES = ("nurse", "physician")
# Within this time the first channel must have arrived, or the next one is used at once.
UNCONFIRMED_AFTER = timedelta(seconds=90)
_CALL_BEFORE_NEXT_PERSON = timedelta(minutes=1)


@dataclass(frozen=True)
class Rung:
    """What a clinic decides for one level.

    hold_minutes: how long a person who took it has it before it waits for somebody again.
    person_minutes: how long one person is tried before the next one.
    people_before_line: so many people, then the clinic's line is called.
    both_roles: a nurse and a physician must both answer.
    text_minutes: what waits for so long in staffed hours is texted to the person on shift.
    lead_minutes: so long after that text the leads are texted.
    Levels that page nobody have a hold only; same day has a hold and the two texts.
    """

    hold_minutes: int
    person_minutes: int = 5
    people_before_line: int = 3
    both_roles: bool = False
    text_minutes: int = 60
    lead_minutes: int = 60

    @property
    def hold(self) -> timedelta:
        return timedelta(minutes=self.hold_minutes)

    @property
    def holder_answers_within(self) -> timedelta:
        """How long whoever has it is asked alone when it becomes worse: a tenth of the lease."""
        return self.hold / 10

    @property
    def wait(self) -> timedelta:
        """How long one person is tried before the next."""
        return timedelta(minutes=self.person_minutes)


@dataclass(frozen=True)
class Ladder:
    """A clinic's numbers for each level, and the rules (by id) for which two roles must answer."""

    rungs: Mapping[Level, Rung]
    both_roles_rules: frozenset[str] = field(default_factory=frozenset)

    def rung(self, level: Level) -> Rung:
        """The numbers of a level that can open an escalation."""
        return self.rungs[level]

    def roles(self, level: Level, rules: Collection[str] = ()) -> tuple[str, ...]:
        """The roles that must each answer; empty where one person of any role is enough."""
        if not pages_staff(level):
            return ()
        asked = self.rung(level).both_roles or not self.both_roles_rules.isdisjoint(rules)
        return BOTH_ROLES if asked else ()


DEFAULT = Ladder(
    {
        Level.EMERGENCY: Rung(hold_minutes=20),
        Level.URGENT: Rung(hold_minutes=20),
        Level.SAME_DAY: Rung(hold_minutes=240),
        Level.WATCH: Rung(hold_minutes=1440),
    }
)

# Smallest and largest; nobody may wait longer for the first answer than docs/clinical-rules.md allows, and
# nobody is passed over before their call, which comes two minutes after the text.
BOUNDS: Mapping[Level, Mapping[str, tuple[int, int]]] = {
    Level.EMERGENCY: {"hold_minutes": (5, 30), "person_minutes": (3, 5), "people_before_line": (1, 5)},
    Level.URGENT: {"hold_minutes": (5, 60), "person_minutes": (3, 15), "people_before_line": (1, 8)},
    # Both texts within the four staffed hours in which a person is to answer.
    Level.SAME_DAY: {"hold_minutes": (30, 480), "text_minutes": (10, 120), "lead_minutes": (10, 120)},
    Level.WATCH: {"hold_minutes": (60, 2880)},
}


@dataclass(frozen=True)
class ChainStep:
    """One step: the position in the chain, None for the clinic's line, and how long until the next step."""

    position: int | None
    wait: timedelta


@dataclass(frozen=True)
class ChainPosition:
    """Where a chain is: which step, which of the person's channels, and when the step began."""

    step: int
    attempt: int
    began_at: datetime | None


class _Paged(Protocol):
    """What the order of a chain looks at."""

    pk: Any
    role: str
    user_id: Any


Person = TypeVar("Person", bound=_Paged)


def pages_staff(level: Level) -> bool:
    """Whether a level pages people, or only waits on the console."""
    return level >= PAGED_FROM


def is_listed(level: Level) -> bool:
    """Whether a level opens an escalation."""
    return level >= LISTED_FROM


def lower_levels(level: Level) -> tuple[Level, ...]:
    """To what a person may lower it, the highest first; it stays on the worklist."""
    return tuple(one for one in reversed(Level) if is_listed(one) and one < level)


# The levels that page people, the highest first.
PAGED_LEVELS = tuple(level for level in reversed(Level) if pages_staff(level))


def from_json(document: Mapping[str, Any]) -> Ladder:
    """A stored ladder; what it does not say has its default.

    What this version does not know is left out: a row of an older or newer one must not stop a chain.
    """
    stored = document.get("levels", {})
    rungs = {level: _rung(rung, stored.get(level.value, {})) for level, rung in DEFAULT.rungs.items()}
    return Ladder(rungs, frozenset(document.get("both_roles_rules", ())))


def stored_rung(document: Mapping[str, Any], level: Level) -> Rung:
    """One level of a stored ladder, for a list that reads many."""
    return _rung(DEFAULT.rungs[level], document.get("levels", {}).get(level.value, {}))


def _rung(default: Rung, stored: Mapping[str, Any]) -> Rung:
    known = asdict(default)
    return Rung(**{name: stored.get(name, value) for name, value in known.items()})


def to_json(ladder: Ladder) -> dict[str, Any]:
    """The ladder as it is stored."""
    return {
        "levels": {level.value: asdict(rung) for level, rung in ladder.rungs.items()},
        "both_roles_rules": sorted(ladder.both_roles_rules),
    }


def out_of_bounds(ladder: Ladder) -> list[tuple[Level, str]]:
    """The numbers that no clinic may choose, by level and name."""
    return [
        (level, name)
        for level, bounds in BOUNDS.items()
        for name, (smallest, largest) in bounds.items()
        if not smallest <= getattr(ladder.rungs[level], name) <= largest
    ]


def chain_step(number: int, people: int, rung: Rung) -> ChainStep:
    """The step with this number (0 first). Nobody in the chain leaves the line alone."""
    a_round = min(rung.people_before_line, people)
    rounds, place = divmod(number, a_round + 1)
    if place == a_round:
        return ChainStep(position=None, wait=rung.wait)
    return ChainStep(position=(rounds * a_round + place) % people, wait=rung.wait)


def round_begins_at(number: int, people: int, rung: Rung) -> int:
    """The first step of the round in which a step lies; a round ends with the clinic's line."""
    return number - number % (min(rung.people_before_line, people) + 1)


def next_position(
    place: ChainPosition, turns: Sequence[ChannelTurn], wait: timedelta, now: datetime
) -> tuple[ChainPosition, datetime]:
    """What follows a page that goes out now: the person's next channel, or the next step, and when.

    Whoever gives their text longer than the clinic gives them is called a minute before the next person.
    """
    began_at = place.began_at or now
    next_step_at = max(now, began_at + wait)
    last = place.attempt + 1 >= len(turns)
    next_channel_at = min(now + turns[place.attempt].wait, next_step_at - _CALL_BEFORE_NEXT_PERSON)
    if not last and next_channel_at > now:
        return ChainPosition(place.step, place.attempt + 1, began_at), next_channel_at
    return ChainPosition(place.step + 1, 0, None), next_step_at


def after_holder(
    turns: Sequence[ChannelTurn], rung: Rung, now: datetime, *, is_first: bool
) -> tuple[ChainPosition, datetime]:
    """What follows the text that asks the holder: the chain from its start, after a tenth of the lease.

    Where the holder is also the first person of the chain (`is_first`), that text has been their first
    page: a call follows, or the next person.
    """
    due_at = now + rung.holder_answers_within
    if not is_first:
        return ChainPosition(0, 0, None), due_at
    calls = (place for place, turn in enumerate(turns) if place and turn.channel == Channel.VOICE)
    call = next(calls, None)
    if call is None or due_at >= now + rung.wait:
        return ChainPosition(1, 0, None), due_at
    return ChainPosition(0, call, now), due_at


def is_worse(reported: Mapping[str, Level], seen: Mapping[str, Level]) -> bool:
    """Whether a rule that pages staff is new, or higher than it was: rules and levels, `seen` before."""
    return any(pages_staff(level) and level > seen.get(rule, Level.NONE) for rule, level in reported.items())


def reordered_after_unanswered_calls(chain: Sequence[Person], unreached_by: Any) -> list[Person]:
    """The chain as it stands, or after a vain try: physicians first, whoever tried in vain last.

    `unreached_by` is the user who could not reach the family, None where nobody said so.
    """
    if unreached_by is None:
        return list(chain)
    return sorted(chain, key=lambda one: (one.user_id == unreached_by, one.role != "physician"))


def longest_snooze(level: Level) -> timedelta:
    """How long something may be set aside."""
    if pages_staff(level):
        return timedelta(minutes=15)
    return timedelta(hours=4) if level == Level.SAME_DAY else timedelta(hours=24)


# So many calls in vain must be on record before "could not reach" counts.
UNANSWERED_CALLS_NEEDED = 2


def is_family_unreached(calls: Sequence[bool]) -> bool:
    """Whether the last calls, oldest first and true where the family was reached, were all in vain."""
    return len(calls) >= UNANSWERED_CALLS_NEEDED and not any(calls[-UNANSWERED_CALLS_NEEDED:])
