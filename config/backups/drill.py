"""Whether a dump would bring everything back: restored beside, brought up to date, and looked through."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from config.backups import dumps
from config.backups.dumps import DumpFailed, Sheet
from config.env import BASE_DIR

_REPORTS, _AUDIT = "clinic_report", "clinic_auditevent"


@dataclass(frozen=True)
class Drilled:
    """`rows` in all tables; `said` is what the audit and the replay printed."""

    dump: Path
    made_at: datetime
    rows: int
    reports: int
    audit_rows: int
    said: tuple[str, ...]


def run(dump: Path, *, server: str, oldest: timedelta, now: datetime) -> Drilled:
    """DumpFailed with the word of the first thing that is wrong.

    `no_dump`, `no_sheet`, `damaged`, `unreadable`, `rows_missing`, `not_migrated`, `audit_broken`,
    `scores_differ`, and `too_old`: a drill that passes on last year's dump shows nothing.
    """
    sheet = Sheet.beside(dump)
    dumps.check_whole(dump, sheet)
    with (
        tempfile.TemporaryDirectory(prefix="kinwatch-drill-") as folder,
        dumps.restored(dump, vendor=sheet.vendor, server=server, folder=Path(folder)) as environment,
    ):
        _compare(sheet, dumps.counts_in(environment))
        _run("not_migrated", environment, "migrate", "--no-input", "--verbosity", "0")
        # The program that reads it may be newer than the one that wrote it.
        after = dumps.counts_in(environment)
        said = (
            _run("audit_broken", environment, "verify_audit"),
            _run("scores_differ", environment, "replay_reports"),
        )
    made_at = datetime.fromisoformat(sheet.made_at)
    if now - made_at > oldest:
        hours = (now - made_at) // timedelta(hours=1)
        raise DumpFailed("too_old", f"{dump.name} is good, but {hours} hours old.")
    return Drilled(dump, made_at, sum(after.values()), after[_REPORTS], after[_AUDIT], said)


def _compare(sheet: Sheet, found: dict[str, int]) -> None:
    for table in sorted(sheet.counts.keys() | found.keys()):
        expected, there = sheet.counts.get(table, 0), found.get(table, 0)
        if expected != there or table not in found:
            raise DumpFailed("rows_missing", f"{table}: {there} rows came back of {expected}.")


def _run(code: str, environment: dict[str, str], *words: str) -> str:
    """What a command of ours printed last. Checkpoints kept elsewhere may be of rows after the dump."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *words],
        cwd=BASE_DIR,
        env={**os.environ, **environment, "AUDIT_CHECKPOINT": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode:
        raise DumpFailed(code, lines[-1] if lines else f"{words[0]} failed")
    return lines[-1] if lines else ""
