"""The tests' own databases: migrated once for each state of the schema, then copied in an instant.

A template carries in its name the fingerprint of everything that a migrated database is made of, so it is
never stale; those of earlier states go when a new one is made. SQLite: `var/test-templates/`; PostgreSQL:
`test_<database>_migrated_<fingerprint>`.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import connection
from django.db.models.expressions import RawSQL
from psycopg.types.json import Jsonb

from clinic.protocols import default_document
from config import row_security

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "var" / "test-templates"
# Models too: the rows of permissions and content types come from them, not from migrations.
MADE_OF = (
    "*/migrations/**/*.py",
    "*/models/**/*.py",
    "config/settings/*.py",
    "config/row_security.py",
    "config/prepared/*.gz",
    "tests/schema/**/*.py",
    "requirements.txt",
)
# No test takes PostgreSQL its power away, so no commit has to wait for the disk; and where a table has a few
# rows, looking for the best order of a query's joins takes ten times as long as the query.
SETTINGS = {"synchronous_commit": "off", "join_collapse_limit": "1", "from_collapse_limit": "1"}

# The databases that keep the shipped protocol (keep_protocol).
KEEPING: set[str] = set()


@cache
def fingerprint() -> str:
    """Changes with whatever could make a migrated database another one."""
    whole = hashlib.sha256()
    for path in sorted({path for pattern in MADE_OF for path in ROOT.glob(pattern)}):
        whole.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return whole.hexdigest()[:12]


def connect_to_copy(*, keep: bool = False) -> None:
    """Point this process at a copy of the template, on PostgreSQL as the program's own role.

    `keep` (--reuse-db) takes the copy that an earlier run left, with whatever its tests left in it, while the
    schema is the same. On SQLite copying is quicker than looking.
    """
    name = str(connection.creation._get_test_db_name())
    if is_postgres():
        template = kept_database()
        if keep:
            name = f"{name}_{fingerprint()}"
        if not (keep and name in databases()):
            administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            copy_database(template, name)
    else:
        template = kept_file()
        _unlink(name)
        shutil.copy(template, name)
    _connect_to(name)
    if is_postgres():
        keep_protocol(name)
    connection.ensure_connection()


def remove_copy() -> None:
    """The template stays."""
    name = str(connection.settings_dict["NAME"])
    connection.close()
    if is_postgres():
        administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    else:
        _unlink(name)


def kept_file() -> Path:
    """The SQLite database that was made when the schema changed last: the demo's, and the steps since.

    That the demo's is what the migrations make, tests/config/test_prepared.py says.
    """
    return _kept_file("prepared", "--prepared")


def migrated_file() -> Path:
    """The same migrated from nothing, which takes most of a minute."""
    return _kept_file("migrated")


def _kept_file(name: str, *arguments: str) -> Path:
    kept = TEMPLATES / f"{name}_{fingerprint()}.sqlite3"
    with one_at_a_time(f"test-{name}-file"):
        if not kept.exists():
            TEMPLATES.mkdir(parents=True, exist_ok=True)
            for old in TEMPLATES.glob(f"{name}_*"):
                old.unlink()
            with tempfile.TemporaryDirectory(dir=TEMPLATES) as folder:
                _migrate(*arguments, DATABASE_URL="", KINWATCH_VAR=folder)
                (Path(folder) / "kinwatch.sqlite3").rename(kept)
    return kept


def kept_database() -> str:
    """The name of the PostgreSQL database that was migrated when the schema changed last."""
    url = urlsplit(os.environ["DATABASE_URL"])
    stem = f"test_{url.path.strip('/')}"
    kept, unfinished = f"{stem}_migrated_{fingerprint()}", f"{stem}_migrated_unfinished"
    with one_at_a_time("test-migrated-database"):
        found = databases()
        if kept not in found:
            # Copies that --reuse-db left are as old as the template.
            ours = re.compile(rf"{re.escape(stem)}(_migrated|_gw\d+)?_(unfinished|[0-9a-f]{{12}})")
            for name in filter(ours.fullmatch, found):
                if not name.endswith(fingerprint()):
                    administer(f'DROP DATABASE "{name}" WITH (FORCE)')
            make_roles()
            administer(f'CREATE DATABASE "{unfinished}"')
            _migrate(DATABASE_URL=url._replace(path=f"/{unfinished}").geturl())
            administer(f'ALTER DATABASE "{unfinished}" RENAME TO "{kept}"')
    return kept


def copy_database(template: str, name: str) -> None:
    """One at a time: PostgreSQL copies nothing that somebody is connected to."""
    with one_at_a_time("test-copy"):
        administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    for setting, value in SETTINGS.items():
        administer(f'ALTER DATABASE "{name}" SET {setting} TO {value}')


def keep_protocol(name: str) -> None:
    """The protocol that nearly every clinic of the tests has, where a factory's row takes it from.

    It has 160 kB: to send, read and pack it again for each clinic took a tenth of PostgreSQL's time. In a
    schema of its own, so no test meets it among the program's tables.
    """
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
        server.execute("CREATE TABLE kept.protocol (document jsonb)")
        server.execute("INSERT INTO kept.protocol VALUES (%s)", [Jsonb(default_document())])
        server.execute(f"GRANT USAGE ON SCHEMA kept TO {row_security.APP}")
        server.execute(f"GRANT SELECT ON kept.protocol TO {row_security.APP}")
    KEEPING.add(name)


def kept_protocol() -> RawSQL | None:
    """In place of the shipped document in a row to be stored; None where this database keeps none."""
    if connection.settings_dict["NAME"] not in KEEPING:
        return None
    return RawSQL("(SELECT document FROM kept.protocol)", ())


def _migrate(*arguments: str, **environment: str) -> None:
    """Migrated as real ones are, with every step of the editor."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.schema.migrating", *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.dev", **environment},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def _connect_to(name: str) -> None:
    """This thread, and the ones that tests start."""
    connection.close()
    if is_postgres():
        connection.settings_dict["OPTIONS"]["assume_role"] = row_security.APP
        settings.DATABASES[connection.alias]["OPTIONS"]["assume_role"] = row_security.APP
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name


def make_roles() -> None:
    """The group roles of docs/security.md; they belong to the whole server."""
    for role in (row_security.APP, row_security.REPORTS):
        with contextlib.suppress(psycopg.errors.DuplicateObject):
            administer(f"CREATE ROLE {role} NOLOGIN")


@contextlib.contextmanager
def as_owner() -> Iterator[None]:
    """Within, the connection works as the owner of the tables, and afterwards as before."""
    if not is_postgres():
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        cursor.execute("RESET ROLE")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{before}"')


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


if __name__ == "__main__":
    # Before the parts of `make test` begin, while there is a processor left to do it.
    if os.environ.get("DATABASE_URL"):
        kept_database()
    else:
        kept_file()
