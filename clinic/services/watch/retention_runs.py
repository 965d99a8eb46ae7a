"""Each night: what has been kept long enough goes, in parts, kind after kind.

A part is one transaction. Whoever is stopped between two has done what they did, and the next goes on: every
kind finds for itself what is left.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction

from clinic.models import RetentionRun
from clinic.services.core import audit, kept
from clinic.services.watch import audit_retention
from notifications.services import nudge

logger = logging.getLogger(__name__)

# A run belongs to the day that begins at this hour, UTC: night in the Americas, early morning in Europe.
BEGINS = timedelta(hours=7)
AUDIT = "audit"
Part = Callable[[], int]


def go_on(*, now: datetime) -> int:
    """One part of the night's run, and ask for the next; returns how many rows went.

    A kind that fails keeps no other from going; at the end of the run it fails the step, and staff see it.
    """
    failed: Exception | None = None
    for name, part in _parts(now):
        try:
            done = _do_part(name, part, now)
        except Exception as error:
            logger.exception("retention of %s failed", name)
            failed = failed or error
            continue
        if done is None:
            return 0
        if done:
            return done
    if failed is not None:
        raise failed
    _finish(now)
    return 0


def apply_all(*, now: datetime) -> dict[str, int]:
    """Everything at once, for the command: how many rows of each kind went."""
    counts: dict[str, int] = {}
    for name, part in _parts(now):
        while done := part():
            counts[name] = counts.get(name, 0) + done
    if counts:
        audit.record(action="retention.applied", by=None, now=now, detail=counts)
    return counts


def count_expired(*, now: datetime) -> dict[str, int]:
    """How many rows of each kind a run under this role would let go. Writes nothing.

    What a run empties makes others due in turn: those count from the next night on.
    """
    counts = {kind.name: kind.expired(now).count() for kind in kept.kinds()}
    audit_rows = audit_retention.count_expired(now=now) if audit_retention.may_delete() else 0
    return {**counts, AUDIT: audit_rows}


def _parts(now: datetime) -> list[tuple[str, Part]]:
    parts: list[tuple[str, Part]] = [(kind.name, _part_of(kind, now)) for kind in kept.kinds()]
    return [*parts, (AUDIT, lambda: audit_retention.let_go_of_some(now=now))]


def _part_of(kind: kept.Kind, now: datetime) -> Part:
    return lambda: kept.let_go_of_some(kind, now=now)


@transaction.atomic
def _do_part(name: str, part: Part, now: datetime) -> int | None:
    """How many rows went; None where the night's run is done, or somebody else is at it."""
    run = _unfinished(now)
    if run is None:
        return None
    done = part()
    if done:
        run.counts[name] = run.counts.get(name, 0) + done
        run.save(update_fields=["counts"])
        nudge.after_commit("clinic.tasks.apply_retention")
    return done


@transaction.atomic
def _finish(now: datetime) -> None:
    run = _unfinished(now)
    if run is None:
        return
    run.finished_at = now
    run.save(update_fields=["finished_at"])
    if run.counts:
        audit.record(
            action="retention.applied",
            by=None,
            now=now,
            subject_type="retention",
            subject_id=run.pk,
            detail=run.counts,
        )


def _unfinished(now: datetime) -> RetentionRun | None:
    """The oldest run that is not finished, locked, or tonight's; None when all is done or under way."""
    unfinished = RetentionRun.objects.filter(finished_at__isnull=True)
    run = unfinished.select_for_update(skip_locked=True).order_by("day").first()
    if run is not None or unfinished.exists():
        return run
    run, created = RetentionRun.objects.get_or_create(day=_day_of(now), defaults={"started_at": now})
    return run if created else None


def _day_of(now: datetime) -> date:
    return (now - BEGINS).date()
