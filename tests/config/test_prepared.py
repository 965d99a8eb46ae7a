"""The prepared database is what the migrations make, so nobody can tell that it was not made from nothing."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db.migrations.loader import MigrationLoader

from tests import databases

_TABLES = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
# By their names: what came in several steps has other numbers.
_ROWS = {
    "steps": "SELECT app, name FROM django_migrations",
    "permissions": """SELECT app_label, model, codename FROM auth_permission
        JOIN django_content_type ON django_content_type.id = content_type_id""",
    "pages": "SELECT path, title, slug FROM wagtailcore_page",
    "groups": """SELECT auth_group.name, codename FROM auth_group
        LEFT JOIN auth_group_permissions ON group_id = auth_group.id
        LEFT JOIN auth_permission ON auth_permission.id = permission_id""",
}


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Path:
    """As the demo's first start leaves it."""
    folder = tmp_path_factory.mktemp("prepared")
    question = (
        "from config.management.commands.demo import Command; Command().prepare_database();"
        "from config import prepared; prepared.unpack()"
    )
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", question],
        cwd=databases.ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "KINWATCH_DEMO": "1",
            "KINWATCH_VAR": str(folder),
        },
        check=True,
        capture_output=True,
    )
    return folder / "kinwatch.sqlite3"


def read(path: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return sorted(database.execute(question).fetchall(), key=repr)


def test_prepared_database_is_what_the_migrations_make(started: Path) -> None:
    migrated = databases.migrated_file()

    assert read(started, _TABLES) == read(migrated, _TABLES)
    for what, question in _ROWS.items():
        assert read(started, question) == read(migrated, question), what


def test_prepared_database_holds_nobody(started: Path) -> None:
    for table in ("clinic_user", "clinic_clinic", "clinic_patient", "clinic_auditevent"):
        assert read(started, f"SELECT count(*) FROM {table}") == [(0,)], table


def test_every_step_of_a_library_is_in_it(started: Path) -> None:
    """After an upgrade of one: `make prepared-database`, else the demo's first start is slow."""
    theirs = {
        step
        for step in MigrationLoader(None, ignore_no_migrations=True).disk_migrations
        if step[0] not in ("caregiver", "clinic", "notifications")
    }
    assert theirs <= set(read(started, _ROWS["steps"]))
