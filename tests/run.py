"""`make test`: the whole suite on PostgreSQL and Redis, then embedded what could be different there.

Where the services do not run, the whole suite runs embedded. `make test-fast`: the tests without browsers and
processes, embedded, with few examples.

Needed for a full run: Chromium (installed here where that is possible) and, optionally, local PostgreSQL
and Redis. With CI=true or KINWATCH_REQUIRE_SERVICES=1 a missing one is an error, and so is a skipped test.
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import branches  # noqa: E402
from tests.browsers import SHELL, find_chromium  # noqa: E402
from tests.modes import (  # noqa: E402
    BOTH_MODES,
    BOTH_MODES_PROCESSES,
    FLOORS,
    MAIN_ONLY,
    MAIN_ONLY_CASES,
    PROCESSES,
    SWEEPS,
)

RESULTS = ROOT / "var" / "test-results"
REQUIRED = "true" in {os.environ.get("CI"), os.environ.get("KINWATCH_REQUIRE_SERVICES")} or (
    os.environ.get("KINWATCH_REQUIRE_SERVICES") == "1"
)
LOCAL_DATABASES = (
    "postgres://postgres@127.0.0.1:5432/postgres",
    "postgres://root@127.0.0.1:5432/root",
)
# As many late processes as a loaded machine explains.
FEW = 3
# A number of its own, far from 0 where other programs keep things: tests empty it.
LOCAL_REDIS = "redis://127.0.0.1:6379/15"
# As its package installs it. The one test of it, beside PostgreSQL and Redis, runs where it lets us in.
LOCAL_RABBITMQ = "amqp://guest:guest@127.0.0.1:5672//"
# Branch coverage (tests/branches.py says of what): a selection of tests says nothing about it.
MEASURED = os.environ.get("CI") == "true" and not os.environ.get("ARGS")
EMBEDDED = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "RABBITMQ_URL"), "")
ARGUMENTS = shlex.split(os.environ.get("ARGS", ""))


@dataclass
class Part:
    """One run of pytest."""

    name: str
    arguments: list[str]
    environment: dict[str, str]
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0

    def run(self) -> None:
        print(f"\n=== {self.name} ===", flush=True)
        started = time.monotonic()
        status = self.call_pytest(self.arguments)
        self.seconds = time.monotonic() - started
        self.count()
        # 5: nothing matched, as when a narrower selection was asked for.
        if status not in {0, 5} and not self.failed:
            self.failed = 1

    def call_pytest(self, arguments: list[str]) -> int:
        self.report.unlink(missing_ok=True)
        words = [word for word in ARGUMENTS if not is_place(word)]
        return subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q"),
                *(f"--junit-xml={self.report}", f"--override-ini=cache_dir={self.report.with_suffix('')}"),
                *(*arguments, *words),
            ],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            check=False,
        ).returncode

    @property
    def report(self) -> Path:
        return RESULTS / f"{self.name.replace(' ', '-').replace(',', '')}.xml"

    def count(self) -> None:
        self.passed = self.failed = self.skipped = 0
        for suite in ET.parse(self.report).iter("testsuite") if self.report.exists() else ():
            self.failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            self.skipped += int(suite.get("skipped", 0))
            self.passed += int(suite.get("tests", 0))
        self.passed -= self.failed + self.skipped

    def failures(self) -> list[str]:
        cases = ET.parse(self.report).iter("testcase") if self.report.exists() else ()
        failed = (case for case in cases if {"failure", "error"} & {one.tag for one in case})
        return sorted({f"{case.get('classname')}.{case.get('name')}" for case in failed})


@dataclass
class ProcessPart(Part):
    """Browsers and whole systems: what failed is tried once more, when nothing else runs.

    On a loaded machine a process is now and then later than the test's patience. Such a test is no proof of
    a fault, and none of the contrary, so its first failure stays in what the run tells. More than FEW are not
    explained so, and a second failure is one.
    """

    second_try: list[str] = field(default_factory=list)

    def run(self) -> None:
        super().run()
        first = self.failures()
        if not 0 < len(first) <= FEW:
            return
        passed, skipped, started = self.passed, self.skipped, time.monotonic()
        print(f"\n=== {self.name}, once more: {', '.join(first)} ===", flush=True)
        # The last -n counts: in this process, one after the other.
        status = self.call_pytest(
            [*self.arguments, "-n", "0", "--last-failed", "--last-failed-no-failures=none"]
        )
        self.seconds += time.monotonic() - started
        self.count()
        again = self.failures()
        self.second_try = [name for name in first if name not in again]
        # Whatever is not seen to pass has failed.
        self.failed = len(first) - self.passed if status == 0 else max(self.failed, 1)
        self.passed += passed
        self.skipped += skipped


class ScriptTests(Part):
    """The unit tests of the browser's modules, by node's own runner."""

    def run(self) -> None:
        print(f"\n=== {self.name} ===", flush=True)
        started = time.monotonic()
        done = subprocess.run(
            ["node", "--test", "--test-reporter=tap", *self.arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        self.seconds = time.monotonic() - started
        told = {
            word: int(number) for word, number in re.findall(r"^# (\w+) (\d+)$", done.stdout, re.MULTILINE)
        }
        self.passed, self.skipped = told.get("pass", 0), told.get("skipped", 0) + told.get("todo", 0)
        self.failed = told.get("fail", 0) + told.get("cancelled", 0)
        if done.returncode and not self.failed:
            self.failed = 1
        if self.failed:
            print(done.stdout, done.stderr, sep="\n", flush=True)


def script_tests() -> list[Part]:
    """None where Node is missing, unless this run allows no gap, and none beside a selection of pytest's."""
    if os.environ.get("ARGS"):
        return []
    missing = shutil.which("node") is None or shutil.which("make") is None
    if missing or subprocess.run(["make", "node_modules/.installed"], cwd=ROOT, check=False).returncode:
        told = "The scripts' unit tests need Node.js 18.18 or newer, and npm"
        if REQUIRED:
            sys.exit(f"{told}, and this run requires them.")
        print(f"{told}: leaving them out.", flush=True)
        return []
    files = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/js/**/*.test.js"))
    return [ScriptTests("scripts", files, {})]


