"""Which lines and branches of the rules and services the tests reach: a plugin of pytest, and the sum.

`-p tests.branches` instruments these packages as they are imported. An instrument takes itself out when it
was reached, so the run costs hardly more time than without (tracing each line nearly doubled it). Every
process leaves a file in `var/branches`; `reached` adds them up.
"""

import json
import sys
import uuid
from collections.abc import Generator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

import pytest
import slipcover
from slipcover.importer import SlipcoverLoader

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "branches"
PACKAGES = tuple(
    f"{app}/{layer}" for app in ("clinic", "caregiver", "notifications") for layer in ("rules", "services")
)


class _Measured(MetaPathFinder):
    """Before pytest's own finder, which takes `services/rota/test_pages.py` for a test."""

    names = tuple(package.replace("/", ".") for package in PACKAGES)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith(self.names):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None and spec.origin is not None:
            spec.loader = SlipcoverLoader(_instruments, spec.loader, spec.origin)
        return spec


_instruments = slipcover.Slipcover(branch=True, source=[str(ROOT / package) for package in PACKAGES])


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """Before pytest-django loads the apps, and with them most of what is measured."""
    sys.meta_path.insert(0, _Measured())
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """What this process has reached, when it has run its tests."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    told = json.dumps(_instruments.get_coverage())
    (FOLDER / f"{uuid.uuid4()}.json").write_text(told, encoding="utf-8")


def reached() -> dict[str, float]:
    """Per cent of lines and branches reached in all, for each package; 0 where nothing was measured."""
    files = sorted(FOLDER.glob("*.json"))
    if not files:
        return dict.fromkeys(PACKAGES, 0.0)
    total = json.loads(files[0].read_text(encoding="utf-8"))
    for file in files[1:]:
        slipcover.merge_coverage(total, json.loads(file.read_text(encoding="utf-8")))
    return {package: _per_cent(total["files"], package) for package in PACKAGES}


def _per_cent(files: dict[str, dict[str, list[object]]], package: str) -> float:
    within = [one for path, one in files.items() if path.startswith(f"{package}/")]
    hit, missed = (
        sum(len(one[f"{word}_lines"]) + len(one[f"{word}_branches"]) for one in within)
        for word in ("executed", "missing")
    )
    return round(100 * hit / (hit + missed), 1) if hit + missed else 0.0
