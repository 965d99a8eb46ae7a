"""Two web and two worker processes behind the sample proxy, each killed in turn while families report.

Processes on loopback stand for machines: they share the database and Redis, and nothing else.
"""

import contextlib
import shutil
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.faults.outcomes import FEVER_AND_CONFUSION
from tests.faults.test_proxy import PLACE, make_certificate, servers, start_proxy
from tests.processes import PATIENCE, Api, Place, free_port, on_services, until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
QUIET = {"temp_value": 36.8, "temp_unit": "C"}
FAMILIES = ("June Whitaker", "Omar Karim", "Elena Santos", "Lucy Ortega")

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(NGINX is None or not on_services(), reason="needs nginx, PostgreSQL and Redis"),
]


@dataclass
class Machines:
    """`web` and `web2`, `worker1` and `worker2`; the proxy knows both web processes."""

    place: Place
    second_port: int
    proxied: str
    certificate: Path

    def start(self, name: str) -> None:
        if name.startswith("worker"):
            self.place.start_worker(name)
            return
        self.place.start_web(name, self.place.port if name == "web" else self.second_port)


@pytest.fixture
def machines(place: Place) -> Iterator[Machines]:
    port, second = free_port(), free_port()
    proxied = f"https://127.0.0.1:{port}"
    place.environment.update(TRUSTED_PROXIES="127.0.0.1", PUBLIC_BASE_URL=proxied)
    made = Machines(place, second, proxied, make_certificate(place.folder))
    for name in ("web", "web2", "worker1", "worker2"):
        made.start(name)
    place.start_beat()
    start_proxy(place, port, {PLACE: servers(place.port, second)})
    live = f"{proxied}/health/live"
    until(lambda: requests.get(live, verify=str(made.certificate), timeout=5).ok, "the proxy")
    return made


@dataclass
class Family:
    """Reports all the time, and sends each report until it has a receipt, as the phone does."""

    machines: Machines
    api: Api
    patient: str
    receipts: list[str] = field(default_factory=list)

    def report_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.send(QUIET)
            time.sleep(0.05)

    def send(self, answers: dict[str, object]) -> str:
        report_id, body = self.api.report(self.patient, dict(answers))
        address = f"{self.machines.proxied}/api/v1/reports/{report_id}/"
        headers = {"Authorization": f"Bearer {self.api.token}"}

        def receipt() -> bool:
            answer = requests.put(
                address, json=body, headers=headers, verify=str(self.machines.certificate), timeout=15
            )
            assert answer.status_code in {200, 201, 429, 502, 503, 504}, answer.text[:200]
            return answer.ok

        until(receipt, f"a receipt of {report_id}")
        self.receipts.append(report_id)
        return report_id


@dataclass
class Console:
    """One open desk, which connects again whenever its line ends, and asks for what it may have missed."""

    machines: Machines
    token: str
    greetings: int = 0
    changes: int = 0

    def watch_until(self, stop: threading.Event) -> None:
        context = ssl.create_default_context(cafile=str(self.machines.certificate))
        address = f"{self.machines.proxied.replace('https', 'wss')}/ws/console/"
        headers = {"Authorization": f"Bearer {self.token}"}
        while not stop.is_set():
            with (
                contextlib.suppress(WebSocketException, OSError),
                connect(address, ssl=context, additional_headers=headers, open_timeout=10) as socket,
            ):
                while not stop.is_set():
                    with contextlib.suppress(TimeoutError):
                        self._take(str(socket.recv(timeout=0.5)))
            time.sleep(0.1)

    def _take(self, frame: str) -> None:
        self.greetings += '"hello"' in frame
        self.changes += '"change"' in frame


def test_any_of_them_may_die_and_nothing_is_lost(machines: Machines) -> None:
    place = machines.place
    before = place.count("clinic_report")
    families = [family_of(machines, name) for name in FAMILIES]
    console = Console(machines, place.staff("nurse@harbor.example")["token"])
    stop = threading.Event()
    threads = [threading.Thread(target=one.report_until, args=(stop,)) for one in families]
    threads.append(threading.Thread(target=console.watch_until, args=(stop,)))
    for thread in threads:
        thread.start()
    try:
        until(lambda: console.greetings, "the open console")
        for name in ("web", "worker1", "web2", "worker2"):
            place.kill(name)
            seen, sent = console.greetings, [len(one.receipts) for one in families]
            until(
                lambda s=sent: all(len(one.receipts) > n + 2 for one, n in zip(families, s, strict=True)),
                name,
            )
            machines.start(name)
            assert console.greetings >= seen
        # One web process died with the console's line, whichever held it: it greets again.
        until(lambda: console.greetings >= 2, "the console's second greeting")
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)

    urgent = families[0].send(FEVER_AND_CONFUSION)
    until(lambda: place.count("clinic_report WHERE state = 'received'") == 0, "every report scored")
    sent = [receipt for one in families for receipt in one.receipts]
    stored = {str(pk) for (pk,) in place.rows("SELECT id FROM clinic_report")}
    assert set(sent) <= stored and place.count("clinic_report") == before + len(sent)
    assert (
        place.count("(SELECT report_id FROM clinic_assessment GROUP BY 1 HAVING count(*) > 1) AS twice") == 0
    )
    pages = (
        "clinic_page WHERE state = 'sent' AND escalation_id IN "
        f"(SELECT escalation_id FROM clinic_escalationevent WHERE report_id = '{urgent}')"
    )
    until(lambda: place.count(pages) == 1, "one page")


def test_sessions_limits_and_pushes_need_no_machine_of_their_own(machines: Machines) -> None:
    place = machines.place
    first, second = place.base_url, f"http://127.0.0.1:{machines.second_port}"

    # Whoever signs in at one is signed in at the other.
    nurse, browser = place.staff("nurse@harbor.example"), requests.Session()
    browser.trust_env = False
    browser.get(f"{first}/accounts/login/", timeout=30)
    form = {
        "login": nurse["email"],
        "password": nurse["password"],
        "csrfmiddlewaretoken": browser.cookies["csrftoken"],
    }
    browser.post(f"{first}/accounts/login/", data=form, headers={"Referer": first}, timeout=30)
    assert browser.get(f"{second}/console/", timeout=30, allow_redirects=False).status_code == 200

    # What is guessed at one counts at the other.
    guesses = [
        requests.get(
            f"{(first, second)[number % 2]}/api/v1/patients/",
            headers={"Authorization": "Bearer wrong"},
            timeout=30,
        ).status_code
        for number in range(101)
    ]
    assert guesses == [401] * 100 + [429]

    # A console at either hears of a report that the other took.
    consoles = [
        connect(
            f"{address.replace('http', 'ws')}/ws/console/",
            additional_headers={"Authorization": f"Bearer {nurse['token']}"},
            open_timeout=PATIENCE,
        )
        for address in (first, second)
    ]
    with contextlib.ExitStack() as open_ones:
        for socket in consoles:
            open_ones.enter_context(socket)
            assert '"hello"' in str(socket.recv(timeout=PATIENCE))
        family_of(machines, FAMILIES[0]).send(FEVER_AND_CONFUSION)
        for socket in consoles:
            until(lambda one=socket: '"escalation' in str(one.recv(timeout=PATIENCE)), "the push")


def family_of(machines: Machines, name: str) -> Family:
    person = machines.place.caregiver(name)
    family = Family(machines, machines.place.api(person), person["patients"][0])
    # The phone has its checklist before the trouble begins.
    family.api.version_of(family.patient)
    return family