def main() -> int:
    RESULTS.mkdir(parents=True, exist_ok=True)
    # Every process of a run would compile all that it imports.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if sys.argv[1:] == ["--fast"]:
        os.environ.setdefault("HYPOTHESIS_PROFILE", "development")
        part = halves("embedded", EMBEDDED)[0]
        part.arguments += [f"--ignore-glob={path}" for path in SWEEPS]
        part.run()
        return summarise([part], "Not run: sweeps, browsers, killed processes, PostgreSQL and Redis.")
    find_or_install_chromium()
    services = find_services()
    if services:
        parts = [
            *halves("PostgreSQL and Redis", services),
            *halves(
                "embedded",
                EMBEDDED,
                paths=BOTH_MODES,
                without=MAIN_ONLY,
                without_cases=[
                    f"{file}::{case}" for file, cases in MAIN_ONLY_CASES.items() for case in cases
                ],
                processes=BOTH_MODES_PROCESSES,
            ),
        ]
    else:
        parts = halves("embedded", EMBEDDED)
    parts = script_tests() + parts
    make_templates(services)
    shutil.rmtree(branches.FOLDER, ignore_errors=True)
    os.environ["KINWATCH_TEST_RUN"] = uuid.uuid4().hex[:12]
    try:
        for part in parts:
            part.run()
    finally:
        remove_templates(services)
    return summarise(parts, "" if services else "Not run: the same on PostgreSQL and Redis.")


def make_templates(services: dict[str, str] | None) -> None:
    """Migrated databases for both modes, side by side: the parts would make them one after the other.

    PostgreSQL's takes longest. Meanwhile pytest writes what it compiles of the tests, with assertions that
    explain themselves; the processes of the first part would all do so at the same time.
    """
    command = [sys.executable, "-m", "tests.databases"]
    modes = [mode for mode in (EMBEDDED, services) if mode]
    making = [subprocess.Popen(command, cwd=ROOT, env={**os.environ, **mode}) for mode in modes]
    if services and not any(is_place(word) for word in ARGUMENTS):
        collect = ["-m", "pytest", "-qq", "--collect-only", "-p", "no:cacheprovider", "tests"]
        environment = {**os.environ, **EMBEDDED}
        making.append(
            subprocess.Popen([sys.executable, *collect], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        )
    for process in making:
        process.wait()


def remove_templates(services: dict[str, str] | None) -> None:
    """The seeded databases that the parts of this run have shared (tests/processes.py)."""
    for folder in (ROOT / "var" / "test-templates").glob(f"{os.environ['KINWATCH_TEST_RUN']}-*"):
        shutil.rmtree(folder, ignore_errors=True)
    if services:
        name = f"kinwatch_template_{os.environ['KINWATCH_TEST_RUN']}"
        statement = "import psycopg, sys; psycopg.connect(sys.argv[1], autocommit=True).execute(sys.argv[2])"
        drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        subprocess.run([sys.executable, "-c", statement, services["DATABASE_URL"], drop], check=False)


def halves(
    mode: str,
    environment: dict[str, str],
    *,
    paths: tuple[str, ...] = ("tests",),
    without: Sequence[str] = (),
    without_cases: Sequence[str] = (),
    processes: tuple[str, ...] = PROCESSES,
) -> list[Part]:
    """Tests shared out one by one in two processes, then files with systems of their own in three.

    A third of what the latter take is waiting: for a tick, a lease, a heartbeat, a provider that hangs. The
    Redis numbers of tests/e2e and tests/faults leave room for three.
    """
    quick = ["-n", "2", "--dist", "worksteal", "-m", "not e2e and not faults"]
    if not any(is_place(word) for word in ARGUMENTS):
        quick += [f"--ignore-glob={path}" for path in without]
        quick += [f"--deselect={case}" for case in without_cases]
    # The whole suite once is what is measured; the second mode reaches nothing more.
    if MEASURED and paths == ("tests",):
        quick += ["-p", "tests.branches"]
    # In the order of tests/conftest.py.
    slow = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", "-m", "e2e or faults"]
    parts: list[Part] = []
    if where := asked_for(paths):
        parts.append(Part(mode, [*quick, *where], environment))
    if where := asked_for(processes):
        parts.append(ProcessPart(f"{mode}, processes and browser", [*slow, *where], environment))
    return parts


def asked_for(paths: tuple[str, ...]) -> list[str]:
    """Of these files and folders the ones that ARGS names, or all where it names none."""
    found = sorted(path for pattern in paths for path in ROOT.glob(pattern))
    asked = [word for word in ARGUMENTS if is_place(word)]
    if not asked:
        return [str(path.relative_to(ROOT)) for path in found]
    within = [word for word in asked if any((ROOT / file_of(word)).is_relative_to(one) for one in found)]
    wider = [one for one in found if any(one.is_relative_to(ROOT / file_of(word)) for word in asked)]
    return [
        *within,
        *(str(one.relative_to(ROOT)) for one in wider if str(one.relative_to(ROOT)) not in within),
    ]


def is_place(word: str) -> bool:
    """Whether a word of ARGS is a file or folder of tests, or a test of a file."""
    return word.startswith("tests") and (ROOT / file_of(word)).exists()


def file_of(word: str) -> str:
    return word.split("::")[0]


def find_or_install_chromium() -> None:
    """On Debian the lighter shell too, which all but a few tests can do with."""
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get") and not find_chromium(whole=True):
        print("Installing Chromium for the browser tests …", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "-qq", "install", "-y", "chromium", SHELL]
        for command in (["apt-get", "-qq", "update"], install):
            subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL)
    if not find_chromium(whole=True):
        sys.exit(
            "The browser tests need Chromium. Debian, Ubuntu: apt-get install chromium. "
            "Elsewhere: install Chrome, or set KINWATCH_CHROMIUM to its path."
        )


