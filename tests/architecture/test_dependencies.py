"""What is declared in pyproject.toml is what the code uses, with a reason, and what the locks hold."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
APPS = ("caregiver", "clinic", "config", "notifications")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = [Requirement(text) for text in PYPROJECT["project"]["dependencies"]]
DEVELOPMENT = [Requirement(text) for text in PYPROJECT["dependency-groups"]["dev"]]
OURS = {*APPS, "tests", "manage"}


def sources(*folders: str) -> Iterator[Path]:
    return (path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def imported(paths: Iterator[Path]) -> set[str]:
    """Top-level names of modules that are neither Python's nor ours."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - OURS - sys.stdlib_module_names


def declared(requirements: list[Requirement]) -> set[str]:
    """Names of the packages that are asked for, and of those that their extras stand for."""
    names = {canonicalize_name(one.name) for one in requirements}
    for one in requirements:
        for text in distribution(one.name).requires or []:
            part = Requirement(text)
            if part.marker and any(part.marker.evaluate({"extra": extra}) for extra in one.extras):
                names.add(canonicalize_name(part.name))
    return names


def undeclared(modules: set[str], names: set[str]) -> set[str]:
    packages = packages_distributions()
    return {
        module
        for module in modules
        if not names & {canonicalize_name(name) for name in packages.get(module, [])}
    }


def locked(name: str) -> dict[str, set[str]]:
    """Each locked package and its versions; several where Python's own version decides."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


def test_code_imports_only_what_is_declared():
    assert undeclared(imported(sources(*APPS)), declared(RUNTIME)) == set()


def test_tests_import_only_what_is_declared():
    # Migrations of others are copied there, to hold ours to them.
    paths = (path for path in sources("tests") if "schema" not in path.parts)

    assert undeclared(imported(paths), declared(RUNTIME) | declared(DEVELOPMENT)) == set()


@pytest.mark.parametrize("requirement", RUNTIME, ids=str)
def test_runtime_dependency_is_named_by_the_code(requirement):
    name = canonicalize_name(requirement.name)
    modules = {
        module
        for module, owners in packages_distributions().items()
        if name in map(canonicalize_name, owners)
    }

    text = "\n".join(path.read_text() for path in sources(*APPS))

    assert any(re.search(rf"\b{module}\b", text) for module in modules)


def test_each_dependency_has_its_reason_on_its_line():
    text = (ROOT / "pyproject.toml").read_text()
    blocks = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if not line.strip().startswith("#")]

    assert len(lines) == len(RUNTIME) + len(DEVELOPMENT)
    assert [line for line in lines if not re.search(r'",  # \S', line)] == []


def test_locks_hold_what_is_declared_and_agree():
    runtime, everything = locked("requirements.txt"), locked("requirements-dev.txt")

    assert declared(RUNTIME) - runtime.keys() == set()
    assert declared(DEVELOPMENT) - everything.keys() == set()
    assert {name: everything.get(name) for name in runtime} == runtime
