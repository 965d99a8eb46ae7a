"""Open consoles, each behind a line that loses three pushes in ten; Redis and the web process are killed.

After each change every console shows what the database holds by the first heartbeat that reaches it; in the
end each alert has been told once at each console, and quiet ones have sounded once.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import open_context, sign_in_staff
from tests.faults.outcomes import FEVER_AND_CONFUSION
from tests.leaky import LeakyLine
from tests.own_redis import OwnRedis, own_redis
from tests.processes import Place, on_services, until

__all__ = ["open_context", "sign_in_staff"]

pytestmark = [pytest.mark.e2e, pytest.mark.faults]

# With the seed of the losses: at either desk the first pushes after the greeting are among them.
WATCHING = {"nurse@harbor.example": 4, "physician@harbor.example": 0}
FEVER, COLD = {"temp_value": 38.6, "temp_unit": "C"}, {"temp_value": 35.5, "temp_unit": "C"}
# What one look at the list sounds where nothing urgent is new (static/console/sound.js), in hertz.
NEW = [659, 523]

# What was heard and what was said, kept over everything but a new loading of the page.
LISTEN = """
window.tones = [];
window.told = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  window.tones.push(this.frequency.value);
  return start.apply(this, when);
};
document.addEventListener('DOMContentLoaded', () => {
  const keep = (one) => window.told.push(one.target.textContent);
  const listen = new MutationObserver((all) => all.forEach(keep));
  ['shouted', 'said'].forEach((id) => {
    const element = document.getElementById(id);
    if (element) listen.observe(element, { childList: true });
  });
});
"""
ROWS = """
() => [...document.querySelectorAll('#worklist [data-row]')].map((row) => [
  row.dataset.id.replaceAll('-', ''),
  row.dataset.level,
  row.matches('.work-row-taken') ? 'acknowledged' : 'open',
])
"""


@dataclass
class Console:
    """One desk: its page, and its line to the system."""

    page: Page
    line: LeakyLine

    def rows(self) -> list[tuple[str, ...]]:
        return sorted(tuple(row) for row in self.page.evaluate(ROWS))

    def heartbeats(self) -> int:
        return self.line.passed.count("heartbeat")

    def told(self, patients: list[str]) -> Counter[str]:
        """How often each patient was named as new."""
        said: list[str] = self.page.evaluate("window.told")
        return Counter(name for one in said for name in patients if f": {name}, " in one)

    def new_sounds(self) -> int:
        tones = [round(one) for one in self.page.evaluate("window.tones")]
        return sum(tones[place : place + 2] == NEW for place in range(len(tones)))


@pytest.fixture
def server(place: Place) -> Place:
    """Where `open_context` and `sign_in_staff` go: not started yet."""
    return place


@pytest.fixture
def redis(place: Place) -> Iterator[OwnRedis | None]:
    """The system's Redis, nobody else's; none in one process, which needs none."""
    if not on_services():
        yield None
        return
    with own_redis(place.folder) as own:
        place.environment["REDIS_URL"] = own.url
        yield own
        place.stop_all()


@pytest.fixture
def open_console(
    server: Place, open_context: Callable[..., BrowserContext], sign_in_staff: Callable[[Page, str], None]
) -> Iterator[Callable[[str], Console]]:
    with ExitStack() as lines:

        def open_one(email: str) -> Console:
            line = lines.enter_context(LeakyLine(server.port, seed=WATCHING[email]).running())
            page = open_context(base_url=line.base_url, viewport={"width": 1440, "height": 900}).new_page()
            page.add_init_script(LISTEN)
            sign_in_staff(page, email)
            page.locator("#start-watching").click()
            expect(page.locator("#sound-off")).to_be_hidden()
            return Console(page, line)

        yield open_one


def start_web(place: Place) -> str:
    """The process that serves consoles; the only one there is where everything is in one."""
    if on_services():
        place.start_web()
        return "web"
    place.start_demo()
    return "demo"


def stored(place: Place) -> list[tuple[str, ...]]:
    rows = place.rows(
        "SELECT replace(CAST(e.id AS text), '-', ''), e.level, e.state FROM clinic_escalation e"
        " JOIN clinic_clinic c ON c.id = e.clinic_id"
        " WHERE e.state <> 'resolved' AND NOT e.is_drill AND c.slug = 'harbor'"
    )
    return sorted(tuple(map(str, row)) for row in rows)


def state_of(place: Place, name: str) -> tuple[str, str] | None:
    """Level and state of what is unresolved about this patient."""
    patient = place.patient(name)["id"].replace("-", "")
    rows = place.rows(
        "SELECT level, state FROM clinic_escalation WHERE state <> 'resolved' AND NOT is_drill"
        f" AND replace(CAST(patient_id AS text), '-', '') = '{patient}'"
    )
    return rows[0] if rows else None  # type: ignore[return-value]


def report(place: Place, caregiver: str, patient: str, answers: dict[str, Any]) -> None:
    api = place.api(place.caregiver(caregiver))
    report_id, body = api.report(place.patient(patient)["id"], answers)
    assert api.put(report_id, body).status_code == 201


def take_all(place: Place) -> None:
    """Everything that the story left open: what is told from here on is this test's."""
    nurse = place.api(place.staff("nurse2@harbor.example"))
    for escalation, _, state in stored(place):
        if state == "open":
            assert nurse.call("POST", f"escalations/{UUID(escalation)}/acknowledge/").status_code == 200


