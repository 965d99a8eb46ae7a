"""What has happened to an escalation, in words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from django.utils.translation import get_language, gettext, gettext_lazy, gettext_noop

from clinic.models import Escalation, EscalationEvent
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.queries.reports import authors
from clinic.rules.core.enums import Level

# Kept as it is written here where the line was paged, and shown in the reader's language.
THE_LINE = gettext_noop("the clinic's line")

# As the buttons say it.
_SAID = {Kind.ACKNOWLEDGED: gettext_lazy("Taken"), Kind.RESOLVED: gettext_lazy("Closed")}


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened, oldest first; `by` is empty where the system acted."""

    kind: str
    label: str
    at: datetime
    by: str
    level: Level | None
    text: str
    times: int = 1
    last_at: datetime | None = None


def of_escalation(escalation: Escalation) -> tuple[HistoryLine, ...]:
    """All that has happened to one escalation, the oldest first."""
    rows = EscalationEvent.objects.filter(escalation=escalation).select_related(
        "by", "report__author", "report__told"
    )
    lines = [history_line(row) for row in rows.defer("report__answers").order_by("at", "pk")]
    return tuple(
        one for kind, run in groupby(lines, key=lambda one: one.kind) for one in _join_pages(kind, run)
    )


def _join_pages(kind: str, run: Iterator[HistoryLine]) -> Iterator[HistoryLine]:
    """Pages go out every few minutes until somebody answers; a night of them is one line, not a hundred."""
    if kind != Kind.PAGED:
        yield from run
        return
    pages = list(run)
    names = ", ".join(dict.fromkeys(page.text for page in pages if page.text))
    yield replace(pages[0], text=names, times=len(pages), last_at=pages[-1].at)


def history_line(event: EscalationEvent) -> HistoryLine:
    """One event in words; a report's author did what its report did."""
    author = authors.name_of(event.report) if event.report else ""
    is_line = event.kind == Kind.PAGED and event.text == THE_LINE
    text = gettext(THE_LINE) if is_line else event.words(get_language() or "")
    return HistoryLine(
        kind=event.kind,
        label=str(_SAID.get(Kind(event.kind), Kind(event.kind).label)),
        at=event.at,
        by=event.by.name if event.by else author,
        level=Level(event.level) if event.level else None,
        text=": ".join(
            filter(None, [str(event.get_cause_display()), str(event.get_outcome_display()), text])
        ),
    )
