"""What made an escalation open or rise, in words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from clinic.levels import LEVEL_WORDS
from clinic.models import EscalationEvent, Report
from clinic.models.escalation import EscalationEventKind as EventKind
from clinic.prepared import PreparedQuery
from clinic.queries.protocols.versions import rules_of
from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols.document.questions import in_language
from clinic.rules.protocols.scoring.numbers import held_to_units
from clinic.rules.reports import phone_levels

# Stands in place of a rule's id where the level is the phone's.
PHONE = "phone"
# So many fit on one row of the worklist.
REASONS_SHOWN = 3


@dataclass(frozen=True)
class LateReport:
    """A report that arrived long after its signs were seen."""

    seen_at: datetime
    came_at: datetime


@dataclass(frozen=True)
class ReasonLine:
    """One rule that fired: how serious, about which item, and why in the reader's language."""

    rule: str
    level: Level
    item: str
    why: str
    hint: str = ""
    # It fired at this level only by the moment at which the signs were seen, not by that of their arrival.
    is_as_observed: bool = False
    # Of a report that came late.
    late: LateReport | None = None


def in_words(stored: Iterable[Mapping[str, Any]], language: str) -> tuple[ReasonLine, ...]:
    """Stored reasons, worst first; rules of one level keep the order in which they were found."""
    fired = [
        ReasonLine(
            rule=reason["rule"],
            level=Level(reason["level"]),
            item=reason.get("item") or "",
            why=held_to_units(in_language(reason["why"], language), language),
            hint=in_language(reason.get("staff_hint", {}), language),
            is_as_observed=reason.get("as_observed", False),
        )
        for reason in stored
    ]
    return tuple(sorted(fired, key=lambda reason: -reason.level.rank))


def of_report(report: Report, language: str) -> tuple[ReasonLine, ...]:
    """Why a scored report is as serious as it is: what the phone said, where that is more, then the rules."""
    level = report.assessment.level
    fired = in_words(report.assessment.reasons, language)
    if not phone_levels.is_higher(report.level_on_phone, level):
        return fired
    words = {"phone": LEVEL_WORDS[Level(report.level_on_phone)], "rules": LEVEL_WORDS[Level(level)]}
    said = Level(report.level_on_phone)
    if said.is_pressing:
        why = _("The phone said “call now” (%(phone)s). The rules here say: %(rules)s") % words
    else:
        why = _("The phone said: %(phone)s. The rules here say: %(rules)s") % words
    return (ReasonLine(rule=PHONE, level=said, item="", why=why), *fired)


_changes = PreparedQuery(
    lambda ids: (
        EscalationEvent.objects.filter(
            escalation__in=ids, kind__in=[EventKind.OPENED, EventKind.ROSE, EventKind.WORSENED]
        )
        .select_related("report__assessment", "report__protocol_version")
        .defer("report__protocol_version__document", "report__assessment__inputs")
        .order_by("at", "pk")
    ),
    list[UUID],
)


def of_escalations(
    ids: Iterable[UUID], language: str, until: datetime | None = None
) -> dict[UUID, tuple[ReasonLine, ...]]:
    """For each escalation what made it open, or worse the last time; one query for all of them.

    As it was at `until`, or as it is now.
    """
    events = _changes(list(ids))
    last: dict[UUID, tuple[ReasonLine, ...]] = defaultdict(tuple)
    for event in events:
        if until and event.at > until:
            break
        reasons, before = _of_event(event, language), last[event.escalation_id]
        # What joined at the level of before adds to it; a rise is what counts from then on.
        kept = () if event.kind != EventKind.WORSENED else _not_among(before, reasons)
        last[event.escalation_id] = tuple(sorted((*reasons, *kept), key=lambda one: -one.level.rank))
    return last


def _not_among(before: Iterable[ReasonLine], reasons: Iterable[ReasonLine]) -> tuple[ReasonLine, ...]:
    said = {(one.rule, one.item) for one in reasons}
    return tuple(one for one in before if (one.rule, one.item) not in said)


def _of_event(event: EscalationEvent, language: str) -> tuple[ReasonLine, ...]:
    assessment = getattr(event.report, "assessment", None)
    if event.report is None or assessment is None:
        return _from_cause(event, language)
    fired = of_report(event.report, language)
    late = LateReport(event.report.observed_at, event.report.received_at) if event.report.is_late else None
    return tuple(replace(_with_signs(reason, event.report, language), late=late) for reason in fired)


def _with_signs(reason: ReasonLine, report: Report, language: str) -> ReasonLine:
    """A ticked danger sign by its name: that it was ticked does not tell a nurse what to expect."""
    questions = rules_of(report.protocol_version).questions
    question = next((one for one in questions if one.key == reason.item and one.kind is Kind.TICKS), None)
    if question is None:
        return reason
    ticked = report.answers.get(reason.item) or []
    signs = [question.option_text(sign, language) for sign in ticked if isinstance(sign, str)]
    named = ", ".join(filter(None, signs))
    return replace(reason, why=f"{reason.why}: {named}") if named else reason


def _from_cause(event: EscalationEvent, language: str) -> tuple[ReasonLine, ...]:
    """What no report made, such as a missed check-in, says why in the event itself."""
    why = ": ".join(filter(None, [str(event.get_cause_display()), event.words(language)]))
    return (ReasonLine(rule="", level=Level(event.level or Level.WATCH), item="", why=why),) if why else ()
