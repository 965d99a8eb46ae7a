"""Lets go of audit rows that are older than the law asks for, so that the rest of the chain still verifies.

Rows go up to a signed checkpoint that is itself old enough, never one by one: with its signature the chain
begins there from then on (queries/watch/audit_chain.beginning). So nobody who cuts off younger rows can make
it look like this.
"""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min

from clinic.models import AuditCheck, AuditEvent, AuditSeal
from clinic.queries.patients.deletions import open_holds
from clinic.queries.watch import audit_chain as query
from clinic.rules.patients.retention import years_before


@transaction.atomic
def let_go_of_some(*, now: datetime) -> int:
    """What one checkpoint, the oldest, had behind it; returns how many rows.

    While a check walks the chain it is left alone.
    """
    if not may_delete() or AuditCheck.objects.select_for_update().filter(finished_at__isnull=True).exists():
        return 0
    checkpoint = _next_checkpoint(now)
    if checkpoint is None:
        return 0
    last = AuditSeal.objects.get(place=checkpoint.until_place).event_id
    deleted, _ = AuditEvent.objects.filter(pk__lte=last).delete()
    AuditSeal.objects.filter(place__lt=checkpoint.until_place).delete()
    AuditCheck.objects.filter(until_place__lt=checkpoint.until_place).delete()
    return deleted


def count_expired(*, now: datetime) -> int:
    """How many rows would go."""
    checkpoints = _old_enough(now)
    if not checkpoints:
        return 0
    last = (
        AuditSeal.objects.filter(place=checkpoints[-1].until_place).values_list("event_id", flat=True).first()
    )
    return AuditEvent.objects.filter(pk__lte=last or 0).count()


def count_waiting(*, now: datetime) -> int:
    """How many rows wait for the owner of the tables, because this role may not delete them."""
    return 0 if may_delete() else count_expired(now=now)


def may_delete() -> bool:
    """Whether the role under which the program runs may delete audit rows at all (docs/audit.md)."""
    if connection.vendor != "postgresql":
        return True
    tables = (AuditEvent._meta.db_table, AuditSeal._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(has_table_privilege(one, 'DELETE')) FROM unnest(%s::text[]) AS one", [[*tables]]
        )
        return bool(cursor.fetchone()[0])


def _next_checkpoint(now: datetime) -> AuditCheck | None:
    return next(iter(_old_enough(now)), None)


def _old_enough(now: datetime) -> list[AuditCheck]:
    """Signed checkpoints up to which everything may go, oldest first."""
    years = settings.RETENTION_AUDIT_YEARS
    if not years:
        return []
    before = years_before(now, years)
    young = AuditEvent.objects.filter(at__gte=before).aggregate(first=Min("pk"))["first"]
    held = AuditEvent.objects.filter(patient_id__in=open_holds().values("patient_id"))
    first_held = held.aggregate(first=Min("pk"))["first"]
    limits = [limit for limit in (young, first_held) if limit is not None]
    rows = AuditCheck.objects.exclude(signature="").filter(
        day__lt=before.date(), until_place__gt=query.beginning().place
    )
    return [
        row
        for row in rows.order_by("until_place")
        if query.is_signed(query.checkpoint_of(row)) and _is_behind(row, limits)
    ]


def _is_behind(checkpoint: AuditCheck, limits: list[int]) -> bool:
    seal = AuditSeal.objects.filter(place=checkpoint.until_place, hash=checkpoint.hash).first()
    return seal is not None and all(seal.event_id < limit for limit in limits)
