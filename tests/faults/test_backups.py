"""A dump comes back whole, and one that would not is named by the right word."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from django.utils import timezone

from config.backups import dumps
from tests.databases import administer, copy_database, kept_database, kept_file
from tests.processes import ROOT, on_services, until
from tests.warm import Warm

pytestmark = pytest.mark.faults

SEAL = (
    "from django.utils import timezone; from clinic.services.watch import audit_seals; "
    "audit_seals.seal_written(now=timezone.now())"
)


class Installation:
    """A whole database of its own, seeded, on which the commands are run as an operator runs them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.backups = folder, folder / "backups"
        self.name = f"kinwatch_test_{uuid4().hex[:12]}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "KINWATCH_DEMO": "1",
            "KINWATCH_VAR": str(folder),
            "BACKUP_FOLDER": str(self.backups),
            "DATABASE_URL": "",
        }
        if on_services():
            copy_database(kept_database(), self.name)
            url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{self.name}")
            self.environment["DATABASE_URL"] = url.geturl()
        else:
            (folder / "kinwatch.sqlite3").write_bytes(kept_file().read_bytes())
        self.warm = Warm(self.environment, folder)

    def manage(self, *words: str, fails: bool = False) -> str:
        """Forked from one process that has read the program, unless a test has changed the environment."""
        if self.environment == self.warm.environment:
            log = self.folder / f"{uuid4().hex[:12]}.log"
            status = self.warm.start([sys.executable, "manage.py", *words], log).wait()
            said = log.read_text(encoding="utf-8")
            assert bool(status) == fails, said
            return said
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    def change(self, statement: str) -> None:
        """As somebody who owns the tables and switches their triggers off."""
        if on_services():
            with psycopg.connect(self.environment["DATABASE_URL"]) as server:
                server.execute("SET session_replication_role = replica")
                server.execute(statement)
            return
        with closing(sqlite3.connect(self.folder / "kinwatch.sqlite3")) as file, file:
            triggers = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                file.execute(f"DROP TRIGGER {name}")
            file.execute(statement)

    def remove(self) -> None:
        self.warm.end()
        if on_services():
            administer(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def others(self) -> list[str]:
        """Databases that a drill has left behind."""
        if not on_services():
            return []
        with psycopg.connect(os.environ["DATABASE_URL"]) as server:
            found = server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'kinwatch_drill_%'")
            return [name for (name,) in found]


@pytest.fixture(scope="module")
def _seeded(tmp_path_factory):
    """Seeded and backed up once; the tests spoil copies."""
    one = Installation(tmp_path_factory.mktemp("installation"))
    try:
        one.manage("seed_demo", "--json", "--brief")
        one.manage("backup")
        yield one
    finally:
        one.remove()


@pytest.fixture
def backed_up(_seeded, tmp_path):
    """The dump and its sheet, to spoil."""
    dump = dumps.newest_in(_seeded.backups)
    for path in (dump, dump.with_suffix(".json")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path / dump.name


def rewrite_sheet(dump: Path, **changes: object) -> None:
    sheet = dump.with_suffix(".json")
    sheet.write_text(json.dumps(json.loads(sheet.read_text()) | changes))


def sheet_fits(dump: Path) -> None:
    """As if the file had been written so."""
    rewrite_sheet(dump, size=dump.stat().st_size, sha256=dumps._hash_of(dump))


def test_demo_comes_back_whole_and_nothing_is_left_beside(_seeded):
    said = _seeded.manage("restore_drill")

    dump = dumps.newest_in(_seeded.backups)
    counts = json.loads(dump.with_suffix(".json").read_text())["counts"]
    assert counts["clinic_report"] > 20
    assert f"{counts['clinic_report']:,} reports" in said
    assert "came back whole" in said
    assert "reports give the level that was stored" in said
    assert _seeded.others() == []
    assert dump.stat().st_mode & 0o077 == 0


def test_file_that_was_cut_short_is_damaged(_seeded, backed_up):
    backed_up.write_bytes(backed_up.read_bytes()[:-1000])

    assert "damaged: " in _seeded.manage("restore_drill", str(backed_up), fails=True)


def test_file_that_holds_something_else_is_unreadable(_seeded, backed_up):
    backed_up.write_bytes(b"not a dump " * 1000)
    sheet_fits(backed_up)

    assert "unreadable: " in _seeded.manage("restore_drill", str(backed_up), fails=True)
    assert _seeded.others() == []


def test_dump_without_its_sheet_proves_nothing(_seeded, backed_up):
    backed_up.with_suffix(".json").unlink()

    assert "no_sheet: " in _seeded.manage("restore_drill", str(backed_up), fails=True)


def test_row_that_did_not_come_back_is_named_by_its_table(_seeded, backed_up):
    counts = json.loads(backed_up.with_suffix(".json").read_text())["counts"]
    rewrite_sheet(backed_up, counts=counts | {"clinic_report": counts["clinic_report"] + 1})

    said = _seeded.manage("restore_drill", str(backed_up), fails=True)

    assert f"rows_missing: clinic_report: {counts['clinic_report']} rows" in said


def test_dump_of_long_ago_is_too_old(_seeded, backed_up):
    rewrite_sheet(backed_up, made_at=(timezone.now() - timedelta(hours=49)).isoformat())

    assert "too_old: " in _seeded.manage("restore_drill", str(backed_up), fails=True)
    assert "came back whole" in _seeded.manage("restore_drill", str(backed_up), "--oldest", "50")


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        (
            "UPDATE clinic_auditevent SET action = 'nothing' "
            "WHERE id = (SELECT min(event_id) FROM clinic_auditseal)",
            "audit_broken",
        ),
        (
            "UPDATE clinic_assessment SET level = CASE level WHEN 'none' THEN 'watch' ELSE 'none' END",
            "scores_differ",
        ),
    ],
)
def test_what_was_rewritten_before_the_dump_is_found(tmp_path, statement, word):
    one = Installation(tmp_path)
    try:
        one.manage("seed_demo", "--json", "--brief")
        one.manage("shell", "--no-imports", "-c", SEAL)
        one.change(statement)
        one.manage("backup")

        assert f"{word}: " in one.manage("restore_drill", fails=True)
        assert one.others() == []
    finally:
        one.remove()


