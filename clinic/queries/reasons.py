"""What made an escalation open or rise, in words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from clinic.models import EscalationEvent
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.rules.enums import Level
from clinic.rules.questions import in_language

# So many fit on one row of the worklist.
SHOWN = 3


@dataclass(frozen=True)
class Fired:
    """One rule that fired: how serious, about which item, and why in the reader's language."""

    rule: str
    level: Level
    item: str
    why: str


def in_words(stored: Iterable[Mapping[str, Any]], language: str) -> tuple[Fired, ...]:
    """Stored reasons, worst first; rules of one level keep the order in which they were found."""
    fired = [
        Fired(
            rule=reason["rule"],
            level=Level(reason["level"]),
            item=reason.get("item") or "",
            why=in_language(reason["why"], language),
        )
        for reason in stored
    ]
    return tuple(sorted(fired, key=lambda reason: -reason.level.rank))


def of_escalations(ids: Iterable[UUID], language: str) -> dict[UUID, tuple[Fired, ...]]:
    """For each escalation what made it open, or rise the last time; one query for all of them."""
    events = (
        EscalationEvent.objects.filter(escalation__in=list(ids), kind__in=[Kind.OPENED, Kind.ROSE])
        .order_by("at", "pk")
        .values_list("escalation_id", "level", "text", "report__assessment__reasons")
    )
    last: dict[UUID, tuple[Fired, ...]] = defaultdict(tuple)
    for escalation_id, level, text, stored in events:
        last[escalation_id] = in_words(stored, language) if stored else _from_text(level, text)
    return last


def _from_text(level: str, text: str) -> tuple[Fired, ...]:
    """What no report made, such as a missed check-in, says why in the event itself."""
    return (Fired(rule="", level=Level(level or Level.WATCH), item="", why=text),) if text else ()
