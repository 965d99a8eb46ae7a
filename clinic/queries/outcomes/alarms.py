"""The escalations of some weeks as the figures need them: rows of few columns, as there may be thousands."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Func, JSONField, Min, Q, QuerySet

from clinic.models import Clinic, Escalation, EscalationEvent
from clinic.models.escalation import EscalationEventKind as EventKind

# What calls for a person, and the person's answer.
_MOVES = (EventKind.OPENED, EventKind.ROSE, EventKind.WORSENED, EventKind.ACKNOWLEDGED)

# From the first moment to before the second.
Period = tuple[datetime, datetime]


class Move(NamedTuple):
    """One line of a history. `reasons` are the rules of its report, or the cause where there was none."""

    event_id: int
    at: datetime
    kind: str
    level: str
    cause: str
    reasons: tuple[str, ...]


class Alarm(NamedTuple):
    """One escalation, what raised it and who took it, in the order of time."""

    state: str
    outcome: str
    moves: tuple[Move, ...]


class _RuleIds(Func):
    """Of stored reasons which rules they are, without their words in every language."""

    arity = 1
    template = "(SELECT json_group_array(json_extract(value, '$.rule')) FROM json_each(%(expressions)s))"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="jsonb_path_query_array(%(expressions)s, '$[*].rule')", **more
        )


def opened(clinic: Clinic, periods: Iterable[Period]) -> list[Alarm]:
    """What opened in these periods, real patients only; two queries."""
    within = list(periods)
    rows = Escalation.objects.filter(opened_in(clinic, within))
    moves = _moves(EscalationEvent.objects.filter(opened_in(clinic, within, "escalation__")))
    found = rows.values_list("pk", "state", "outcome").order_by("pk")
    return [Alarm(state, outcome, tuple(moves[pk])) for pk, state, outcome in found]


def opened_in(clinic: Clinic, periods: Iterable[Period], path: str = "") -> Q:
    """Alarms of the clinic's real patients that opened in one of these periods."""
    within = Q(pk__in=())
    for start, end in periods:
        within |= Q(**{f"{path}opened_at__gte": start, f"{path}opened_at__lt": end})
    real = {f"{path}clinic": clinic, f"{path}is_drill": False, f"{path}patient__is_synthetic": False}
    return Q(**real) & within


def first_opened(clinic: Clinic, now: datetime) -> datetime | None:
    """When the clinic's first alarm opened."""
    rows = Escalation.objects.filter(
        clinic=clinic, is_drill=False, patient__is_synthetic=False, opened_at__lte=now
    )
    first: datetime | None = rows.aggregate(first=Min("opened_at"))["first"]
    return first


def stored_reasons(event_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """What the report of each of these lines was scored for."""
    rows = EscalationEvent.objects.filter(pk__in=list(event_ids))
    return dict(rows.values_list("pk", "report__assessment__reasons"))


def _moves(events: QuerySet[EscalationEvent]) -> dict[UUID, list[Move]]:
    rows = events.filter(kind__in=_MOVES).order_by("at", "pk")
    columns = ("escalation_id", "pk", "at", "kind", "level", "cause", "report_id")
    found: dict[UUID, list[Move]] = defaultdict(list)
    for escalation_id, pk, at, kind, level, cause, report_id, rules in rows.values_list(
        *columns, _RuleIds("report__assessment__reasons")
    ).iterator():
        by_report = tuple(dict.fromkeys(rules or ())) if report_id else ()
        by_cause = (cause,) if cause and not report_id else ()
        is_answer = kind == EventKind.ACKNOWLEDGED
        fired = () if is_answer else by_report or by_cause
        found[escalation_id].append(Move(pk, at, kind, level, by_cause[0] if by_cause else "", fired))
    return found
