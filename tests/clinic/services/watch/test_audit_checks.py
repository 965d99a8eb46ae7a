"""What the owner of the tables does to the audit is found and told; what is sound is signed."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditCheck, AuditEvent, AuditSeal, SystemAlarm
from clinic.models.system_alarm import AlarmKind
from clinic.queries.watch import audit_chain as query
from clinic.services.watch import audit_checks, audit_seals
from tests.clinic.services.watch.audit_rows import EVENTS, SEALS, tamper, write

DAY = timedelta(days=1)


@pytest.fixture
def rows(db, now):
    """Five sealed rows; others of the test's own come after."""
    made = write(now, 5)
    audit_seals.seal_written(now=now)
    return made


def first_fault():
    return next((stretch.fault for stretch in query.walk_all() if stretch.fault), None)


def test_sealed_rows_are_as_they_were(rows):
    assert AuditSeal.objects.count() == AuditEvent.objects.count()
    assert first_fault() is None


def test_sealing_again_adds_nothing_and_goes_on_behind_the_last(rows, now):
    sealed = AuditSeal.objects.count()

    assert audit_seals.seal_written(now=now) == 0
    write(now, 2)
    assert audit_seals.seal_written(now=now) == 2

    assert list(AuditSeal.objects.order_by("place").values_list("place", flat=True)) == [
        *range(1, sealed + 3)
    ]
    assert first_fault() is None


def test_many_rows_are_sealed_batch_by_batch(rows, now, monkeypatch):
    monkeypatch.setattr(audit_seals, "AT_ONCE", 2)
    write(now, 5)

    with CaptureQueriesContext(connection) as queries:
        assert audit_seals.seal_written(now=now) == 5

    # Each batch asks for no more than it seals: of a long history the rest would be read for nothing.
    reads = [one["sql"] for one in queries if "correlation_id" in one["sql"]]
    assert [sql.rstrip().endswith("LIMIT 2") for sql in reads] == [True] * 3
    assert first_fault() is None


@pytest.mark.parametrize(
    "change", ["action = 'other'", "detail = '{}'", "actor_kind = 'person'", "at = '2026-01-01 00:00:00+00'"]
)
def test_changed_row_is_named(rows, change):
    tamper(f"UPDATE {EVENTS} SET {change} WHERE id = %s", rows[2].pk)

    assert first_fault() == query.Fault(query.FaultKind.CHANGED, rows[2].pk)


def test_deleted_row_is_named(rows):
    tamper(f"DELETE FROM {EVENTS} WHERE id = %s", rows[3].pk)

    assert first_fault() == query.Fault(query.FaultKind.MISSING, rows[3].pk)


def test_row_inserted_in_the_middle_is_named(rows, now):
    gap = rows[4].pk + 1
    write(now, 2)
    tamper(f"DELETE FROM {EVENTS} WHERE id = %s", gap)
    audit_seals.seal_written(now=now)
    assert first_fault() is None

    AuditEvent.objects.create(pk=gap, at=now, actor_kind="system", action="forged")
    audit_seals.seal_written(now=now)

    assert first_fault() == query.Fault(query.FaultKind.INSERTED, gap)


def test_first_of_several_faults_is_named(rows):
    tamper(f"DELETE FROM {EVENTS} WHERE id IN (%s, %s)", rows[4].pk, rows[1].pk)

    assert first_fault() == query.Fault(query.FaultKind.MISSING, rows[1].pk)


def test_removed_and_changed_seals_are_named(rows):
    seal = AuditSeal.objects.get(event_id=rows[2].pk)
    tamper(f"UPDATE {SEALS} SET hash = %s WHERE place = %s", "f" * 64, seal.place)
    assert first_fault() == query.Fault(query.FaultKind.CHANGED, rows[2].pk)

    tamper(f"DELETE FROM {SEALS} WHERE place = %s", seal.place)
    assert first_fault() == query.Fault(query.FaultKind.SEAL_MISSING, rows[2].pk)


@pytest.mark.parametrize("statement", ["UPDATE {} SET hash = ''", "DELETE FROM {}"])
def test_seals_refuse_change_and_deletion_even_to_their_owner(rows, as_owner, statement):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(SEALS))


def test_night_signs_what_is_sound(rows, now):
    audit_checks.check_next_part(now=now)

    check = AuditCheck.objects.get()
    assert (check.done_place, check.fault, check.hash) == (
        AuditSeal.objects.count(),
        "",
        AuditSeal.objects.latest("place").hash,
    )
    assert query.compare_with(query.checkpoints_kept_here()) is None
    assert audit_checks.check_next_part(now=now) == 0


def test_night_goes_part_by_part(rows, now, monkeypatch):
    monkeypatch.setattr(query, "AT_ONCE", 2)
    walked = []
    while found := audit_checks.check_next_part(now=now):
        walked.append(found)

    assert sum(walked) == AuditSeal.objects.count()
    assert AuditCheck.objects.get().signature


