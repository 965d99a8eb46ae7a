"""`make upgrade FROM=<commit>`: from that version to this one while families report (docs/install.md).

Two web processes, a worker and beat of the version before stand behind the sample proxy; then the database is
migrated by this version, worker and beat are restarted, and one web process after the other. Twenty requests
a second go on meanwhile, and none is tried again: each that is not answered well counts. One JSON line; exit
1 where a request was refused, a report is missing or doubled, or a page went out twice.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import requests

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tests.databases import administer, make_roles
from tests.faults.test_proxy import PLACE, make_certificate, servers, start_proxy
from tests.processes import ROOT, Api, Place, environment_of, free_port, on_services, redis, until

FAMILIES = ("June Whitaker", "Omar Karim", "Elena Santos", "Lucy Ortega")
# Each family asks and reports so often that all of them together make twenty requests a second.
PAUSE_SECONDS = len(FAMILIES) / 20
URGENT_EVERY = 40
# One person by one way, twice in one run of a chain.
PAGED_TWICE = (
    "(SELECT escalation_id FROM clinic_page WHERE state = 'sent' "
    "GROUP BY escalation_id, role, step, attempt, staff_id HAVING count(*) > 1) AS twice"
)
QUIET = {"temp_value": 36.8, "temp_unit": "C"}
URGENT = {"temp_value": 39.2, "temp_unit": "C"}


@dataclass
class Family:
    """Asks for its checklist and reports, in turn, once each: a refusal is not made up for."""

    api: Api
    patient: str
    certificate: str
    number: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    sent: list[str] = field(default_factory=list)
    urgent: list[str] = field(default_factory=list)

    def go_on(self, stop: threading.Event) -> None:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {self.api.token}"
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            due += PAUSE_SECONDS
            self.number += 1
            try:
                self._ask(session)
            except requests.RequestException as error:
                self.answers[type(error).__name__] += 1

    def _ask(self, session: requests.Session) -> None:
        base = f"{self.api.base_url}/api/v1"
        if self.number % 2:
            answer = session.get(
                f"{base}/patients/{self.patient}/checklist/", timeout=30, verify=self.certificate
            )
            self.answers[str(answer.status_code)] += 1
            return
        is_urgent = self.number % URGENT_EVERY == 0
        report_id, body = self.api.report(self.patient, dict(URGENT if is_urgent else QUIET))
        answer = session.put(f"{base}/reports/{report_id}/", json=body, timeout=30, verify=self.certificate)
        self.answers[str(answer.status_code)] += 1
        if answer.ok:
            (self.urgent if is_urgent else self.sent).append(report_id)


def main() -> int:
    if not on_services() or not os.environ.get("FROM"):
        sys.exit("make upgrade needs DATABASE_URL, REDIS_URL and FROM, a commit.")
    database = f"kinwatch_upgrade_{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "before"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(before), os.environ["FROM"]], check=True)
        make_roles()
        administer(f'CREATE DATABASE "{database}"')
        old = None
        try:
            old = make_place(Path(folder), before, database)
            return upgrade(old)
        finally:
            if old is not None:
                old.stop_all()
            administer(f'DROP DATABASE "{database}" WITH (FORCE)')
            subprocess.run([*git, "remove", "--force", str(before)], check=True)


def make_place(folder: Path, root: Path, database: str) -> Place:
    """The version before, migrated and seeded by itself."""
    port = free_port()
    environment = environment_of(folder, database, free_port(), redis_number=10)
    environment.update(TRUSTED_PROXIES="127.0.0.1", PUBLIC_BASE_URL=f"https://127.0.0.1:{port}")
    redis(environment["REDIS_URL"]).flushdb()
    place = Place(folder, environment, int(environment["PORT"]), seed={}, root=root)
    manage(place, "migrate", "--no-input", "--verbosity", "0")
    manage(place, "shell", "--no-imports", "-c", "from config import statics; statics.collect()")
    place.seed = json.loads(manage(place, "seed_demo", "--json"))
    return place


def manage(place: Place, *arguments: str) -> str:
    """A command of the version that the place is of; `migrate` as the owner of the tables."""
    environment = dict(place.environment)
    if arguments[0] == "migrate":
        environment["DATABASE_URL"] = urlsplit(environment["DATABASE_URL"])._replace(query="").geturl()
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=place.root, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def upgrade(place: Place) -> int:
    second = free_port()
    certificate = str(make_certificate(place.folder))
    proxied = place.environment["PUBLIC_BASE_URL"]
    ports = {"web": place.port, "web2": second}
    for name, port in ports.items():
        place.start_web(name, port)
    place.start_worker()
    place.start_beat()
    start_proxy(place, int(proxied.rpartition(":")[2]), {PLACE: servers(*ports.values())})
    until(lambda: requests.get(f"{proxied}/health/live", verify=certificate, timeout=5).ok, "the proxy")
    families = [family_of(place, name, proxied, certificate) for name in FAMILIES]
    stored, paged_twice = place.count("clinic_report"), place.count(PAGED_TWICE)
    stop = threading.Event()
    threads = [threading.Thread(target=one.go_on, args=(stop,)) for one in families]
    for thread in threads:
        thread.start()
    started = time.monotonic()
    try:
        time.sleep(5)
        place.root = ROOT
        manage(place, "migrate", "--no-input", "--verbosity", "0")
        time.sleep(5)
        place.stop("worker1", 15)
        place.start_worker()
        place.stop("beat", 15)
        place.start_beat()
        for name, port in ports.items():
            place.stop(name, 15)
            place.start_web(name, port)
            time.sleep(5)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return tell(place, families, stored, paged_twice, time.monotonic() - started)


def family_of(place: Place, name: str, proxied: str, certificate: str) -> Family:
    person = place.caregiver(name)
    direct = place.api(person)
    family = Family(Api(proxied, person["token"]), person["patients"][0], certificate)
    family.api.versions[family.patient] = direct.version_of(family.patient)
    return family


def tell(place: Place, families: list[Family], stored: int, paged_twice: int, seconds: float) -> int:
    until(lambda: place.count("clinic_report WHERE state = 'received'") == 0, "every report scored")
    answers = sum((one.answers for one in families), Counter())
    refused = {word: count for word, count in answers.items() if word not in {"200", "201"}}
    sent = [report for one in families for report in (*one.sent, *one.urgent)]
    held = {str(pk) for (pk,) in place.rows("SELECT id FROM clinic_report")}
    found = {
        "figure": "upgrade",
        "from": os.environ["FROM"],
        "seconds": round(seconds),
        "requests": answers.total(),
        "a_second": round(answers.total() / seconds, 1),
        "refused": refused,
        "reports_missing": len(set(sent) - held),
        "reports_doubled": place.count("clinic_report") - stored - len(sent),
        "scored_twice": place.count(
            "(SELECT report_id FROM clinic_assessment GROUP BY 1 HAVING count(*) > 1) AS twice"
        ),
        "paged_twice": place.count(PAGED_TWICE) - paged_twice,
        "urgent": sum(len(one.urgent) for one in families),
    }
    print(json.dumps(found))
    if refused or not found["urgent"]:
        return 1
    urgent = ", ".join(f"'{report}'" for one in families for report in one.urgent)
    paged = (
        "(SELECT DISTINCT event.report_id FROM clinic_escalationevent event JOIN clinic_page page "
        f"ON page.escalation_id = event.escalation_id WHERE event.report_id IN ({urgent})) AS paged"
    )
    until(lambda: place.count(paged) == found["urgent"], "a page of each urgent report")
    wrong = ("reports_missing", "reports_doubled", "scored_twice", "paged_twice")
    return int(any(found[name] for name in wrong))


if __name__ == "__main__":
    sys.exit(main())