def find_services() -> dict[str, str] | None:
    """Addresses of PostgreSQL and Redis: from the environment, or where they usually listen."""
    database = os.environ.get("DATABASE_URL") or next(filter(accepts_databases, LOCAL_DATABASES), "")
    redis = os.environ.get("REDIS_URL") or (LOCAL_REDIS if listens(LOCAL_REDIS) else "")
    missing = [name for name, url in (("PostgreSQL", database), ("Redis", redis)) if not url]
    if not missing:
        return {
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "CELERY_BROKER_URL": "",
            "RABBITMQ_URL": find_rabbitmq(),
        }
    told = f"{' and '.join(missing)} cannot be used on this machine"
    if REQUIRED:
        sys.exit(f"{told}, and this run requires them. Start them, or set DATABASE_URL and REDIS_URL.")
    print(f"{told}: testing the embedded mode only. (DATABASE_URL and REDIS_URL name them.)", flush=True)
    return None


def accepts_databases(url: str) -> bool:
    """Whether this address lets us in and make databases."""
    if not listens(url):
        return False
    question = "import psycopg, sys; sys.exit(not psycopg.connect(sys.argv[1], connect_timeout=3).execute("
    question += "'SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user').fetchone()[0])"
    asked = [sys.executable, "-c", question, url]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0


def find_rabbitmq() -> str:
    """Address of a RabbitMQ that lets us in; optional even where the other services are required."""
    if given := os.environ.get("RABBITMQ_URL"):
        return given
    question = "import kombu, sys; kombu.Connection(sys.argv[1], connect_timeout=3).connect()"
    asked = [sys.executable, "-c", question, LOCAL_RABBITMQ]
    lets_in = (
        listens(LOCAL_RABBITMQ) and subprocess.run(asked, check=False, capture_output=True).returncode == 0
    )
    return LOCAL_RABBITMQ if lets_in else ""


def listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=2).close()
    except OSError:
        return False
    return True


def below_their_floor() -> list[str]:
    """Packages that tests reach less of than was once reached."""
    reached = branches.reached()
    for package, floor in FLOORS.items():
        told = f"{reached[package]:>5} % reached, line by line and branch by branch; at least {floor}"
        print(f"{package:<45} {told}")
    return [package for package, floor in FLOORS.items() if reached[package] < floor]


def summarise(parts: list[Part], not_run: str) -> int:
    print("\n=== in all ===")
    for part in parts:
        print(
            f"{part.name:<45} {part.passed:>5} passed {part.failed:>3} failed "
            f"{part.skipped:>3} skipped {part.seconds:>6.0f} s"
        )
    for part in parts:
        for name in part.second_try if isinstance(part, ProcessPart) else ():
            print(f"Failed at first, passed alone ({part.name}): {name}")
    if not_run:
        print(not_run)
    passed, failed, skipped = (
        sum(getattr(part, name) for part in parts) for name in ("passed", "failed", "skipped")
    )
    if REQUIRED and skipped:
        print("Tests were skipped, and this run allows none.")
        failed += skipped
    if MEASURED:
        failed += len(below_their_floor())
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
