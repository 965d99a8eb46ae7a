"""The command as an operator runs it; --twilio asks the fake account with the real SDK."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from clinic.services.accounts import clinic_terms, holidays
from config import env
from tests import factories
from tests.notifications.conftest import twilio, webhook_settings
from tests.processes import ROOT

__all__ = ["twilio", "webhook_settings"]


def run(*arguments: str) -> tuple[int, list[str]]:
    """Exit code and lines."""
    out = StringIO()
    try:
        call_command("check_setup", *arguments, stdout=out)
    except SystemExit as stopped:
        return int(str(stopped.code)), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


@pytest.fixture
def ready(twilio, settings, clinic):
    """Everything is there, the account too."""
    settings.DEMO = False
    settings.STAFF_CHECKS = True
    settings.EMAIL_SERVER = env.email_server("smtp+tls://mail.example")
    settings.HEARTBEAT_URL = "https://monitor.example/ping"
    settings.VAPID_PRIVATE_KEY = "key"
    settings.AUDIT_CHECKPOINT = "https://keeper.example/checkpoints"
    settings.PROXIES_ARE_KNOWN = True
    settings.SECURITY_CONTACT = ["mailto:security@clinic.example"]
    twilio.numbers = {settings.TWILIO_VOICE_FROM: {"voice": True, "sms": True}}
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user
    now = timezone.now()
    holidays.add(
        clinic_id=clinic.pk,
        first=now.date() + timedelta(days=30),
        last=None,
        name="A holiday",
        by=administrator,
        now=now,
    )
    words = {"terms": "What we agree on.", "privacy": "What we keep of you."}
    clinic_terms.publish(
        clinic_id=clinic.pk,
        texts=dict.fromkeys(("en", "es"), words),
        asks_again=False,
        seen=0,
        by=administrator,
        now=now,
    )
    factories.OnCallFactory(staff=factories.CoveringStaffFactory(clinic=clinic), position=0)
    return twilio


def test_ready(ready):
    assert run() == (0, ["Ready: nothing is missing that alarms need, 0 advised."])
    assert run("--twilio") == run()
    assert run("--json", "--twilio") == (0, [])


def test_advice_alone_is_no_failure(ready, settings):
    settings.VAPID_PRIVATE_KEY = ""

    code, lines = run()

    assert code == 0
    assert lines[0].startswith("advised  Staff cannot be notified")


def test_what_alarms_need_fails_and_says_what_to_do(ready, settings):
    settings.EMAIL_SERVER, settings.TWILIO_VOICE_FROM = None, ""

    code, lines = run()
    json_code, objects = run("--json")

    assert code == json_code == 1
    assert "MISSING  There is no number to call from: nobody is called. Set TWILIO_VOICE_FROM." in lines
    assert lines[-1] == "Not ready: 2 missing that alarms need, 0 advised."
    assert [json.loads(line)["code"] for line in objects] == ["no_voice_number", "no_second_way"]


def test_account_that_refuses_or_lacks_something(ready, settings):
    def missing():
        return [json.loads(line)["code"] for line in run("--json", "--twilio")[1]]

    ready.account_status = "suspended"
    ready.numbers = {settings.TWILIO_VOICE_FROM: {"voice": False}}
    settings.TWILIO_MESSAGING_SERVICES = {**settings.TWILIO_MESSAGING_SERVICES, "paging": "MG" + "9" * 32}
    assert missing() == ["account_inactive", "service_unknown_paging", "voice_number_unknown"]

    settings.TWILIO_AUTH_TOKEN = "another"
    code, lines = run("--twilio")
    assert code == 1
    assert "MISSING  The account does not answer: 20003. Check the SID and token." in lines
    assert "another" not in "".join(lines)

    settings.TWILIO_API_BASE = "http://127.0.0.1:9"
    assert missing() == ["account_unknown"]


def test_database_without_tables_is_named_too(tmp_path):
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "KINWATCH_VAR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check_setup", "--json"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1, done.stderr
    assert [json.loads(line)["code"] for line in done.stdout.splitlines()][-1] == "no_database"


def test_without_an_account_there_is_nobody_to_ask(ready, settings):
    settings.MESSAGE_PROVIDER = "console"

    assert [json.loads(line)["code"] for line in run("--json", "--twilio")[1]] == [
        "no_provider",
        "no_provider",
    ]
