"""Rows that are committed in another order than that of their ids, and by many at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from clinic.models import AuditEvent, AuditSeal
from clinic.queries.watch import audit_chain as query
from clinic.services.watch import audit_seals
from tests.clinic.services.watch.audit_rows import write

pytestmark = pytest.mark.django_db(transaction=True)


def faults():
    return [stretch.fault for stretch in query.walk_all() if stretch.fault]


def test_nothing_is_sealed_over_a_row_that_is_not_committed_yet(now, monkeypatch):
    monkeypatch.setattr(audit_seals, "PATIENCE_SECONDS", 0.0)
    written, may_commit = threading.Event(), threading.Event()

    def write_slowly():
        with transaction.atomic():
            row = write(now)[0]
            written.set()
            may_commit.wait(30)
        connections.close_all()
        return row.pk

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(write_slowly)
        written.wait(30)
        if connection.vendor == "postgresql":
            # A larger id, committed before the smaller one. SQLite has one writer at a time.
            write(now)
        assert audit_seals.seal_written(now=now) == 0
        may_commit.set()
        late.result()

    assert audit_seals.seal_written(now=now) == AuditEvent.objects.count()
    assert list(AuditSeal.objects.order_by("place").values_list("event_id", flat=True)) == list(
        AuditEvent.objects.order_by("pk").values_list("pk", flat=True)
    )
    assert faults() == []


def test_many_writers_and_two_sealers_keep_one_chain(now):
    writing = threading.Event()
    writing.set()

    def write_some(_number):
        for _turn in range(8):
            with transaction.atomic():
                write(now, 2)
        connections.close_all()

    def seal_meanwhile():
        while writing.is_set():
            audit_seals.seal_written(now=now)
        connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        sealers = [pool.submit(seal_meanwhile) for _ in range(2)]
        for one in [pool.submit(write_some, number) for number in range(4)]:
            one.result()
        writing.clear()
        for one in sealers:
            one.result()
    audit_seals.seal_written(now=now)

    assert AuditEvent.objects.count() == 4 * 8 * 2
    assert AuditSeal.objects.count() == 4 * 8 * 2
    assert faults() == []
