"""The tests' own databases: migrated once for each state of the schema, then copied in an instant.

A template carries in its name the fingerprint of everything that a migrated database is made of, so it is
never stale; those of earlier states go when a new one is made. SQLite: `var/test-templates/`; PostgreSQL:
`test_<database>_template_<fingerprint>`.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "var" / "test-templates"
# Models too: the rows of permissions and content types come from them, not from migrations.
MADE_OF = (
    "*/migrations/**/*.py",
    "*/models/**/*.py",
    "config/settings/*.py",
    "tests/schema/**/*.py",
    "requirements.txt",
)


@cache
def fingerprint() -> str:
    """Changes with whatever could make a migrated database another one."""
    whole = hashlib.sha256()
    for path in sorted({path for pattern in MADE_OF for path in ROOT.glob(pattern)}):
        whole.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return whole.hexdigest()[:12]


def connect_to_copy(*, keep: bool = False) -> None:
    """Point this process at a copy of the template.

    `keep` (--reuse-db) takes the copy that an earlier run left, with whatever its tests left in it, while the
    schema is the same. On SQLite copying is quicker than looking.
    """
    name = str(connection.creation._get_test_db_name())
    if is_postgres():
        template = kept_database("template", _migrate)
        if keep:
            name = f"{name}_{fingerprint()}"
        if not (keep and name in databases()):
            administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            copy_database(template, name)
    else:
        template = kept_file("template", _migrate)
        _unlink(name)
        shutil.copy(template, name)
    _connect_to(name)
    connection.ensure_connection()


def remove_copy() -> None:
    """The template stays."""
    name = str(connection.settings_dict["NAME"])
    connection.close()
    if is_postgres():
        administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    else:
        _unlink(name)


def kept_file(kind: str, make: Callable[[str], None]) -> Path:
    """A SQLite database that `make` made when the schema changed last."""
    kept = TEMPLATES / f"{kind}_{fingerprint()}.sqlite3"
    with one_at_a_time(f"test-{kind}"):
        if not kept.exists():
            TEMPLATES.mkdir(parents=True, exist_ok=True)
            for old in TEMPLATES.glob(f"{kind}_*"):
                old.unlink()
            unfinished = kept.with_suffix(".unfinished")
            make(str(unfinished))
            unfinished.rename(kept)
    return kept


def kept_database(kind: str, make: Callable[[str], None]) -> str:
    """The name of a PostgreSQL database that `make` made when the schema changed last."""
    stem = f"test_{urlsplit(os.environ['DATABASE_URL']).path.strip('/')}"
    kept, unfinished = f"{stem}_{kind}_{fingerprint()}", f"{stem}_{kind}_unfinished"
    with one_at_a_time(f"test-{kind}"):
        found = databases()
        if kept not in found:
            # Copies that --reuse-db left are as old as the template.
            ours = re.compile(rf"{re.escape(stem)}(_{kind}|_gw\d+)?_(unfinished|[0-9a-f]{{12}})")
            for name in filter(ours.fullmatch, found):
                if not name.endswith(fingerprint()):
                    administer(f'DROP DATABASE "{name}" WITH (FORCE)')
            administer(f'CREATE DATABASE "{unfinished}"')
            make(unfinished)
            administer(f'ALTER DATABASE "{unfinished}" RENAME TO "{kept}"')
    return kept


def copy_database(template: str, name: str) -> None:
    """One at a time: PostgreSQL copies nothing that somebody is connected to."""
    with one_at_a_time("test-copy"):
        administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def _migrate(name: str) -> None:
    usual = connection.settings_dict["NAME"]
    _connect_to(name)
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    _connect_to(usual)


def _connect_to(name: str) -> None:
    """This thread, and the ones that tests start."""
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def _unlink(name: str) -> None:
    for ending in ("", "-wal", "-shm"):
        Path(f"{name}{ending}").unlink(missing_ok=True)


def databases() -> set[str]:
    with psycopg.connect(os.environ["DATABASE_URL"]) as server:
        return {row[0] for row in server.execute("SELECT datname FROM pg_database")}


def administer(sql: str) -> None:
    """A statement to PostgreSQL itself, from the database that DATABASE_URL names."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql)


@contextlib.contextmanager
def one_at_a_time(name: str) -> Iterator[IO[str]]:
    """A file in `var/` that one of the test processes side by side holds at a time."""
    lock = ROOT / "var" / f"{name}.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        yield file
