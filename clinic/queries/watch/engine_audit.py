"""The audit that must pass before the outside monitor is pinged."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from clinic.models import Escalation, Page, Tick, WeeklyTest
from clinic.models.escalation import EscalationState
from clinic.queries.watch.engine_health import engine_health
from clinic.rules.paging import ladder

# A report that nobody could score for so long is staff's to know about.
UNSCORED_LIMIT = timedelta(seconds=120)
# A page row and its escalation are written together; this only leaves room for a clock.
STEP_LIMIT = timedelta(seconds=30)
TEST_LIMIT = timedelta(minutes=10)
# The round that asks: after an outage it would otherwise hold itself up once more.
OWN = "audit"
SELF_TEST = "self_test"
# No alarm hangs on these: where one stands still, the console and /health/engine say so, and nobody is woken.
CAN_WAIT = frozenset({"rehearsals", "replays", "retention", "overdue_guidance", "leftovers", "listeners"})
# States of a page that will still go out; HELD is one that waits for the throttle.
_TO_COME = ("due", "held")


def problems(*, now: datetime) -> tuple[str, ...]:
    """Codes of what is wrong, such as tick:clinic or unsent_pages; empty when the audit passes."""
    health = engine_health(now=now)
    wrong = {
        # Nothing stands still, but what should move it is away, and nobody would notice.
        "rounds_taken_up": bool(set(health.taken_up) - CAN_WAIT),
        "unsent_pages": health.unsent_pages > 0,
        "unscored_reports": health.oldest_unscored_seconds > UNSCORED_LIMIT.total_seconds(),
        "self_test_fails": SELF_TEST in health.failing,
        "no_next_step": _waits_without_next_step(now),
        "test_unanswered": WeeklyTest.objects.filter(
            answered_at__isnull=True, sent_at__lte=now - TEST_LIMIT
        ).exists(),
    }
    return (
        *(f"tick:{name}" for name in health.stale if name != OWN and name not in CAN_WAIT),
        *(code for code, is_wrong in wrong.items() if is_wrong),
    )


def is_first() -> bool:
    """Whether no audit has ended before: a new installation's comes before any other round has ended."""
    return not Tick.objects.filter(name=OWN).exists()


def _waits_without_next_step(now: datetime) -> bool:
    """Whether something urgent has neither an answer nor a page to come. A go-home drill pages nobody."""
    to_come = Page.objects.filter(escalation=OuterRef("pk"), state__in=_TO_COME)
    waiting = Escalation.objects.filter(
        ~Exists(to_come),
        state=EscalationState.OPEN,
        is_drill=False,
        severity__gte=ladder.PAGED_FROM.rank,
        waiting_since__lt=now - STEP_LIMIT,
    )
    return waiting.exists()
