"""What a draft of rules would have caught and lost among the clinic's own serious events."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from clinic.models import LifeEvent, ProtocolRehearsal, Report
from clinic.models.life_event import LifeEventKind
from clinic.models.outcome import ReviewVerdict
from clinic.queries.outcomes.reviews import BEFORE_TRANSFER
from clinic.rules.core.enums import Level
from clinic.rules.outcomes import rule_changes
from clinic.rules.outcomes.detection import LEAD_WINDOW
from clinic.rules.outcomes.rule_changes import EventReplay, Replayed, RuleChange

_WINDOW = timedelta(hours=LEAD_WINDOW)
_SERIOUS = (LifeEventKind.ADMITTED, LifeEventKind.DIED)


@dataclass(frozen=True)
class RehearsedEvents:
    """All that can be said; `lost` and `caught` are each to be read, however few they are."""

    change: RuleChange
    lost: tuple[LifeEvent, ...]
    caught: tuple[LifeEvent, ...]

    @property
    def seen_by_draft(self) -> int:
        return self.change.seen + len(self.caught) - len(self.lost)

    @property
    def percentages(self) -> tuple[int, int] | None:
        """Before and after; None where there are too few events to judge rules by."""
        shares = self.change.detection
        return (round(100 * shares[0]), round(100 * shares[1])) if shares else None


def of_rehearsal(rehearsal: ProtocolRehearsal | None) -> RehearsedEvents | None:
    """Admissions that nobody has called planned, and deaths, in the days of a finished rehearsal."""
    if rehearsal is None or rehearsal.finished_at is None:
        return None
    rows = LifeEvent.objects.filter(
        patient__clinic=rehearsal.draft.protocol.clinic_id,
        patient__is_synthetic=False,
        patient__erased_at=None,
        kind__in=_SERIOUS,
        taken_back_at=None,
        at__gte=rehearsal.since,
        at__lte=rehearsal.started_at,
    ).exclude(BEFORE_TRANSFER)
    rows = rows.exclude(review__verdict=ReviewVerdict.PLANNED)
    events = {one.pk: one for one in rows.select_related("patient").order_by("-at", "pk")}
    after = {UUID(one["report"]): Level(one["after"]) for one in rehearsal.changes}
    replays = tuple(_replays(events.values(), after))
    change = rule_changes.compare(replays, [report for one in replays for report in one.before])
    return RehearsedEvents(
        change=change,
        lost=tuple(events[pk] for pk in change.lost),
        caught=tuple(events[pk] for pk in change.caught),
    )


def _replays(events: Iterable[LifeEvent], after: dict[UUID, Level]) -> Iterable[EventReplay]:
    listed = list(events)
    if not listed:
        return
    reports: dict[UUID, list[tuple[UUID, datetime, Level]]] = defaultdict(list)
    rows = Report.objects.newest().filter(
        patient__in={one.patient_id for one in listed},
        is_drill=False,
        assessment__isnull=False,
        received_at__gte=min(one.at for one in listed) - _WINDOW,
        received_at__lte=max(one.at for one in listed),
    )
    values = rows.values_list("patient_id", "pk", "received_at", "assessment__level")
    for patient_id, pk, at, level in values:
        reports[patient_id].append((pk, at, Level(level)))
    for event in listed:
        yield EventReplay(
            event.pk,
            tuple(
                Replayed(pk, (at - event.at) / timedelta(hours=1), level, after.get(pk, level))
                for pk, at, level in reports[event.patient_id]
                if event.at - _WINDOW <= at <= event.at
            ),
        )
