"""Imports go one way, and an interface never asks the database itself."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What an interface may use of a model is its name in a signature, or a code that it stores.
INTERFACES = (
    *("clinic/console", "clinic/api", "clinic/templatetags", "clinic/tasks.py", "clinic/receivers.py"),
    *(
        "caregiver/views",
        "caregiver/forms",
        "caregiver/templatetags",
        "caregiver/tasks.py",
        "caregiver/receivers.py",
    ),
    *("notifications/views.py", "notifications/demo_views.py", "notifications/tasks.py"),
)
SOURCES = sorted(
    path
    for place in INTERFACES
    for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
)
MANAGERS = {"objects", "_default_manager", "_base_manager"}


def test_import_contracts_hold():
    command = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_interface_asks_no_manager(path):
    names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}

    assert names & MANAGERS == set()
