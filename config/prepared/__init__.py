"""An empty embedded database with every table made, so that the demo's first start does not take a minute.

`kinwatch.sqlite3.gz` holds what the migrations make of nothing, as of the day on which it was written; those
that came since are applied on top. `make prepared-database` writes it anew; a test compares.
"""

import gzip
import sqlite3
import tempfile
from pathlib import Path

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

FILE = Path(__file__).parent / "kinwatch.sqlite3.gz"


def unpack() -> None:
    """Fill this process's database from the file, if it is SQLite and holds nothing at all.

    Where the file knows a step that this version has not, it is another version's and stays unused.
    """
    if connection.vendor != "sqlite" or connection.introspection.table_names():
        return
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / "prepared.sqlite3"
        unpacked.write_bytes(gzip.decompress(FILE.read_bytes()))
        source = sqlite3.connect(unpacked)
        try:
            if _steps_in(source) <= MigrationLoader(None, ignore_no_migrations=True).disk_migrations.keys():
                connection.ensure_connection()
                source.backup(connection.connection)
        finally:
            source.close()


def pack(database: Path) -> None:
    """Write the file anew from an empty database that was migrated."""
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.sqlite3"
        source = sqlite3.connect(database)
        try:
            source.execute("VACUUM INTO ?", (str(small),))
        finally:
            source.close()
        # Without a time in it: the same database gives the same file.
        FILE.write_bytes(gzip.compress(small.read_bytes(), mtime=0))


def _steps_in(source: sqlite3.Connection) -> set[tuple[str, str]]:
    table = MigrationRecorder.Migration._meta.db_table
    return set(source.execute(f"SELECT app, name FROM {table}"))  # noqa: S608 - a name of Django's own
