"""Stored answers once more through the stored rules: whether they still give the level that was stored.

An assessment holds all that went into it, the context and the history of that moment. So what came in
later, and what staff changed since, makes no difference; only rules, code or a row that have changed do.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError
from django.db.models import Max, QuerySet

from clinic.models import Assessment
from clinic.queries.protocols.assessments import assess_again
from clinic.queries.protocols.versions import rules_of

logger = logging.getLogger(__name__)

# With the history of each, some 10 MB of answers.
AT_ONCE = 200


@dataclass(frozen=True)
class Replay:
    """One assessment (`place` is its own number) and whether it comes out as it was stored."""

    place: int
    report_id: UUID
    clinic_id: UUID
    agrees: bool


def of_range(*, after: int, until: int) -> tuple[Replay, ...]:
    """The next assessments of a range, open below and closed above, in their order: AT_ONCE at most."""
    rows = _rows().filter(pk__gt=after, pk__lte=until).order_by("pk")
    return tuple(_replay(one) for one in rows[:AT_ONCE])


def of_reports(report_ids: Iterable[UUID]) -> tuple[Replay, ...]:
    """Those of these reports that have been scored."""
    return tuple(_replay(one) for one in _rows().filter(report__in=list(report_ids)))


def since(moment: datetime | None) -> Iterator[Replay]:
    """Everything that was scored from a moment on, or all there is; never more than AT_ONCE in memory."""
    first = (
        None if moment is None else Assessment.objects.filter(assessed_at__gte=moment).order_by("pk").first()
    )
    if moment is not None and first is None:
        return
    after, until = first.pk - 1 if first else 0, last_place()
    while found := of_range(after=after, until=until):
        yield from found
        after = found[-1].place


def last_place() -> int:
    """The newest assessment's own number; 0 where nothing has been scored."""
    return Assessment.objects.aggregate(last=Max("pk"))["last"] or 0


def _rows() -> QuerySet[Assessment]:
    # Whose answers have been deleted cannot be asked anew.
    rows = Assessment.objects.filter(report__patient__erased_at__isnull=True)
    rows = rows.select_related("report__patient", "protocol_version")
    return rows.defer("reasons", "protocol_version__document")


def _replay(stored: Assessment) -> Replay:
    return Replay(
        place=stored.pk,
        report_id=stored.report_id,
        clinic_id=stored.report.patient.clinic_id,
        agrees=_agrees(stored),
    )


def _agrees(stored: Assessment) -> bool:
    try:
        return assess_again(rules_of(stored.protocol_version), stored).level == stored.level
    except DatabaseError:
        raise
    except Exception:
        # Rules that cannot be applied any more give no level at all. The error's words may hold an answer.
        logger.error("a stored report cannot be replayed", extra={"report_id": str(stored.report_id)})
        return False
