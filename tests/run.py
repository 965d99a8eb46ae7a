"""`make test`: the whole suite embedded, then again on PostgreSQL and Redis where they run.

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
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browsers import find_chromium  # noqa: E402

RESULTS = ROOT / "var" / "test-results"
REQUIRED = "true" in {os.environ.get("CI"), os.environ.get("KINWATCH_REQUIRE_SERVICES")} or (
    os.environ.get("KINWATCH_REQUIRE_SERVICES") == "1"
)
LOCAL_DATABASES = (
    "postgres://postgres@127.0.0.1:5432/postgres",
    "postgres://root@127.0.0.1:5432/root",
)
# What asks nothing of a database that another one could answer differently: pure rules, texts, who gets what
# at which address, pages (their queries and services run in both modes), and what happens on the phone. It
# runs embedded; once is enough.
EMBEDDED_ONLY = (
    "tests/clinic/rules",
    "tests/notifications/rules",
    "tests/caregiver/rules",
    "tests/caregiver/guidance",
    "tests/caregiver/cms",
    "tests/caregiver/views",
    "tests/caregiver/test_first_visit.py",
    "tests/caregiver/test_no_english_left.py",
    "tests/caregiver/test_weight.py",
    "tests/vectors",
    "tests/schema",
    "tests/test_translations.py",
    "tests/architecture/test_access.py",
    "tests/architecture/test_csrf.py",
    "tests/architecture/test_editor.py",
    "tests/architecture/test_headers.py",
    "tests/architecture/test_imports.py",
    "tests/architecture/test_messages_say_nothing.py",
    "tests/architecture/test_no_health_words.py",
    # The console's pages, but not its live line.
    "tests/clinic/console/test_[!c]*",
    "tests/e2e/test_offline_*",
    "tests/e2e/test_caregiver_*",
    "tests/e2e/test_console_acts.py",
    "tests/e2e/test_going_home.py",
    "tests/e2e/test_guidance.py",
    "tests/e2e/test_household.py",
    "tests/e2e/test_rota.py",
    "tests/e2e/test_staff_accounts.py",
)
# Calls made up from the schema of the API: as many as both modes deserve, on the database of real clinics.
SERVICES_ONLY = ("tests/clinic/api/test_schema.py",)
# A number of its own, far from 0 where other programs keep things: tests empty it.
LOCAL_REDIS = "redis://127.0.0.1:6379/15"


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
        report = RESULTS / f"{self.name.replace(' ', '-').replace(',', '')}.xml"
        report.unlink(missing_ok=True)
        started = time.monotonic()
        status = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                f"--junit-xml={report}",
                *self.arguments,
                *shlex.split(os.environ.get("ARGS", "")),
            ],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            check=False,
        ).returncode
        self.seconds = time.monotonic() - started
        self.count(report)
        # 5: nothing matched, as when a narrower selection was asked for.
        if status not in {0, 5} and not self.failed:
            self.failed = 1

    def count(self, report: Path) -> None:
        for suite in ET.parse(report).iter("testsuite") if report.exists() else ():
            self.failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            self.skipped += int(suite.get("skipped", 0))
            self.passed += int(suite.get("tests", 0))
        self.passed -= self.failed + self.skipped


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
    find_or_install_chromium()
    services = find_services()
    embedded = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"), "")
    parts = script_tests() + halves("embedded", embedded, leave_out=SERVICES_ONLY if services else ())
    if services:
        parts += halves("PostgreSQL and Redis", services, leave_out=EMBEDDED_ONLY)
    os.environ["KINWATCH_TEST_RUN"] = uuid.uuid4().hex[:12]
    try:
        for part in parts:
            part.run()
    finally:
        remove_templates(services)
    return summarise(parts, services)


def remove_templates(services: dict[str, str] | None) -> None:
    """The seeded databases that the parts of this run have shared (tests/processes.py)."""
    shutil.rmtree(ROOT / "var" / "test-templates", ignore_errors=True)
    if services:
        name = f"kinwatch_template_{os.environ['KINWATCH_TEST_RUN']}"
        statement = "import psycopg, sys; psycopg.connect(sys.argv[1], autocommit=True).execute(sys.argv[2])"
        drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        subprocess.run([sys.executable, "-c", statement, services["DATABASE_URL"], drop], check=False)


def halves(mode: str, environment: dict[str, str], *, leave_out: tuple[str, ...]) -> list[Part]:
    """Two processes in each half: tests shared out one by one, then files with systems of their own."""
    less = [f"--ignore-glob={path}" for path in leave_out]
    return [
        Part(mode, ["-n", "2", "--dist", "worksteal", "-m", "not e2e and not faults", *less], environment),
        Part(
            f"{mode}, processes and browser",
            ["-n", "2", "--dist", "loadfile", "-m", "e2e or faults", *less],
            environment,
        ),
    ]


def find_or_install_chromium() -> None:
    if find_chromium():
        return
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser tests …", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", "chromium"]):
            subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL)
    if not find_chromium():
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
        return {"DATABASE_URL": database, "REDIS_URL": redis, "CELERY_BROKER_URL": ""}
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


def listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=2).close()
    except OSError:
        return False
    return True


def summarise(parts: list[Part], services: dict[str, str] | None) -> int:
    print("\n=== in all ===")
    for part in parts:
        print(
            f"{part.name:<45} {part.passed:>5} passed {part.failed:>3} failed "
            f"{part.skipped:>3} skipped {part.seconds:>6.0f} s"
        )
    if not services:
        print("Not run: the same on PostgreSQL and Redis.")
    passed, failed, skipped = (
        sum(getattr(part, name) for part in parts) for name in ("passed", "failed", "skipped")
    )
    if REQUIRED and skipped:
        print("Tests were skipped, and this run allows none.")
        failed += skipped
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
