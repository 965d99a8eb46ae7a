"""What people answer to a suggestion, and which tier and flags count meanwhile.

Staff set a tier and flags by hand. A suggestion may add to that and never takes away. What nobody has
answered counts after a day; going below a suggestion takes a clinician, a reason, an end and a second
person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from clinic.rules.risk.assessment import RiskAssessment
from clinic.rules.risk.facts import Tier
from clinic.rules.risk.shape import AnswerRules

# The reason that says nothing by itself.
_OTHER = "other"


class Subject(StrEnum):
    """What an answer is about."""

    TIER = "tier"
    NEUTROPENIA = "neutropenia"
    PLATELETS_LOW = "platelets_low"
    IMMUNE_RISK = "immune_risk"
    MASKED = "masked"


class Refused(StrEnum):
    """Why an override is not possible."""

    NO_CLINICIAN = "no_clinician"
    NO_REASON = "no_reason"
    TEXT_TOO_SHORT = "text_too_short"
    NO_END = "no_end"
    END_NOT_AHEAD = "end_not_ahead"
    END_TOO_LATE = "end_too_late"
    NO_SECOND_PERSON = "no_second_person"
    SECOND_PERSON_IS_THE_SAME = "second_person_is_the_same"


@dataclass(frozen=True)
class Override:
    """A clinician goes above or below what is suggested; the days are those of the patient's place.

    `by` and `second` name people, `second` is None until somebody has agreed; `ends_on` None means for good.
    """

    subject: Subject
    is_lower: bool
    by: str
    is_clinician: bool
    reason: str
    text: str
    begins_on: date
    ends_on: date | None
    second: str | None
    second_is_clinician: bool


@dataclass(frozen=True)
class InForce:
    """A tier and flags, as staff have set them or as they reach scoring. `masked_until` may be unset."""

    tier: Tier
    flags: frozenset[Subject]
    masked_until: date | None


@dataclass(frozen=True)
class Waiting:
    """What is suggested beyond what staff have set, since when. `masked_until` is None where no day is."""

    tier: Tier
    flags: frozenset[Subject]
    masked_until: date | None
    since: datetime


def waiting(found: RiskAssessment, infusion_date: date, since: datetime) -> Waiting:
    """What an assessment suggests, as it waits for a person from `since` on."""
    flags, until = found.flags, found.flags.masked_until_day
    suggested = {
        Subject.NEUTROPENIA: flags.neutropenia,
        Subject.PLATELETS_LOW: flags.platelets_low,
        Subject.IMMUNE_RISK: flags.immune_risk,
    }
    return Waiting(
        tier=found.suggestion.tier,
        flags=frozenset(flag for flag, evidence in suggested.items() if evidence),
        masked_until=None if until is None else infusion_date + timedelta(days=until),
        since=since,
    )


def refusals(rules: AnswerRules, override: Override) -> tuple[Refused, ...]:
    """Everything that stands against an override; empty where it may be made."""
    found = []
    if not override.is_clinician:
        found.append(Refused.NO_CLINICIAN)
    if override.reason not in rules.reasons:
        found.append(Refused.NO_REASON)
    if override.reason == _OTHER and len(override.text.strip()) < rules.shortest_text:
        found.append(Refused.TEXT_TOO_SHORT)
    if override.ends_on is not None and override.ends_on <= override.begins_on:
        found.append(Refused.END_NOT_AHEAD)
    if override.is_lower:
        found += _against_going_below(rules, override)
    return tuple(found)


def is_active(rules: AnswerRules, override: Override, today: date) -> bool:
    """Whether it counts today. On the day it ends the suggestion counts again; a refused one never counts."""
    if refusals(rules, override) or today < override.begins_on:
        return False
    return override.ends_on is None or today < override.ends_on


def in_force(
    rules: AnswerRules,
    by_hand: InForce,
    suggested: Waiting | None,
    overrides: Iterable[Override],
    now: datetime,
) -> InForce:
    """The tier and flags that count now, never less than what staff have set by hand.

    `now` has the patient's time zone: its date is their day.
    """
    if suggested is None or now - suggested.since < timedelta(hours=rules.raised_after_hours):
        return by_hand
    today = now.date()
    below = {one.subject for one in overrides if one.is_lower and is_active(rules, one, today)}
    is_raised = suggested.tier is Tier.HIGH and Subject.TIER not in below
    masked_until = None if Subject.MASKED in below else suggested.masked_until
    return InForce(
        tier=Tier.HIGH if is_raised else by_hand.tier,
        flags=by_hand.flags | (suggested.flags - below),
        masked_until=max((day for day in (by_hand.masked_until, masked_until) if day), default=None),
    )


def is_computed_on(rules: AnswerRules, day: int) -> bool:
    """Whether it is computed anew on this day though nothing has changed; yearly after the last named day."""
    last = max(rules.computed_on)
    return day in rules.computed_on or (day > last and (day - last) % rules.computed_every_days == 0)


def _against_going_below(rules: AnswerRules, override: Override) -> list[Refused]:
    found = []
    latest = override.begins_on + timedelta(days=rules.lower_at_most_days)
    if override.ends_on is None:
        found.append(Refused.NO_END)
    elif override.ends_on > latest:
        found.append(Refused.END_TOO_LATE)
    if override.second is None or not override.second_is_clinician:
        found.append(Refused.NO_SECOND_PERSON)
    elif override.second == override.by:
        found.append(Refused.SECOND_PERSON_IS_THE_SAME)
    return found
