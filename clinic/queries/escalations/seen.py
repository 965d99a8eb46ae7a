"""What a person who has an escalation took on: every rule and cause that has come with it so far."""

from collections.abc import Iterable, Mapping
from typing import Any

from clinic.models import Escalation, EscalationEvent
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.rules.core.enums import Level


def levels_of(reasons: Iterable[Mapping[str, Any]]) -> dict[str, Level]:
    """The rules of a stored assessment, each with its level."""
    return _highest((reason["rule"], Level(reason["level"])) for reason in reasons)


def level_of_cause(cause: str, level: Level) -> dict[str, Level]:
    """A cause without a report, beside rules; no rule has such a name."""
    return {f"cause:{cause}": level}


def levels_seen(escalation: Escalation) -> dict[str, Level]:
    """The same of all that it holds; what came as expected, and so paged nobody, counts for nothing."""
    events = EscalationEvent.objects.filter(escalation=escalation).exclude(kind=Kind.EXPECTED)
    found: list[tuple[str, Level]] = []
    for cause, level in events.exclude(cause="").values_list("cause", "level"):
        found.extend(level_of_cause(cause, Level(level)).items())
    reports = events.filter(report__assessment__isnull=False)
    for reasons in reports.values_list("report__assessment__reasons", flat=True):
        found.extend(levels_of(reasons).items())
    return _highest(found)


def _highest(found: Iterable[tuple[str, Level]]) -> dict[str, Level]:
    levels: dict[str, Level] = {}
    for rule, level in found:
        levels[rule] = max(level, levels.get(rule, Level.NONE))
    return levels
