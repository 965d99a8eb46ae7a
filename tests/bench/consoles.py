"""Open consoles: from a change to the screen, beside a bare Channels task, and what many of them cost.

A console is a socket that asks for the row that a frame names, and every half minute whether its list still
stands, as the page does. Five watch a clinic; 500 are those of 100 clinics.
"""

import asyncio
import json
import re
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import requests
from celery import Celery
from websockets.asyncio.client import connect
from websockets.sync.client import connect as connect_one

from config import processes
from tests.bench import loading
from tests.bench.against_floor import session_seconds
from tests.processes import ROOT, Api, Place, free_port, until

CLINICS, EACH = 100, 5
MANY = (5, 50, 500)
CHANGES_A_SECOND, SECONDS = 10, 10
TRIES = 40
QUIET_SECONDS = 12
REFRESHED_EVERY = 30
FLOOR = "tests.bench.floor.frames"
EMERGENCY = {"temp_value": 38.6, "temp_unit": "C", "confusion": 1}

# Copies of a clinic of the demo, its nurse and a patient of it with something open on the list.
_CLINICS = """
CREATE TEMP TABLE model AS
SELECT to_jsonb(clinic) AS clinic, to_jsonb(person) AS person, to_jsonb(staff) AS staff,
       (SELECT to_jsonb(patient) FROM clinic_patient patient
        WHERE patient.clinic_id = clinic.id AND patient.status = 'active' ORDER BY id LIMIT 1) AS patient,
       (SELECT to_jsonb(escalation) FROM clinic_escalation escalation
        WHERE jsonb_typeof(ladder) = 'object' LIMIT 1) AS escalation,
       (SELECT to_jsonb(token) FROM clinic_apitoken token LIMIT 1) AS token
FROM clinic_staff staff JOIN clinic_clinic clinic ON clinic.id = staff.clinic_id
JOIN clinic_user person ON person.id = staff.user_id WHERE person.email = 'nurse@harbor.example' LIMIT 1;
INSERT INTO clinic_clinic SELECT row.* FROM model, generate_series(1, {clinics}) n,
    jsonb_populate_record(NULL::clinic_clinic, clinic || jsonb_build_object(
        'id', md5('clinic' || n)::uuid, 'slug', 'bench-' || n, 'name', 'Clinic ' || n,
        'keypad_phone', NULL)) AS row;
INSERT INTO clinic_user SELECT row.*
FROM model, generate_series(1, {clinics}) n, generate_series(1, {each}) k,
    jsonb_populate_record(NULL::clinic_user, person || jsonb_build_object(
        'id', md5('nurse' || n || '-' || k)::uuid, 'email', 'nurse-' || n || '-' || k || '@bench.example',
        'phone', NULL, 'name', 'Nurse ' || n || '-' || k)) AS row;
INSERT INTO clinic_staff SELECT row.*
FROM model, generate_series(1, {clinics}) n, generate_series(1, {each}) k,
    jsonb_populate_record(NULL::clinic_staff, staff || jsonb_build_object(
        'id', nextval('clinic_staff_id_seq'), 'user_id', md5('nurse' || n || '-' || k)::uuid,
        'clinic_id', md5('clinic' || n)::uuid)) AS row;
INSERT INTO clinic_patient SELECT row.* FROM model, generate_series(1, {clinics}) n,
    jsonb_populate_record(NULL::clinic_patient, patient || jsonb_build_object(
        'id', md5('watched' || n)::uuid, 'clinic_id', md5('clinic' || n)::uuid,
        'family_name', 'Watched-' || n, 'hospital_number', 'W' || n)) AS row;
INSERT INTO clinic_escalation SELECT row.* FROM model, generate_series(1, {clinics}) n,
    jsonb_populate_record(NULL::clinic_escalation, escalation || jsonb_build_object(
        'id', md5('watched' || n)::uuid, 'clinic_id', md5('clinic' || n)::uuid,
        'patient_id', md5('watched' || n)::uuid, 'level', 'same_day', 'severity', 2, 'state', 'open',
        'is_drill', false, 'version', 1, 'acknowledged_at', NULL, 'acknowledged_by_id', NULL,
        'resolved_at', NULL, 'resolved_by_id', NULL, 'outcome', '', 'resolution_note', '',
        'lease_until', NULL, 'snoozed_until', NULL, 'snooze_reason', '',
        'opened_at', now(), 'waiting_since', now())) AS row;
INSERT INTO clinic_apitoken SELECT row.* FROM model, generate_series(1, {clinics}) n,
    jsonb_populate_record(NULL::clinic_apitoken, token || jsonb_build_object(
        'id', nextval('clinic_apitoken_id_seq'), 'user_id', md5('nurse' || n || '-1')::uuid, 'owner_mark', '',
        'revoked_at', NULL, 'expires_at', now() + interval '30 days',
        'token_hash', encode(sha256(('{token}clinic' || n)::bytea), 'hex'))) AS row;
"""

