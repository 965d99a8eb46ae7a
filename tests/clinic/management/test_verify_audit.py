"""`manage.py verify_audit`: what it says, and how it ends."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clinic.services.watch import audit_checks, audit_seals
from tests.clinic.services.watch.audit_rows import EVENTS, tamper, write


@pytest.fixture
def rows(db, now):
    made = write(now - timedelta(days=1), 2)
    audit_seals.seal_written(now=now - timedelta(days=1))
    made += write(now, 2)
    audit_seals.seal_written(now=now)
    return made


def run(*options):
    out = StringIO()
    code = 0
    try:
        call_command("verify_audit", *options, stdout=out)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue().strip()


def test_sound_chain(rows, now):
    write(now)

    assert run() == (
        0,
        "4 rows are as they were sealed, 0 checkpoints agree; 1 rows are not sealed yet.",
    )


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (f"UPDATE {EVENTS} SET action = 'other' WHERE id = %s", "was changed after it was sealed (other, "),
        (f"DELETE FROM {EVENTS} WHERE id = %s", "is missing: it was sealed, and it is gone."),
    ],
)
def test_first_wrong_row_is_named(rows, statement, words):
    tamper(statement, rows[1].pk)

    code, said = run()

    assert code == 1
    assert said.startswith(f"Row {rows[1].pk} {words}")


def test_since_looks_at_what_was_sealed_from_that_day_on(rows, now):
    tamper(f"DELETE FROM {EVENTS} WHERE id = %s", rows[0].pk)

    assert run("--since", f"{now:%Y-%m-%d}")[0] == 0
    assert run("--since", f"{now - timedelta(days=1):%Y-%m-%d}")[0] == 1


def test_checkpoints_from_outside_are_compared(rows, now, settings, tmp_path):
    kept = tmp_path / "kept"
    settings.AUDIT_CHECKPOINT = str(kept)
    audit_checks.check_next_part(now=now)
    audit_checks.deliver_checkpoint(now=now)
    settings.AUDIT_CHECKPOINT = ""
    forged = tmp_path / "forged"
    forged.write_text(kept.read_text().replace('"place": 4', '"place": 3'))

    assert run("--checkpoints", str(kept))[0] == 0
    code, said = run("--checkpoints", str(forged))
    assert (code, said) == (
        1,
        f"The checkpoint at row {rows[2].pk} was not signed with a key that is known here.",
    )


def test_file_that_is_none(rows, tmp_path):
    (tmp_path / "other").write_text('{"a": 1}')

    with pytest.raises(CommandError, match="cannot be read"):
        run("--checkpoints", str(tmp_path / "other"))
