"""What a person who has an escalation took on: every rule and cause that has come with it so far."""

from collections.abc import Iterable, Iterator

from clinic.models import Assessment, Escalation, EscalationEvent
from clinic.models.escalation import EscalationEventKind as Event
from clinic.queries.protocols.versions import rules_of
from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols.scoring.answers import check_answers


def levels_of(assessment: Assessment) -> dict[str, Level]:
    """The rules of a stored assessment, each with its level.

    One rule stands for all danger signs, so each that was ticked counts beside it: somebody who cannot be
    woken is news to whoever took on a bleeding.
    """
    return _highest(_fired(assessment))


def _fired(assessment: Assessment) -> Iterator[tuple[str, Level]]:
    report = assessment.report
    protocol = rules_of(report.protocol_version)
    ticks = {one.key for one in protocol.questions if one.kind is Kind.TICKS}
    for reason in assessment.reasons:
        rule, level, item = reason["rule"], Level(reason["level"]), reason.get("item")
        yield rule, level
        signs = check_answers(protocol, report.answers).values.get(item) if item in ticks else None
        for sign in signs if isinstance(signs, list) else ():
            yield f"{rule}:{sign}", level


def level_of_cause(cause: str, level: Level) -> dict[str, Level]:
    """A cause without a report, beside rules; no rule has such a name."""
    return {f"cause:{cause}": level}


def levels_seen(escalation: Escalation) -> dict[str, Level]:
    """The same of all that it holds; what came as expected, and so paged nobody, counts for nothing."""
    events = EscalationEvent.objects.filter(escalation=escalation).exclude(kind=Event.EXPECTED)
    found: list[tuple[str, Level]] = []
    for cause, level in events.exclude(cause="").values_list("cause", "level"):
        found.extend(level_of_cause(cause, Level(level)).items())
    assessments = Assessment.objects.filter(report__escalation_events__in=events)
    for one in assessments.select_related("report__protocol_version").defer(
        "inputs", "report__protocol_version__document"
    ):
        found.extend(_fired(one))
    return _highest(found)


def _highest(found: Iterable[tuple[str, Level]]) -> dict[str, Level]:
    levels: dict[str, Level] = {}
    for rule, level in found:
        levels[rule] = max(level, levels.get(rule, Level.NONE))
    return levels
