"""A dump of the whole database with a sheet beside it that says what is in it.

On PostgreSQL by `pg_dump` and `pg_restore`, which must be no older than the server; on SQLite by its own
online copy. The sheet (`.json`) holds the counts of all tables as of the dump's own snapshot, so that a drill
can tell whether anything is missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.db import connection
from psycopg import conninfo, sql

FORMS = {"postgresql": ".dump", "sqlite": ".sqlite3"}
_BLOCK = 1024 * 1024


class DumpFailed(Exception):
    """`code` is one word; the message says what happened."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Sheet:
    """What a dump holds: the moment it is of, its size and SHA-256, and the rows of each table."""

    made_at: str
    vendor: str
    size: int
    sha256: str
    counts: dict[str, int]

    @classmethod
    def beside(cls, dump: Path) -> Sheet:
        """DumpFailed("no_sheet")."""
        try:
            return cls(**json.loads(dump.with_suffix(".json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise DumpFailed("no_sheet", f"There is no sheet beside {dump.name}: {error}") from error


def make(folder: Path, *, now: datetime) -> Path:
    """A dump in this folder, for its owner's eyes only. DumpFailed("not_made")."""
    vendor = connection.vendor
    dump = folder / f"kinwatch-{now:%Y%m%dT%H%M%SZ}{FORMS[vendor]}"
    unfinished = dump.with_suffix(".unfinished")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"):
            pass
        counts = _dump_postgres(unfinished) if vendor == "postgresql" else _dump_sqlite(unfinished)
        sheet = Sheet(now.isoformat(), vendor, unfinished.stat().st_size, _hash_of(unfinished), counts)
        with os.fdopen(os.open(dump.with_suffix(".json"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            json.dump(asdict(sheet), file, indent=1, sort_keys=True)
        unfinished.rename(dump)
    except OSError as error:
        raise DumpFailed("not_made", str(error)) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink()
    return dump


def newest_in(folder: Path) -> Path:
    """DumpFailed("no_dump")."""
    found = sorted(path for ending in FORMS.values() for path in folder.glob(f"kinwatch-*{ending}"))
    if not found:
        raise DumpFailed("no_dump", f"There is no dump in {folder}.")
    return found[-1]


def check_whole(dump: Path, sheet: Sheet) -> None:
    """DumpFailed("damaged"), where it is not the file that was written."""
    try:
        size, found = dump.stat().st_size, _hash_of(dump)
    except OSError as error:
        raise DumpFailed("no_dump", str(error)) from error
    if (size, found) != (sheet.size, sheet.sha256):
        raise DumpFailed(
            "damaged", f"{dump.name} is not the file that was written: {size} bytes of {sheet.size}."
        )


@contextlib.contextmanager
def restored(dump: Path, *, vendor: str, server: str, folder: Path) -> Iterator[dict[str, str]]:
    """A database beside the real one, made from the dump, gone afterwards.

    Yields the variables under which the program runs on it. `server` is a PostgreSQL address whose role may
    make databases; `folder` is empty and for this alone. DumpFailed("unreadable").
    """
    if vendor == "sqlite":
        copy = folder / "kinwatch.sqlite3"
        shutil.copyfile(dump, copy)
        _check_sqlite(copy)
        yield {"DATABASE_URL": "", "MAINTENANCE_DATABASE_URL": "", "KINWATCH_VAR": str(folder)}
        return
    name = f"kinwatch_drill_{uuid.uuid4().hex[:12]}"
    beside = urlsplit(server)._replace(path=f"/{name}").geturl()
    try:
        _administer(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise DumpFailed("no_room", f"No database can be made beside: {error}") from error
    try:
        _call("pg_restore", ["--no-owner", "--exit-on-error", str(dump)], _plain(beside), "unreadable")
        yield {"DATABASE_URL": beside, "MAINTENANCE_DATABASE_URL": beside}
    finally:
        _administer(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def counts_in(environment: dict[str, str]) -> dict[str, int]:
    """The rows of each table of a restored database. DumpFailed("unreadable")."""
    try:
        if environment["DATABASE_URL"]:
            with psycopg.connect(_plain(environment["DATABASE_URL"])) as server:
                return _counted_postgres(server)
        with contextlib.closing(
            sqlite3.connect(Path(environment["KINWATCH_VAR"]) / "kinwatch.sqlite3")
        ) as file:
            return _counted_sqlite(file)
    except (psycopg.Error, sqlite3.Error) as error:
        raise DumpFailed("unreadable", str(error)) from error


def _dump_postgres(path: Path) -> dict[str, int]:
    """Counts and rows are of one snapshot, whatever is written meanwhile."""
    given = connection.settings_dict
    options = {
        name: value
        for name, value in given["OPTIONS"].items()
        if name in ("sslmode", "sslrootcert", "sslcert", "sslkey", "host")
    }
    address = conninfo.make_conninfo(
        dbname=given["NAME"],
        **{
            "user": given["USER"] or None,
            "password": given["PASSWORD"] or None,
            "host": given["HOST"] or None,
            "port": given["PORT"] or None,
            **options,
        },
    )
    try:
        with psycopg.connect(address) as server:
            server.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            server.read_only = True
            snapshot = _first(server, sql.SQL("SELECT pg_export_snapshot()"))
            counts = _counted_postgres(server)
            words = ["--format=custom", f"--snapshot={snapshot}", "--file", str(path)]
            _call("pg_dump", words, address, "not_made")
            return counts
    except psycopg.Error as error:
        raise DumpFailed("not_made", str(error)) from error


def _dump_sqlite(path: Path) -> dict[str, int]:
    try:
        with (
            contextlib.closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as ours,
            contextlib.closing(sqlite3.connect(path)) as copy,
        ):
            ours.backup(copy)
            # One file, which does not need the two beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
            return _counted_sqlite(copy)
    except sqlite3.Error as error:
        raise DumpFailed("not_made", str(error)) from error


def _counted_postgres(server: psycopg.Connection[Any]) -> dict[str, int]:
    names = server.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    counted = sql.SQL("SELECT count(*) FROM {}")
    return {name: _first(server, counted.format(sql.Identifier(name))) for (name,) in names}


def _counted_sqlite(file: sqlite3.Connection) -> dict[str, int]:
    names = file.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    count = 'SELECT count(*) FROM "{}"'  # A name cannot be a parameter.
    return {
        name: file.execute(count.format(name.replace('"', '""'))).fetchone()[0]
        for (name,) in names.fetchall()
    }


def _check_sqlite(path: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(path)) as file:
            said = file.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise DumpFailed("unreadable", str(error)) from error
    if said != "ok":
        raise DumpFailed("unreadable", str(said))


def _first(server: psycopg.Connection[Any], statement: sql.SQL | sql.Composed) -> Any:
    row = server.execute(statement).fetchone()
    return row[0] if row else None


def _administer(server: str, statement: sql.SQL | sql.Composed) -> None:
    with psycopg.connect(_plain(server), autocommit=True) as connected:
        connected.execute(statement)


def _plain(address: str) -> str:
    """Without what is Django's own in the address, which PostgreSQL's programs do not know."""
    parts = urlsplit(address)
    known = [one for one in parts.query.split("&") if one.startswith(("ssl", "host="))]
    return parts._replace(scheme="postgresql", query="&".join(known)).geturl()


def _call(program: str, words: list[str], address: str, code: str) -> None:
    """One of PostgreSQL's programs. Every user of a machine sees its words, hence the password goes apart."""
    known: dict[str, Any] = conninfo.conninfo_to_dict(address)
    password = known.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    try:
        done = subprocess.run(  # noqa: S603
            [program, "--dbname", conninfo.make_conninfo(**known), *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise DumpFailed(code, f"{program} is not installed on this machine.") from error
    if done.returncode:
        told = done.stderr.strip().splitlines()
        raise DumpFailed(code, told[-1] if told else f"{program} failed")


def _hash_of(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()
