"""What the law does not ask for any more goes from the audit, and what is left still verifies."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from clinic.models import AuditCheck, AuditEvent, AuditSeal, RecordHold
from clinic.queries.watch import audit_chain as query
from clinic.rules.core import audit_chain
from clinic.services.watch import audit_checks, audit_retention, audit_seals
from tests.clinic.services.watch.audit_rows import EVENTS, tamper, write

DAY = timedelta(days=1)
# On PostgreSQL it is the owner who runs it.
pytestmark = pytest.mark.usefixtures("as_owner")


@pytest.fixture
def now():
    """The triggers of the database know no other clock."""
    return timezone.now()


@pytest.fixture
def years(db, now):
    """Two nights eight and seven years ago, and what came since, each night sealed and signed."""
    for ago in (8, 7, 1):
        at = now - ago * 366 * DAY
        write(at, 3)
        audit_seals.seal_written(now=at)
        AuditCheck.objects.create(
            day=at.date(), started_at=at, finished_at=at, until_place=query.last_place(), **signed(at.date())
        )
    write(now, 2)
    audit_seals.seal_written(now=now)


def signed(day):
    place = query.last_place()
    chain_hash = AuditSeal.objects.get(place=place).hash
    signature = audit_chain.sign(day=day, place=place, chain_hash=chain_hash, key=query.keys()[0])
    return {"hash": chain_hash, "signature": signature}


def first_fault():
    return next((stretch.fault for stretch in query.walk_all() if stretch.fault), None)


def let_go(now):
    return list(iter(lambda: audit_retention.let_go_of_some(now=now), 0))


def test_old_rows_go_night_by_night_and_the_rest_verifies(years, now):
    assert audit_retention.count_expired(now=now) == 6

    assert let_go(now) == [3, 3]

    assert AuditEvent.objects.count() == 5
    assert AuditSeal.objects.order_by("place").first().place == 6
    assert (first_fault(), query.compare_with(query.checkpoints_kept_here())) == (None, None)
    call_command("verify_audit")
    # The next night's walk begins where the chain now does, and is signed.
    assert audit_checks.check_next_part(now=now) > 0
    assert AuditCheck.objects.latest("day").fault == ""


def test_younger_rows_are_refused_by_the_database(years, now):
    young = AuditEvent.objects.filter(at__gte=now - 6 * 365 * DAY)
    for rows in (young, AuditSeal.objects.all(), AuditEvent.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.order_by("pk")[:1].get().save()
    assert AuditEvent.objects.count() == 11


def test_whoever_cuts_off_more_is_found_out(years, now):
    let_go(now)
    third = AuditSeal.objects.get(place=9)
    tamper(f"DELETE FROM {EVENTS} WHERE id <= %s", third.event_id)
    tamper("DELETE FROM clinic_auditseal WHERE place < %s", 9)

    # A checkpoint lies there, and it is signed, but it is a year old.
    assert first_fault().kind == query.FaultKind.SEAL_MISSING


def test_row_that_is_put_before_the_beginning_is_found(years, now):
    first = AuditEvent.objects.order_by("pk").first().pk
    let_go(now)
    AuditEvent.objects.create(pk=first, at=now, actor_kind="system", action="made.up")

    assert first_fault() == query.Fault(query.FaultKind.INSERTED, first)


def test_unsigned_checkpoint_lets_nothing_go(years, now, settings):
    AuditCheck.objects.update(signature="0" * 64)
    assert let_go(now) == []
    settings.RETENTION_AUDIT_YEARS = 0
    assert audit_retention.count_expired(now=now) == 0


def test_hold_keeps_what_is_about_its_patient(years, now, patient, nurse):
    seal = AuditSeal.objects.get(place=5)
    tamper(f"UPDATE {EVENTS} SET patient_id = %s WHERE id = %s", _stored(patient.pk), seal.event_id)
    RecordHold.objects.create(patient=patient, reason="case 7", placed_at=now, placed_by=nurse)

    assert let_go(now) == [3]


def test_walk_that_is_under_way_is_not_disturbed(years, now):
    AuditCheck.objects.create(day=now.date(), started_at=now, until_place=query.last_place())

    assert let_go(now) == []


def _stored(pk):
    return str(pk) if connection.vendor == "postgresql" else pk.hex
