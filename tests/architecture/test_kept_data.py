"""docs/data.md says of every table what it holds and how long, and names each kind that goes by itself."""

import re
from pathlib import Path

from django.apps import apps
from django.db.models import FileField

from clinic.services.core import kept
from clinic.services.watch import retention_runs
from config.settings import retention

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
TABLE = DOCUMENT.split("<!-- what is kept begins -->")[1].split("<!-- what is kept ends -->")[0]
ROWS = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in TABLE.strip().splitlines()[2:]]
OURS = {"clinic", "caregiver", "notifications"}


def named(column):
    return {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[column])}


def test_every_table_is_there():
    """Ours one by one, so that whoever adds a model says what it keeps; a library's tables together."""
    tables = named(1)
    missing = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label not in tables
        and (model._meta.app_label in OURS or f"{model._meta.app_label}.*" not in tables)
    }

    assert missing == set()


def test_nothing_is_there_that_is_no_table():
    labels = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    labels |= {f"{label.split('.')[0]}.*" for label in labels}

    assert named(1) - labels == set()


def test_kinds_are_those_that_go():
    assert named(0) == {kind.name for kind in kept.kinds()} | {retention_runs.AUDIT}


def test_settings_are_those_that_there_are():
    settings = {name for name in vars(retention) if name.startswith("RETENTION_")}

    assert named(4) == settings | {"WRITING_DAYS"}
    example = (ROOT / "deploy" / "kinwatch.env.example").read_text(encoding="utf-8")
    assert settings <= set(re.findall(r"^(\w+)=", example, re.M))


def test_defaults_are_as_it_says():
    for row in ROWS:
        for setting in re.findall(r"`(RETENTION_\w+)`", row[4]):
            assert re.search(rf"\b{getattr(retention, setting)}\b", row[3]), (setting, row[3])


def test_nothing_of_ours_lies_in_a_file_beside_the_database():
    """Deleting a person empties rows: whoever keeps files must say how those go."""
    kept_on_disk = [
        field
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if model._meta.app_label in OURS and isinstance(field, FileField)
    ]

    assert kept_on_disk == []
