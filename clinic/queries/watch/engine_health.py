"""Whether the engine runs: when it last ticked, and what has waited for it too long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.models import Escalation, Page, Report, Tick
from clinic.models.escalation import EscalationState
from clinic.models.page import PageState
from clinic.models.report import ReportState
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from notifications.queries import has_unsent_page

TICK_LIMIT = timedelta(seconds=60)
PAGE_LIMIT = timedelta(seconds=30)
# The engine that scores, pages and reminds. Others count as soon as they have ticked once.
ALWAYS_EXPECTED = ("clinic",)


@dataclass(frozen=True)
class EngineHealth:
    """Counts and ages only. `ticks` gives the seconds since each engine moved; None for never."""

    ticks: dict[str, float | None]
    unsent_pages: int
    unscored_reports: int
    oldest_unscored_seconds: float

    @property
    def stale(self) -> list[str]:
        """Engines that have stopped."""
        limit = TICK_LIMIT.total_seconds()
        return sorted(name for name, age in self.ticks.items() if age is None or age > limit)

    @property
    def ok(self) -> bool:
        return not self.stale and not self.unsent_pages


def engine_health(*, now: datetime) -> EngineHealth:
    """The state of the engine, from the tables that it works on."""
    ticked = {tick.name: (now - tick.at).total_seconds() for tick in Tick.objects.all()}
    waiting = Report.objects.filter(state=ReportState.RECEIVED).order_by("received_at")
    oldest = waiting.values_list("received_at", flat=True).first()
    return EngineHealth(
        ticks={**dict.fromkeys(ALWAYS_EXPECTED), **ticked},
        unsent_pages=_count_unsent_pages(now - PAGE_LIMIT),
        unscored_reports=waiting.count(),
        oldest_unscored_seconds=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
    )


def open_escalations_by_level() -> dict[str, int]:
    """How many escalations wait for a person, per level."""
    waiting = Escalation.objects.filter(
        state=EscalationState.OPEN, is_drill=False, patient__is_synthetic=False
    )
    levels = waiting.values_list("level", flat=True)
    found = list(levels)
    return {level.value: found.count(level) for level in Level if ladder.is_listed(level)}


def _count_unsent_pages(before: datetime) -> int:
    """Pages that nobody has handed to the outbox; one more if any is stuck in there."""
    due = Page.objects.filter(
        state=PageState.DUE,
        due_at__lt=before,
        escalation__state=EscalationState.OPEN,
        escalation__severity__gte=ladder.PAGED_FROM.rank,
    ).count()
    return due + has_unsent_page(queued_before=before)
