"""The statements behind the worklist. Those that have always one shape are kept as SQL and prepared.

A list of ids is one value there (`clinic/prepared.py`); a search, a level or "show more" is built anew.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from clinic.models import Escalation, Patient, Report
from clinic.models.escalation import EscalationState as State
from clinic.models.report import ReportState
from clinic.prepared import PreparedQuery, PreparedRows
from clinic.queries.patients import searching
from clinic.rules.core.enums import Level

# So many rows stand on the page, in at most 60 kB; a search, a level or "show more" reaches the rest.
WAITING_SHOWN = 41
HANDLED_SHOWN = 20
# More than anybody can answer; the page says so when there are more.
WAITING_LIMIT = 200


@dataclass(frozen=True)
class ListView:
    """What of the list somebody looks at: one clinic, one level, a search, more rows."""

    clinic_slug: str = ""
    level: Level | None = None
    words: str = ""
    more: bool = False

    @property
    def is_narrowed(self) -> bool:
        return self.level is not None or bool(self.words)


def real_escalations(clinic_ids: Collection[UUID]) -> QuerySet[Escalation]:
    """Written as the partial index `escalation_worklist` is, so that it is used."""
    return Escalation.objects.filter(~Q(state=State.RESOLVED), clinic__in=clinic_ids).filter(is_drill=False)


def _with_names(rows: QuerySet[Escalation]) -> QuerySet[Escalation]:
    return rows.select_related("patient", "clinic", "acknowledged_by")


def _fitting(rows: QuerySet[Escalation], view: ListView) -> QuerySet[Escalation]:
    if view.level is not None:
        rows = rows.filter(severity=view.level.rank)
    if view.words:
        rows = rows.filter(patient__in=Patient.objects.filter(searching.found_by(view.words)).values("pk"))
    return rows


def shown(clinic_ids: Collection[UUID], view: ListView) -> list[Escalation]:
    """The first of what waits, is in hand and is set aside, of this view."""
    if not (view.is_narrowed or view.more):
        return [*_first_waiting(clinic_ids), *_first_in_hand(clinic_ids), *_first_set_aside(clinic_ids)]
    taken_shown = WAITING_LIMIT if view.more else HANDLED_SHOWN
    return [
        *waiting(clinic_ids, view)[: WAITING_LIMIT if view.more else WAITING_SHOWN],
        *in_hand(clinic_ids, view)[:taken_shown],
        *set_aside(clinic_ids, view)[:taken_shown],
    ]


def waiting(clinic_ids: Collection[UUID], view: ListView) -> QuerySet[Escalation]:
    """Everything of this view that nobody has taken, worst first, then the longest waiting."""
    rows = _with_names(real_escalations(clinic_ids)).filter(state=State.OPEN)
    return _fitting(rows.order_by("-severity", "waiting_since", "pk"), view)


def in_hand(clinic_ids: Collection[UUID], view: ListView) -> QuerySet[Escalation]:
    """Everything of this view that somebody has, worst first, then what was taken first."""
    return _taken(clinic_ids, view).filter(snoozed_until__isnull=True)


def set_aside(clinic_ids: Collection[UUID], view: ListView) -> QuerySet[Escalation]:
    """Of what was taken, whatever is set aside until a moment."""
    return _taken(clinic_ids, view).filter(snoozed_until__isnull=False)


def _taken(clinic_ids: Collection[UUID], view: ListView) -> QuerySet[Escalation]:
    rows = _with_names(real_escalations(clinic_ids)).filter(state=State.ACKNOWLEDGED)
    return _fitting(rows.order_by("-severity", "acknowledged_at", "pk"), view)


_WHOLE = ListView()
_first_waiting = PreparedQuery(lambda ids: waiting(ids, _WHOLE)[:WAITING_SHOWN], list[UUID])
_first_in_hand = PreparedQuery(lambda ids: in_hand(ids, _WHOLE)[:HANDLED_SHOWN], list[UUID])
_first_set_aside = PreparedQuery(lambda ids: set_aside(ids, _WHOLE)[:HANDLED_SHOWN], list[UUID])


def left_by(view: ListView, ids: Collection[UUID]) -> set[UUID]:
    """Those of these escalations that the view's level and search leave."""
    return set(_fitting(Escalation.objects.filter(pk__in=ids), view).values_list("pk", flat=True))


open_drills = PreparedQuery(
    lambda clinic_ids: (
        Escalation.objects.filter(~Q(state=State.RESOLVED), clinic__in=clinic_ids, is_drill=True)
        .select_related("patient", "clinic")
        .order_by("opened_at")[:WAITING_LIMIT]
    ),
    list[UUID],
)
counted = PreparedRows(
    lambda clinic_ids: (
        real_escalations(clinic_ids)
        .annotate(is_set_aside=Q(snoozed_until__isnull=False))
        .values_list("clinic_id", "level", "state", "is_set_aside")
        .annotate(count=Count("pk"))
    ),
    list[UUID],
)
named = PreparedQuery(
    lambda clinic_ids, ids: _with_names(real_escalations(clinic_ids).filter(pk__in=ids)),
    list[UUID],
    list[UUID],
)
some_patient = PreparedQuery(
    lambda clinic_ids: Patient.objects.filter(clinic__in=clinic_ids, is_synthetic=False)[:1],
    list[UUID],
)
waiting_to_be_scored = PreparedRows(
    lambda clinic_ids: (
        Report.objects.filter(state=ReportState.RECEIVED, patient__clinic__in=clinic_ids, is_drill=False)
        .values_list("state")
        .annotate(count=Count("pk"))
        .order_by()
    ),
    list[UUID],
)
