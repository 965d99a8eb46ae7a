"""Whether the engines move: when each last finished a whole round, what fails, and what waits too long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from clinic.models import EngineRound, Escalation, Page, Report, Tick
from clinic.models.escalation import EscalationState
from clinic.models.page import PageState
from clinic.models.report import ReportState
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from notifications.queries import has_unsent_page

TICK_LIMIT = timedelta(seconds=60)
PAGE_LIMIT = timedelta(seconds=30)
# Those that score and page, and those that send. Others count as soon as they have ticked once.
ALWAYS_EXPECTED = ("clinic", "notifications")


@dataclass(frozen=True)
class EngineHealth:
    """Counts and ages only. `ticks` gives the seconds since each engine's last whole round; None for never.

    `failing` names the steps that failed in an engine's last round, such as "reminders.remind_due".
    `taken_up` names the rounds that another process had to begin lately: workers, beat or Redis are away.
    """

    ticks: Mapping[str, float | None]
    failing: Mapping[str, tuple[str, ...]]
    taken_up: tuple[str, ...]
    unsent_pages: int
    unscored_reports: int
    oldest_unscored_seconds: float

    @property
    def stale(self) -> list[str]:
        """Engines that stand still, or of which no round has been whole for too long."""
        return sorted(
            name for name, age in self.ticks.items() if age is None or age > limit_of(name).total_seconds()
        )

    @property
    def ok(self) -> bool:
        return not self.stale and not self.unsent_pages


def engine_health(*, now: datetime) -> EngineHealth:
    """The state of the engines, from the tables that they work on."""
    known = settings.CELERY_BEAT_SCHEDULE
    # An engine that a newer version no longer has must not stand still for ever.
    ticked = {tick.name: (now - tick.at).total_seconds() for tick in Tick.objects.all() if tick.name in known}
    waiting = Report.objects.filter(state=ReportState.RECEIVED).order_by("received_at")
    oldest = waiting.values_list("received_at", flat=True).first()
    return EngineHealth(
        ticks={**dict.fromkeys(ALWAYS_EXPECTED), **ticked},
        failing=_failing_steps(),
        taken_up=_taken_up(now - TICK_LIMIT),
        unsent_pages=_count_unsent_pages(now - PAGE_LIMIT),
        unscored_reports=waiting.count(),
        oldest_unscored_seconds=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
    )


def limit_of(name: str) -> timedelta:
    """How old an engine's last whole round may be: a minute, or twice its interval where that is longer."""
    interval = timedelta(seconds=settings.CELERY_BEAT_SCHEDULE[name]["schedule"])
    return max(TICK_LIMIT, 2 * interval)


def open_escalations_by_level() -> dict[str, int]:
    """How many escalations wait for a person, per level."""
    waiting = Escalation.objects.filter(
        state=EscalationState.OPEN, is_drill=False, patient__is_synthetic=False
    )
    levels = waiting.values_list("level", flat=True)
    found = list(levels)
    return {level.value: found.count(level) for level in Level if ladder.is_listed(level)}


def _failing_steps() -> dict[str, tuple[str, ...]]:
    rounds = EngineRound.objects.exclude(failing=[]).order_by("name")
    return {row.name: tuple(row.failing) for row in rounds if row.name in settings.CELERY_BEAT_SCHEDULE}


def _taken_up(since: datetime) -> tuple[str, ...]:
    rounds = EngineRound.objects.filter(taken_up_at__gte=since).order_by("name")
    return tuple(rounds.values_list("name", flat=True))


def _count_unsent_pages(before: datetime) -> int:
    """Pages that nobody has handed to the outbox; one more if any is stuck in there."""
    due = Page.objects.filter(
        state=PageState.DUE,
        due_at__lt=before,
        escalation__state=EscalationState.OPEN,
        escalation__severity__gte=ladder.PAGED_FROM.rank,
    ).count()
    return due + has_unsent_page(queued_before=before)
