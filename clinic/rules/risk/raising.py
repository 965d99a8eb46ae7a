"""What is suggested beyond what staff have set, and when it counts by itself. Nothing is lowered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from clinic.rules.risk.answers import Subject
from clinic.rules.risk.facts import Tier
from clinic.rules.risk.shape import AnswerRules

FLAGS = (Subject.NEUTROPENIA, Subject.PLATELETS_LOW, Subject.IMMUNE_RISK)
# How the patient's row calls a subject, where that is another word.
_FIELDS = {Subject.MASKED: "masked_until"}


@dataclass(frozen=True)
class ByHand:
    """As the patient's row holds it."""

    tier: str
    flags: frozenset[str]
    masked_until: date | None


def by_hand_of(row: Mapping[str, Any]) -> ByHand:
    """From the columns of a patient."""
    return ByHand(
        tier=row["tier"],
        flags=frozenset(flag.value for flag in FLAGS if row[flag.value]),
        masked_until=row["masked_until"],
    )


def field_of(subject: str) -> str:
    """The patient's column of a subject."""
    return _FIELDS.get(Subject(subject), subject)


def subject_of(field: str) -> str:
    """The subject of a patient's column."""
    return next((one.value for one, name in _FIELDS.items() if name == field), field)


def beyond(suggested: Mapping[str, Any], by_hand: ByHand, today: date) -> frozenset[str]:
    """The subjects in which a stored suggestion asks for more than is set today."""
    found = set(suggested["flags"]) - {Subject.MASKED.value} - by_hand.flags
    if suggested["tier"] == Tier.HIGH and by_hand.tier != Tier.HIGH:
        found.add(Subject.TIER.value)
    until = _until(suggested)
    if (
        until is not None
        and until >= today
        and (by_hand.masked_until is None or by_hand.masked_until < until)
    ):
        found.add(Subject.MASKED.value)
    return frozenset(found)


def due(rules: AnswerRules, waiting: Mapping[str, str], now: datetime) -> frozenset[str]:
    """Those that nobody has answered for as long as the document says."""
    longest = timedelta(hours=rules.raised_after_hours)
    return frozenset(one for one, since in waiting.items() if now - datetime.fromisoformat(since) >= longest)


def changes(
    suggested: Mapping[str, Any], by_hand: ByHand, subjects: frozenset[str]
) -> dict[str, dict[str, Any]]:
    """{field: {"from": old, "to": new}} of these subjects, never to anything lower."""
    told: dict[str, dict[str, Any]] = {}
    for subject in sorted(subjects):
        if subject == Subject.TIER:
            told["tier"] = {"from": by_hand.tier, "to": Tier.HIGH.value}
        elif subject == Subject.MASKED:
            before = by_hand.masked_until
            told["masked_until"] = {
                "from": before.isoformat() if before else None,
                "to": suggested["masked_until"],
            }
        else:
            told[subject] = {"from": subject in by_hand.flags, "to": True}
    return told


def as_kept(field: str, value: Any) -> Any:
    """A value of `changes` as the patient's row has it."""
    return date.fromisoformat(value) if field == "masked_until" and value else value


def _until(suggested: Mapping[str, Any]) -> date | None:
    told = suggested["masked_until"]
    return date.fromisoformat(told) if told else None