_SESSIONS = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from clinic.models import User
found = {}
for user in User.objects.filter(email__endswith="@bench.example"):
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    found[user.email] = session.session_key
print(json.dumps(found))
"""


def measure(place: Place) -> list[dict[str, Any]]:
    """One line a figure. The place is on services and has no process yet."""
    sessions = _make_clinics(place)
    _start_ours(place)
    for clinic in range(1, CLINICS + 1):
        _act(place, clinic, "acknowledge")
    figures = [_watched(place, sessions, many) for many in MANY]
    place.stop_all()
    return figures


def _start_ours(place: Place) -> None:
    place.start_worker()
    place.start_beat()
    place.start("web", [*processes.web("127.0.0.1", place.port), "--workers", "2"])
    place.wait_for_web("web")


def _make_clinics(place: Place) -> dict[str, str]:
    """Session keys by address."""
    place.change(_CLINICS.format(clinics=CLINICS, each=EACH, token=loading.TOKEN))
    shell = [sys.executable, "manage.py", "shell", "--no-imports", "--verbosity", "0", "-c", _SESSIONS]
    done = subprocess.run(shell, cwd=ROOT, env=place.environment, check=True, capture_output=True, text=True)
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


# --- One frame, beside the floor's ---


def measure_frames(place: Place) -> dict[str, Any]:
    """From a report to the frame that tells of it, beside the floor's. The place as for `measure`."""
    _start_ours(place)
    nurse = place.api(place.staff("nurse@harbor.example"))
    family, patient = place.api(place.caregiver("June Whitaker")), place.patient("George Whitaker")["id"]
    with _floor(place) as (tell, floor_line), _line(place, nurse) as ours:
        floor, own = [], []
        for _number in range(TRIES):
            about, began = str(uuid.uuid4()), time.monotonic()
            tell(about)
            while floor_line.recv(timeout=30) != about:
                pass
            floor.append(time.monotonic() - began)
            report_id, body = family.report(patient, EMERGENCY)
            began = time.monotonic()
            assert family.put(report_id, body).status_code == 201
            while not json.loads(ours.recv(timeout=30)).get("change"):
                pass
            own.append(time.monotonic() - began)
    place.stop_all()
    return {
        "figure": "frame_to_floor",
        "p50_ratio": round(statistics.median(own) / statistics.median(floor), 2),
        "p95_ratio": round(_p95(own) / _p95(floor), 2),
        "ours_ms": _spread(own),
        "floor_ms": _spread(floor),
    }


