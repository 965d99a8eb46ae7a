"""Seals audit rows into a chain, a short while after they were written.

Whoever writes a row waits for nobody: rows are written as ever, and this follows. A row's place is that of
its id, so that a row which is put in between later shows. Ids are handed out before rows are committed, so
nothing is sealed while somebody may still commit a smaller one.
"""

import time
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from clinic.models import AuditEvent, AuditSeal
from clinic.queries.watch import audit_chain as query
from clinic.rules.core import audit_chain

AT_ONCE = 2000
# In one round; what is left over is the next one's.
BATCHES = 10
# How long a round waits for transactions that write audit rows right now; most last milliseconds.
PATIENCE_SECONDS = 2.0
LOOK_EVERY_SECONDS = 0.05

_TABLE = AuditEvent._meta.db_table
# Whoever inserts holds this lock from before the id is drawn until the transaction has ended.
_WRITERS = """
    SELECT coalesce(virtualtransaction, pid::text) FROM pg_locks
    WHERE locktype = 'relation' AND relation = %s::regclass AND mode = 'RowExclusiveLock'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND pid IS DISTINCT FROM pg_backend_pid()
"""


def seal_written(*, now: datetime) -> int:
    """Seal what has been written; returns how many rows. Of two that do it at once, one does."""
    until = _settled_until()
    sealed = 0
    for _batch in range(BATCHES):
        done = _seal_batch(until, now)
        sealed += done
        if done < AT_ONCE:
            break
    return sealed


def _seal_batch(until: int, now: datetime) -> int:
    head = AuditSeal.objects.order_by("-place").first()
    place, after, previous = (head.place, head.event_id, head.hash) if head else (0, 0, audit_chain.START)
    seals = []
    for row in query.rows_after(after, until=until)[:AT_ONCE]:
        place += 1
        previous = audit_chain.link(previous, query.facts_of(row))
        seals.append(AuditSeal(place=place, event_id=row[0], hash=previous, sealed_at=now))
    if not seals:
        return 0
    try:
        with transaction.atomic():
            AuditSeal.objects.bulk_create(seals)
    except IntegrityError:
        # Another process was at the same places.
        return 0
    return len(seals)


def _settled_until() -> int:
    """The largest id of which no smaller one can still appear; 0 when writers take too long."""
    last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if connection.vendor != "postgresql":
        # One writer at a time: ids are committed in their order.
        return last
    # Who comes later draws larger ids; who writes now may have drawn a smaller one.
    writers = _writers()
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while writers:
        if time.monotonic() > give_up_at:
            return 0
        time.sleep(LOOK_EVERY_SECONDS)
        writers &= _writers()
    return last


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS, [_TABLE])
        return {writer for (writer,) in cursor.fetchall()}
