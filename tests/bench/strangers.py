"""`make strangers`: 1,000 requests for codes of one number, and 1,000 wrong passwords, from 200 addresses.

Against a web process with production settings behind the sample nginx, on PostgreSQL and Redis (DATABASE_URL
and REDIS_URL, whose number is emptied). Nothing leaves: every way out is a closed port. Prints what strangers
were answered, how long the family's and the nurse's own browser took meanwhile, how many texts were queued,
and which alarms stand. Ends with 1 where one of the two was kept out, or more than five texts went.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import requests  # noqa: E402

from config.row_security import APP  # noqa: E402
from tests.databases import administer, copy_database, kept_database  # noqa: E402
from tests.faults.test_proxy import client, make_certificate, start_proxy  # noqa: E402
from tests.processes import Place, free_port, on_services, redis, until  # noqa: E402
from tests.visitor import code_of_app  # noqa: E402

REQUESTS = int(os.environ.get("STRANGERS") or 1000)
ADDRESSES = 200
AT_ONCE = 16
PHONE, EMAIL, PASSWORD = "+16175550131", "nora@river.example", "a-long-Password-of-staff-9"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OWN = "127.0.9.1"
SEEDING = f"""
from allauth.mfa.totp.internal.auth import TOTP
from tests import factories
clinic = factories.ClinicFactory(slug="river", name="River Cancer Center")
caregiver = factories.CaregiverFactory(phone="{PHONE}")
factories.CareTeamMemberFactory(patient__clinic=clinic, user=caregiver)
nurse = factories.StaffFactory(clinic=clinic, role="nurse", user__email="{EMAIL}").user
nurse.set_password("{PASSWORD}")
nurse.save()
TOTP.activate(nurse, "{SECRET}")
"""


def main() -> int:
    if not on_services():
        sys.exit("make strangers needs DATABASE_URL and REDIS_URL.")
    database = f"kinwatch_strangers_{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        copy_database(kept_database(), database)
        place = make_place(Path(folder), database)
        try:
            return measure(place)
        finally:
            place.stop_all()
            administer(f'DROP DATABASE "{database}" WITH (FORCE)')


def make_place(folder: Path, database: str) -> Place:
    port = free_port()
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}", query=f"assume_role={APP}")
    closed = "http://127.0.0.1:9"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "DATABASE_URL": url.geturl(),
        "SECRET_KEY": uuid.uuid4().hex * 2,
        "ALLOWED_HOSTS": "127.0.0.1",
        "PUBLIC_BASE_URL": f"https://127.0.0.1:{port}",
        "TRUSTED_PROXIES": "127.0.0.1",
        "METRICS_TOKEN": uuid.uuid4().hex,
        "KINWATCH_VAR": str(folder),
        "LOG_LEVEL": "ERROR",
        **{f"TWILIO_MESSAGING_SERVICE_{name}": "MG0" for name in ("CODES", "REMINDERS", "PAGING")},
        "TWILIO_ACCOUNT_SID": "AC0",
        "TWILIO_AUTH_TOKEN": "none",
        "TWILIO_VOICE_FROM": "+12025550100",
        **dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), closed),
        **dict.fromkeys(("NO_PROXY", "no_proxy", "KINWATCH_DEMO"), ""),
    }
    redis(environment["REDIS_URL"]).flushdb()
    place = Place(folder, environment, free_port(), seed={"base_url": environment["PUBLIC_BASE_URL"]})
    manage(place, "collectstatic", "--no-input", "--verbosity", "0")
    manage(place, "shell", "--no-imports", "-c", SEEDING)
    return place


def manage(place: Place, *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=place.environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]


def measure(place: Place) -> int:
    base = place.seed["base_url"]
    place.start_web()
    certificate = make_certificate(place.folder)
    start_proxy(place, int(base.rpartition(":")[2]), {})
    until(lambda: client(OWN, certificate).get(f"{base}/health/live").ok, "the proxy")

    def own() -> requests.Session:
        return client(OWN, certificate)

    def family() -> str:
        return sign_in_by_code(own(), base, place)

    def nurse() -> str:
        return sign_in_by_password(own(), base)

    found = [
        attack(
            "codes", family, lambda source: ask(client(source, certificate), f"{base}/sign-in/", phone=PHONE)
        ),
        attack(
            "passwords",
            nurse,
            lambda source: ask(
                client(source, certificate), f"{base}/accounts/login/", login=EMAIL, password="wrong"
            ),
        ),
    ]
    texts = place.count(f"notifications_message WHERE \"to\" = '{PHONE}' AND purpose = 'code'")
    alarms = sorted(row[0] for row in place.rows("SELECT kind FROM clinic_systemalarm"))
    print(json.dumps({"texts to the number in this hour": texts, "alarms": alarms}))
    is_well = all(found) and texts <= 5 and {"codes_asked", "passwords_tried"} <= set(alarms)
    return 0 if is_well else 1


def attack(what: str, own: Callable[[], str], strange: Callable[[str], int]) -> bool:
    """Whether the person's own browser got in, both before strangers came and while they were at it."""
    before = timed(own)
    sources = [f"127.0.{8 if what == 'codes' else 7}.{number % ADDRESSES + 1}" for number in range(REQUESTS)]
    started = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        answers = [crowd.submit(strange, source) for source in sources]
        until(lambda: sum(one.done() for one in answers) >= REQUESTS // 2, "half of them", patience=3600)
        meanwhile = timed(own)
        statuses = Counter(one.result() for one in answers)
    took = time.monotonic() - started
    after = timed(own) if what == "passwords" else None
    figures = {
        "strangers asked for": what,
        "requests": REQUESTS,
        "addresses": ADDRESSES,
        "answers": dict(statuses),
        "seconds in all": round(took, 1),
        "own browser before": before,
        "own browser meanwhile": meanwhile,
        "own browser after": after,
    }
    print(json.dumps(figures), flush=True)
    return all(one is None or one[0] == "in" for one in (before, meanwhile, after))


def timed(act: Callable[[], str]) -> tuple[str, float]:
    started = time.monotonic()
    return act(), round(time.monotonic() - started, 2)


def ask(browser: requests.Session, address: str, **form: str) -> int:
    """What one form that was sent is answered; the page before it is fetched where nothing is kept yet."""
    headers = {"Referer": address}
    if "__Host-csrf" not in browser.cookies:
        browser.get(address, timeout=300)
    form["csrfmiddlewaretoken"] = browser.cookies.get("__Host-csrf", "")
    return browser.post(address, form, headers=headers, timeout=300, allow_redirects=False).status_code


def sign_in_by_code(browser: requests.Session, base: str, place: Place) -> str:
    """ "in", or where it ended. The code is read where the provider would get it."""
    asked = ask(browser, f"{base}/sign-in/", phone=PHONE)
    if asked != 302:
        return f"asked: {asked}"
    newest = (
        f"SELECT body FROM notifications_message WHERE \"to\" = '{PHONE}' ORDER BY created_at DESC LIMIT 1"
    )
    body = place.rows(newest)[0][0]
    code = next(word for word in body.replace(".", " ").split() if word.isdigit() and len(word) == 6)
    typed = ask(browser, f"{base}/sign-in/code/", code=code)
    page = browser.get(f"{base}/settings/", timeout=300, allow_redirects=False).status_code
    ask(browser, f"{base}/sign-out/")
    return "in" if (typed, page) == (302, 200) else f"typed: {typed}, page: {page}"


def sign_in_by_password(browser: requests.Session, base: str) -> str:
    """ "in", or where it ended. A code of the app counts once, so the next one is waited for."""
    used = _used_counters
    until(lambda: int(time.time()) // 30 not in used, "the next code of the app")
    answered = ask(browser, f"{base}/accounts/login/", login=EMAIL, password=PASSWORD)
    counter = int(time.time()) // 30
    used.add(counter)
    factor = ask(browser, f"{base}/accounts/2fa/authenticate/", code=code_of_app(SECRET, counter))
    page = browser.get(f"{base}/accounts/", timeout=300, allow_redirects=False).status_code
    ask(browser, f"{base}/accounts/logout/")
    ended = (answered, factor, page)
    return "in" if ended == (302, 302, 200) else f"password, factor, page: {ended}"


_used_counters: set[int] = set()

if __name__ == "__main__":
    sys.exit(main())