@contextmanager
def _floor(place: Place) -> Iterator[Any]:
    port = free_port()
    worker = ["-m", "celery", "--quiet", "-A", f"{FLOOR}:app", "worker", "-Q", "floor", "--concurrency", "1"]
    # Another environment than ours, so that none is forked from a process that has read our program.
    place.start("floor-worker", [sys.executable, *worker, "--loglevel", "WARNING"], BARE="1")
    web = ["-m", "uvicorn", f"{FLOOR}:application", "--port", str(port), "--log-level", "warning"]
    place.start("floor-web", [sys.executable, *web], BARE="1")
    sender = Celery(broker=place.environment["REDIS_URL"])

    def tell(about: str) -> None:
        sender.send_task("floor.tell", [about], queue="floor")

    until(lambda: _opens(f"ws://127.0.0.1:{port}/"), "the floor's line")
    with connect_one(f"ws://127.0.0.1:{port}/") as line:
        yield tell, line


def _opens(address: str) -> bool:
    try:
        with connect_one(address):
            return True
    except OSError:
        return False


@contextmanager
def _line(place: Place, nurse: Api) -> Iterator[Any]:
    headers = {"Authorization": f"Bearer {nurse.token}"}
    with connect_one(
        f"{place.base_url.replace('http', 'ws')}/ws/console/", additional_headers=headers
    ) as line:
        yield line


# --- Many of them ---