def equal_by_the_next_heartbeat(place: Place, consoles: list[Console]) -> None:
    """What a console is told from now on is the whole truth: all is in the database."""
    truth = stored(place)
    before = [console.heartbeats() for console in consoles]
    for console, heard in zip(consoles, before, strict=True):
        until(lambda console=console: console.rows() == truth, f"{truth} at the console")
        assert console.heartbeats() - heard <= 1
    assert stored(place) == truth


def arrives(place: Place, consoles: list[Console], patient: str, becomes: tuple[str, str]) -> None:
    until(lambda: state_of(place, patient) == becomes, f"{patient} {becomes}")
    equal_by_the_next_heartbeat(place, consoles)


def let_lease_run_out(place: Place, patient: str) -> None:
    """As if nobody had worked on it for its whole lease."""
    key = place.patient(patient)["id"].replace("-", "")
    place.change(
        "UPDATE clinic_escalation SET lease_until = acknowledged_at"
        f" WHERE state = 'acknowledged' AND replace(CAST(patient_id AS text), '-', '') = '{key}'"
    )


def test_consoles_equal_the_database_and_tell_each_alert_once(
    place: Place, redis: OwnRedis | None, open_console: Callable[[str], Console]
) -> None:
    web = start_web(place)
    if redis:
        place.start_worker()
        place.start_beat()
    take_all(place)
    alarms = place.count("clinic_systemalarm")
    consoles = [open_console(email) for email in WATCHING]
    equal_by_the_next_heartbeat(place, consoles)

    report(place, "Grace Lin", "Helen Novak", COLD)
    arrives(place, consoles, "Helen Novak", ("same_day", "open"))
    report(place, "June Whitaker", "George Whitaker", FEVER_AND_CONFUSION)
    arrives(place, consoles, "George Whitaker", ("emergency", "open"))
    take_all(place)

    if redis:
        redis.kill()
    report(place, "Grace Lin", "Robert Lin", FEVER)
    if redis:
        redis.start()
    arrives(place, consoles, "Robert Lin", ("urgent", "open"))

    place.kill(web)
    let_lease_run_out(place, "Aisha Karim")
    start_web(place)
    arrives(place, consoles, "Aisha Karim", ("urgent", "open"))

    alarms = place.count("clinic_systemalarm") - alarms
    once = {"Helen Novak": 1, "George Whitaker": 1, "Robert Lin": 1, "Aisha Karim": 1}
    names = [one["name"] for one in place.seed["patients"]]
    for console in consoles:
        assert console.line.lost
        assert console.told(names) == once
        # An alarm about the system sounds like one alert; two that come together sound once.
        assert 1 <= console.new_sounds() <= 1 + alarms
