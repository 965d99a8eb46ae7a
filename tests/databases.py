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
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO

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
    with one_at_a_time("test-template"):
        _connect_to(_copy_of_postgres(keep=keep) if _is_postgres() else _copy_of_sqlite())
        connection.ensure_connection()


def remove_copy() -> None:
    """The template stays."""
    name = str(connection.settings_dict["NAME"])
    connection.close()
    if _is_postgres():
        administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    else:
        _unlink(name)


def _copy_of_sqlite() -> str:
    template = TEMPLATES / f"{fingerprint()}.sqlite3"
    name = str(connection.creation._get_test_db_name())
    if not template.exists():
        TEMPLATES.mkdir(parents=True, exist_ok=True)
        for old in TEMPLATES.glob("*.sqlite3"):
            old.unlink()
        _migrate(name)
        shutil.copy(name, template.with_suffix(".part"))
        template.with_suffix(".part").rename(template)
    _unlink(name)
    shutil.copy(template, name)
    return name


def _copy_of_postgres(*, keep: bool) -> str:
    stem = f"test_{connection.settings_dict['NAME']}"
    template, unfinished = f"{stem}_template_{fingerprint()}", f"{stem}_unfinished"
    name = str(connection.creation._get_test_db_name())
    found = _databases()
    if template not in found:
        ours = re.compile(rf"{re.escape(stem)}(_\w+)?_[0-9a-f]{{12}}|{re.escape(unfinished)}")
        for old in filter(ours.fullmatch, found):
            administer(f'DROP DATABASE "{old}" WITH (FORCE)')
        administer(f'CREATE DATABASE "{unfinished}"')
        _migrate(unfinished)
        administer(f'ALTER DATABASE "{unfinished}" RENAME TO "{template}"')
    if keep:
        name = f"{name}_{fingerprint()}"
        if name in found:
            return name
    administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return name


def _migrate(name: str) -> None:
    usual = connection.settings_dict["NAME"]
    _connect_to(name)
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    _connect_to(usual)


def _connect_to(name: str) -> None:
    """This thread, and the ones that tests start."""
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name


def _is_postgres() -> bool:
    return connection.vendor == "postgresql"


def _unlink(name: str) -> None:
    for ending in ("", "-wal", "-shm"):
        Path(f"{name}{ending}").unlink(missing_ok=True)


def _databases() -> set[str]:
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
