"""`manage.py restore_drill [DUMP]`: whether what was backed up would come back whole."""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.backups import drill, dumps, weekly


class Command(BaseCommand):
    """Touches nothing that is in use. Exit 1, with one word first: it would not come back."""

    help = "Restore a dump beside, migrate it, walk its audit, replay its scores, and count."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dump", nargs="?", type=Path, help="the newest of BACKUP_FOLDER without it")
        parser.add_argument(
            "--beside",
            default="",
            help="a PostgreSQL address where a database may be made; without it the own one",
        )
        parser.add_argument("--result", type=Path, help="a file for how it ended, as beat asks for")
        parser.add_argument("--oldest", type=int, default=48, help="hours that the dump may be old (48)")

    def handle(self, *args: Any, **options: Any) -> None:
        started, now = time.monotonic(), timezone.now()
        own = os.environ.get("MAINTENANCE_DATABASE_URL") or os.environ.get("DATABASE_URL", "")
        try:
            dump = options["dump"] or dumps.newest_in(_folder())
            found = drill.run(
                dump, server=options["beside"] or own, oldest=timedelta(hours=options["oldest"]), now=now
            )
        except dumps.DumpFailed as failed:
            _note(options["result"], now, failed.code)
            raise CommandError(f"{failed.code}: {failed}") from failed
        _note(options["result"], now, "")
        age = (now - found.made_at) // timedelta(minutes=1)
        self.stdout.write(
            f"{found.dump.name}, {age // 60} h {age % 60} min old, came back whole in "
            f"{time.monotonic() - started:.0f} s: {found.rows:,} rows, {found.reports:,} reports, "
            f"{found.audit_rows:,} audit rows."
        )
        for line in found.said:
            self.stdout.write(line)


def _note(result: Path | None, begun_at: datetime, word: str) -> None:
    if result is not None:
        weekly.write_result(result, begun_at=begun_at, ended_at=timezone.now(), word=word)


def _folder() -> Path:
    if not settings.BACKUP_FOLDER:
        raise CommandError("Say which: manage.py restore_drill DUMP, or set BACKUP_FOLDER.")
    return Path(settings.BACKUP_FOLDER)