def test_drill_of_beat_runs_once_a_week_by_itself_and_says_what_it_found(_seeded, backed_up, monkeypatch):
    """As a worker begins it: a process of its own, which outlives the one that began it."""
    backups = backed_up.parent
    monkeypatch.setitem(_seeded.environment, "BACKUP_FOLDER", str(backups))
    monkeypatch.setitem(_seeded.environment, "RESTORE_DRILL", "on")

    assert ended(_seeded, backups)["word"] == ""
    assert failing(_seeded) == "[]"
    assert _seeded.others() == []

    # Within the same week nobody begins another, however bad the dump has become.
    backed_up.with_suffix(".json").unlink()
    assert failing(_seeded) == "[]"

    next(backups.glob("drill-*.json")).unlink()
    assert ended(_seeded, backups)["word"] == "no_sheet"
    assert failing(_seeded) == "['weekly.check_last']"


def ended(one: Installation, backups: Path) -> dict[str, str]:
    """What the drill that beat began has left."""
    one.manage("shell", "--no-imports", "-c", "from config.tasks import restore_drill; restore_drill()")
    (result,) = backups.glob("drill-*.json")
    # Five programs are started one after the other.
    until(lambda: "ended_at" in result.read_text(), "the drill", patience=300)
    return json.loads(result.read_text())


def failing(one: Installation) -> str:
    """Which steps fail when beat looks again."""
    return one.manage(
        "shell",
        "--no-imports",
        "-c",
        "from config.tasks import restore_drill; from clinic.models import EngineRound; restore_drill(); "
        "print(EngineRound.objects.get(name='drill').failing)",
    ).strip()


def test_folder_without_a_dump_and_none_at_all(tmp_path):
    one = Installation(tmp_path)
    try:
        assert "no_dump: " in one.manage("restore_drill", fails=True)
        one.environment["BACKUP_FOLDER"] = ""
        assert "BACKUP_FOLDER" in one.manage("backup", fails=True)
        assert "BACKUP_FOLDER" in one.manage("restore_drill", fails=True)
        blocked = tmp_path / "file"
        blocked.write_text("")
        assert "not_made: " in one.manage("backup", str(blocked / "inside"), fails=True)
    finally:
        one.remove()