def _watched(place: Place, sessions: dict[str, str], many: int) -> dict[str, Any]:
    """What `many` consoles cost while nothing happens, and how soon each shows what does."""
    clinics = range(1, many // EACH + 1)
    nurses = {n: [f"nurse-{n}-{k}@bench.example" for k in range(1, EACH + 1)] for n in clinics}
    consoles = Consoles(place, {n: [sessions[one] for one in emails] for n, emails in nurses.items()})
    with consoles:
        # What the engine says of clinics that have just been made is none of these changes.
        until(lambda: consoles.quiet_for() > QUIET_SECONDS, "quiet", 180)
        began, before = time.monotonic(), _web_seconds(place)
        time.sleep(SECONDS)
        idle = (_web_seconds(place) - before) / (time.monotonic() - began)
        began, before = time.monotonic(), _web_seconds(place)
        changed = _change(place, clinics)
        until(consoles.have_shown, "the last screen", 120)
        busy = (_web_seconds(place) - before) / (time.monotonic() - began)
    return {
        "figure": f"consoles_{many}",
        "changes": changed,
        # What a frame that is lost would have told, a console sees by the version of the next.
        "frames_lost": changed * EACH - len(consoles.to_frame),
        "web_cores_idle": round(idle, 2),
        "web_cores_changing": round(busy, 2),
        "to_frame_ms": _spread(consoles.to_frame),
        "to_screen_ms": _spread(consoles.to_screen),
    }


def _change(place: Place, clinics: Sequence[int]) -> int:
    """Something at each clinic in turn, ten a second: whoever has the patient goes on with it."""
    began = time.monotonic()

    def change(number: int) -> None:
        time.sleep(max(0.0, began + number / CHANGES_A_SECOND - time.monotonic()))
        _act(place, clinics[number % len(clinics)], "renew")

    with ThreadPoolExecutor(4) as crowd:
        return len(list(crowd.map(change, range(CHANGES_A_SECOND * SECONDS))))


def _act(place: Place, clinic: int, act: str) -> None:
    answer = requests.post(
        f"{place.base_url}/api/v1/escalations/{loading.id_of(f'watched{clinic}')}/{act}/",
        json={},
        headers={"Authorization": f"Bearer {loading.TOKEN}clinic{clinic}"},
        timeout=60,
    )
    assert answer.ok, answer.text[:300]


class Consoles:
    """Sockets of the browsers of so many clinics, in a thread of their own."""

    def __init__(self, place: Place, sessions: dict[int, list[str]]) -> None:
        self.place, self.sessions = place, sessions
        self.to_frame: list[float] = []
        self.to_screen: list[float] = []
        self.failed: list[Exception] = []
        # By session: the version and the mark of what is on the screen.
        self._shown: dict[str, tuple[str, str]] = {}
        self._opened, self._heard_at = 0, time.monotonic()
        self._fetchers = ThreadPoolExecutor(16)
        self._http = threading.local()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Consoles":
        self._thread.start()
        wanted = sum(map(len, self.sessions.values()))
        until(lambda: self._opened == wanted, f"{wanted} consoles", 180)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(30)
        self._fetchers.shutdown(wait=False, cancel_futures=True)

    def have_shown(self) -> bool:
        """Nothing has come for a while, and all that came is on the screens."""
        assert not self.failed, self.failed[0]
        return len(self.to_screen) == len(self.to_frame) and self.quiet_for() > 3

    def quiet_for(self) -> float:
        """Seconds since something changed."""
        return time.monotonic() - self._heard_at

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        watching = [self._watch(key) for keys in self.sessions.values() for key in keys]
        self._all = asyncio.gather(*watching, return_exceptions=True)
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._all)

    def _stop(self) -> None:
        self._all.cancel()

    async def _watch(self, key: str) -> None:
        address = f"{self.place.base_url.replace('http', 'ws')}/ws/console/"
        headers = {"Cookie": f"sessionid={key}", "Origin": self.place.base_url}
        async with connect(address, additional_headers=headers, open_timeout=120) as line:
            await self._loop.run_in_executor(self._fetchers, self._refresh, key)
            self._opened += 1
            refreshed = self._loop.time() + REFRESHED_EVERY * (self._opened % 100) / 100
            while True:
                try:
                    async with asyncio.timeout_at(refreshed):
                        frame = json.loads(await line.recv())
                except TimeoutError:
                    refreshed += REFRESHED_EVERY
                    self._loop.run_in_executor(self._fetchers, self._refresh, key)
                    continue
                if not frame.get("change"):
                    continue
                self._heard_at = time.monotonic()
                if frame["type"] != "escalation.renewed":
                    self._shown.pop(key, None)
                    self._loop.run_in_executor(self._fetchers, self._refresh, key)
                    continue
                # When the act began, by the clock of this same machine.
                began = datetime.fromisoformat(frame["at"]).timestamp()
                self.to_frame.append(time.time() - began)
                self._loop.run_in_executor(self._fetchers, self._show, key, frame["ref"], began)

    def _show(self, key: str, ref: str, began: float) -> None:
        rows = self._fetch(key, f"?rows={ref}")
        self.to_screen.append(time.time() - began)
        if rows and key in self._shown:
            self._shown[key] = (_told(rows, "version"), self._shown[key][1])

    def _refresh(self, key: str) -> None:
        """As the page does: it tells what it shows, and gets a list where that no longer stands."""
        version, mark = self._shown.get(key, ("", ""))
        if page := self._fetch(key, f"?have={version}.{mark}" if mark else ""):
            self._shown[key] = (_told(page, "version"), _told(page, "mark"))

    def _fetch(self, key: str, query: str) -> str:
        try:
            return self._ask(key, query)
        except Exception as error:
            self.failed.append(error)
            return ""

    def _ask(self, key: str, query: str) -> str:
        if not hasattr(self._http, "session"):
            self._http.session = requests.Session()
        address = f"{self.place.base_url}/console/worklist/{query}"
        answer = self._http.session.get(address, headers={"Cookie": f"sessionid={key}"}, timeout=60)
        assert answer.status_code in {200, 204}, f"{answer.status_code}: {answer.text[:300]}"
        return answer.text


def _told(page: str, name: str) -> str:
    """What the list, or some rows of it, say of themselves."""
    found = re.search(f'data-{name}="([^"]*)"', page)
    return found[1] if found else ""


def _web_seconds(place: Place) -> float:
    return sum(session_seconds(place.children["web"].pid).values())


def _p95(values: Iterable[float]) -> float:
    inside = sorted(values)
    return inside[int(len(inside) * 0.95)]


def _spread(seconds: Iterable[float]) -> dict[str, float]:
    inside = sorted(seconds)
    return {"p50": round(1000 * statistics.median(inside), 1), "p95": round(1000 * _p95(inside), 1)}
