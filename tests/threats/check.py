"""`make check-threats`: takes each control of the table out in turn, and shows the test that goes red.

All of it happens in a copy of the tree. A control counts as tested only where its test passes with it and
fails without it: not where the test cannot run, or was red before. Ends with 1 where one stays green, where
its text is not found any more, or where a test is red to begin with. ARGS="4 12-15" tries these alone.

Embedded. What only PostgreSQL does is tried where DATABASE_URL and REDIS_URL are set, and is said not to be
tried elsewhere.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.processes import on_services  # noqa: E402
from tests.threats import table  # noqa: E402
from tests.threats.table import Control, Threat  # noqa: E402

_NOT_COPIED = (
    *(".git", ".venv", "node_modules", "var", "staticfiles", ".hypothesis"),
    *(".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache"),
)
_SHARED = (".venv", "node_modules")
# Databases that were migrated: a change of settings, which asks for another, must not cost this one.
_MIGRATED = Path("var") / "test-templates"
_SERVICES = ("DATABASE_URL", "REDIS_URL")
# Every run would compile all that it imports.
_LEFT_OUT = "PYTHONDONTWRITEBYTECODE"


def main(numbers: Iterable[int]) -> int:
    """Try every control, or those of these threats; says a line for each and how it ended."""
    wanted = set(numbers)
    threats = [one for one in table.read() if not wanted or one.number in wanted]
    if wrong := table.problems():
        print(*wrong, sep="\n", file=sys.stderr)
        return 1
    with _copy_of_tree() as copy:
        if red := _red_before(copy, threats):
            print("Red before anything was taken out:\n" + red, file=sys.stderr)
            return 1
        shutil.copytree(copy / _MIGRATED, copy.parent / "migrated", dirs_exist_ok=True)
        ends = [_try(copy, control) for control in _said(threats)]
    return _sum_up(threats, ends)


def _said(threats: Iterable[Threat]) -> Iterator[Control]:
    for threat in threats:
        print(f"\n{threat.number}. {threat.threat}", flush=True)
        yield from threat.controls
        if threat.open:
            print(f"   OPEN   {threat.open}", flush=True)


def _try(copy: Path, control: Control) -> str:
    end = _end_without(copy, control) if _can_try(control) else "untried"
    print(f"   {end:<8} {control.file}: {control.test}", flush=True)
    return end


def _end_without(copy: Path, control: Control) -> str:
    """How the test ends without the control: "red", "green", or "broken" where it could not be run."""
    path = copy / control.file
    whole, times = path.read_text(encoding="utf-8"), (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    try:
        path.write_text(whole.replace(control.text, control.instead), encoding="utf-8")
        code, said = _run(copy, [control])
    finally:
        path.write_text(whole, encoding="utf-8")
        # What Python has compiled of the whole file is good again.
        os.utime(path, ns=times)
        shutil.copytree(copy.parent / "migrated", copy / _MIGRATED, dirs_exist_ok=True)
    if code == 0:
        return "green"
    if re.search(_failure_of(control), said, re.MULTILINE):
        return "red"
    print(said[-4000:], file=sys.stderr)
    return "broken"


def _red_before(copy: Path, threats: Iterable[Threat]) -> str:
    """What the tests say that fail with every control in place; "" where none does."""
    controls = [control for threat in threats for control in threat.controls if _can_try(control)]
    print(
        f"Running {len({control.test for control in controls})} tests with everything in place …", flush=True
    )
    groups = [
        [one for one in controls if not one.is_script and not one.only],
        [one for one in controls if not one.is_script and one.only],
        *([one] for one in controls if one.is_script),
    ]
    ends = [_run(copy, group) for group in groups if group]
    return "\n".join(said for code, said in ends if code)


def _can_try(control: Control) -> bool:
    return not control.only or on_services()


def _run(copy: Path, controls: list[Control]) -> tuple[int, str]:
    """Exactly the tests of these controls, which are all of one kind: the exit code and what was said."""
    services = _SERVICES if controls[0].only else ()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name != _LEFT_OUT and (name not in _SERVICES or name in services)
    }
    command = _node(controls[0]) if controls[0].is_script else _pytest(controls)
    done = subprocess.run(
        command,
        cwd=copy,
        env={**environment, "HYPOTHESIS_PROFILE": "development"},
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def _pytest(controls: list[Control]) -> list[str]:
    tests = sorted({control.test for control in controls})
    options = ["-n", "0", "-x", "-q", "-rf", "--no-header", "-p", "no:cacheprovider"]
    return [sys.executable, "-m", "pytest", *options, *tests]


def _node(control: Control) -> list[str]:
    name = f"^{re.escape(control.test_name)}$"
    return ["node", "--test", f"--test-name-pattern={name}", "--test-reporter=tap", control.test_file]


def _failure_of(control: Control) -> str:
    name = re.escape(control.test_name)
    if control.is_script:
        return rf"^\s*not ok \d+ - {name}$"
    return rf"^FAILED {re.escape(control.test_file)}::(\w+::)?{name}\b"


@contextmanager
def _copy_of_tree() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kinwatch-threats-") as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        for name in _SHARED:
            (copy / name).symlink_to((ROOT / name).resolve())
        if (ROOT / _MIGRATED).is_dir():
            shutil.copytree(ROOT / _MIGRATED, copy / _MIGRATED)
        yield copy


def _sum_up(threats: list[Threat], ends: list[str]) -> int:
    still_open = [one for one in threats if one.open]
    bare = [one for one in still_open if not one.controls]
    print(
        f"\n{len(threats)} threats. {len(ends)} controls taken out: {ends.count('red')} red, "
        f"{ends.count('green')} green, {ends.count('broken')} broken, "
        f"{ends.count('untried')} not tried (PostgreSQL: set DATABASE_URL and REDIS_URL)."
    )
    print(f"Open: {len(bare)} whole ({_numbers(bare)}), {len(still_open) - len(bare)} in part.")
    return 1 if {"green", "broken"} & set(ends) else 0


def _asked_for(words: Iterable[str]) -> Iterator[int]:
    """The numbers of "4" and "12-15"."""
    for word in words:
        first, _dash, last = word.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _numbers(threats: list[Threat]) -> str:
    return ", ".join(str(one.number) for one in threats) or "none"


if __name__ == "__main__":
    sys.exit(main(_asked_for(sys.argv[1:])))
