"""A whole run under the program's own role: the dry run says what goes, and what waits for the owner."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from clinic.models import AuditCheck, AuditEvent, AuditSeal, Patient, RetentionRun
from clinic.queries.watch import audit_chain as query
from clinic.queries.watch import setup
from clinic.rules.core import audit_chain
from clinic.services.core import kept
from clinic.services.watch import audit_retention, audit_seals, retention_runs
from tests import databases
from tests.clinic.services.patients.whole_record import PATIENT, WholeRecord
from tests.clinic.services.watch.audit_rows import write
from tests.dump import places_of

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=366)


@pytest.fixture
def old_audit():
    """A night eight years ago, sealed and signed, and what was written since."""
    now = timezone.now()
    at = now - 8 * YEAR
    with databases.as_owner():
        write(at, 3)
        audit_seals.seal_written(now=at)
        place = query.last_place()
        chain_hash = AuditSeal.objects.get(place=place).hash
        signature = audit_chain.sign(day=at.date(), place=place, chain_hash=chain_hash, key=query.keys()[0])
        AuditCheck.objects.create(
            day=at.date(),
            started_at=at,
            finished_at=at,
            until_place=place,
            hash=chain_hash,
            signature=signature,
        )
        write(now, 2)
        audit_seals.seal_written(now=now)
    return now


def test_dry_run_says_what_each_kind_loses_and_the_night_takes_it_without_the_owner(clinic, nurse, now):
    WholeRecord(clinic, nurse, now)
    later = now + 11 * YEAR
    said = {name: rows for name, rows in retention_runs.count_expired(now=later).items() if rows}
    assert {"records", "words_sent", "words_received", "invitations"} <= said.keys()

    while retention_runs.go_on(now=later):
        pass

    run = RetentionRun.objects.get()
    assert run.finished_at == later
    # Emptying a record takes words and links along that had a time of their own as well.
    assert run.counts.keys() <= said.keys()
    assert all(rows <= said[name] for name, rows in run.counts.items())
    assert run.counts["records"] == said["records"] == 1
    assert places_of(PATIENT) == set()
    assert Patient.objects.get().erased_at == later
    # The audit has that time too, but no checkpoint stands so far back.
    assert all(kind.expired(later).count() == 0 for kind in kept.kinds())


def test_what_this_role_may_not_delete_waits_and_the_operator_is_told(old_audit):
    may = audit_retention.may_delete()
    waiting = audit_retention.count_waiting(now=old_audit)
    out = StringIO()

    call_command("apply_retention", "--dry-run", stdout=out)

    assert (waiting == 0) == may
    assert f"audit: {3 if may else 0}\n" in out.getvalue()
    assert ("The audit was left alone" in out.getvalue()) != may
    call_command("apply_retention", stdout=out)
    assert AuditEvent.objects.filter(at__lt=old_audit - 7 * YEAR).count() == (0 if may else 3)
    found = setup.of_audit(rows_waiting=waiting)
    assert [one.code for one in found] == ([] if may else ["audit_kept_too_long"])
    assert "audit_kept_too_long" in {one.code for one in setup.of_audit(rows_waiting=3)}

    with databases.as_owner():
        call_command("apply_retention", stdout=out)
        assert not AuditEvent.objects.filter(at__lt=old_audit - 7 * YEAR).exists()
        call_command("verify_audit")


def test_check_setup_names_the_owners_run(old_audit, clinic):
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_setup", stdout=out)

    assert ("3 rows of the audit are older" in out.getvalue()) != audit_retention.may_delete()