def test_night_that_finds_a_break_tells_every_clinic_and_signs_nothing(rows, clinic, other_clinic, now):
    tamper(f"DELETE FROM {EVENTS} WHERE id = %s", rows[0].pk)

    audit_checks.check_next_part(now=now)

    check = AuditCheck.objects.get()
    assert (check.fault, check.fault_event_id, check.signature) == ("missing", rows[0].pk, "")
    told = SystemAlarm.objects.filter(kind=AlarmKind.AUDIT_BROKEN, subject=f"missing:{rows[0].pk}")
    assert {alarm.clinic_id for alarm in told} == {clinic.pk, other_clinic.pk}


def test_chain_that_was_sealed_anew_differs_from_what_was_signed(rows, now):
    audit_checks.check_next_part(now=now)
    tamper(f"UPDATE {EVENTS} SET action = 'other' WHERE id = %s", rows[0].pk)
    tamper(f"DELETE FROM {SEALS}")
    audit_seals.seal_written(now=now)
    assert first_fault() is None

    audit_checks.check_next_part(now=now + DAY)

    assert AuditCheck.objects.latest("day").fault == "rewritten"


def test_end_that_was_cut_off_differs_from_what_was_signed(rows, now):
    audit_checks.check_next_part(now=now)
    tamper(f"DELETE FROM {SEALS} WHERE event_id = %s", rows[4].pk)
    tamper(f"DELETE FROM {EVENTS} WHERE id = %s", rows[4].pk)

    fault = query.compare_with(query.checkpoints_kept_here())

    assert fault == query.Fault(query.FaultKind.CUT, rows[3].pk)


def test_checkpoint_that_somebody_else_signed_is_no_proof(rows, now, settings):
    audit_checks.check_next_part(now=now)
    AuditCheck.objects.update(signature="0" * 64)
    assert query.compare_with(query.checkpoints_kept_here()).kind == query.FaultKind.BAD_SIGNATURE


def test_old_keys_still_prove(rows, now, settings):
    audit_checks.check_next_part(now=now)

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "another-secret-key-of-the-clinic",
    )
    settings.AUDIT_KEY = "a key of its own"

    assert query.compare_with(query.checkpoints_kept_here()) is None


def test_checkpoint_is_written_to_the_file_once_and_read_back(rows, now, settings, tmp_path):
    settings.AUDIT_CHECKPOINT = str(tmp_path / "checkpoints")
    audit_checks.check_next_part(now=now)

    assert audit_checks.deliver_checkpoint(now=now)
    assert not audit_checks.deliver_checkpoint(now=now)

    found = query.checkpoints_in(tmp_path / "checkpoints")
    assert found == query.checkpoints_kept_here()


def test_night_compares_with_the_file_where_the_database_was_cleaned(rows, now, settings, tmp_path):
    settings.AUDIT_CHECKPOINT = str(tmp_path / "checkpoints")
    audit_checks.check_next_part(now=now)
    audit_checks.deliver_checkpoint(now=now)
    AuditCheck.objects.all().delete()
    tamper(f"DELETE FROM {SEALS}")
    tamper(f"DELETE FROM {EVENTS} WHERE id = %s", rows[0].pk)
    audit_seals.seal_written(now=now)

    audit_checks.check_next_part(now=now + DAY)

    assert AuditCheck.objects.get().fault == "cut"


def test_checkpoint_that_nobody_takes_is_tried_again_and_becomes_an_alarm(
    rows, clinic, now, settings, tmp_path
):
    settings.AUDIT_CHECKPOINT = str(tmp_path / "no" / "such" / "folder")
    audit_checks.check_next_part(now=now)

    assert not audit_checks.deliver_checkpoint(now=now)
    assert not SystemAlarm.objects.exists()
    assert not audit_checks.deliver_checkpoint(now=now + timedelta(hours=7))
    alarm = SystemAlarm.objects.get(kind=AlarmKind.AUDIT_BROKEN)
    settings.AUDIT_CHECKPOINT = str(tmp_path / "checkpoints")
    assert audit_checks.deliver_checkpoint(now=now + timedelta(hours=8))

    alarm.refresh_from_db()
    assert (alarm.subject, alarm.cleared_at) == ("not_delivered", now + timedelta(hours=8))


def test_checkpoint_is_posted_to_an_address(rows, now, settings):
    taken = []

    class Keeper(BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Keeper)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    settings.AUDIT_CHECKPOINT = f"http://127.0.0.1:{server.server_port}/keep/s3cret"
    audit_checks.check_next_part(now=now)

    assert audit_checks.deliver_checkpoint(now=now)
    thread.join()
    server.server_close()

    check = AuditCheck.objects.get()
    assert taken == [
        {"day": f"{check.day}", "place": check.until_place, "hash": check.hash, "signature": check.signature}
    ]
