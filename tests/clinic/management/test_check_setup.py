"""The command as an operator runs it; --twilio asks the fake account with the real SDK."""

import inspect
import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from caregiver.models import GuidancePage
from caregiver.services.guidance import defaults, readiness
from clinic.models import Clinic, OnCall, Staff, User
from clinic.queries.watch import setup
from clinic.rules.accounts.directory import GroupRole
from clinic.services.accounts import clinic_terms, holidays
from config import env
from tests import factories
from tests.fakes import twilio as fakes
from tests.notifications.conftest import twilio, webhook_settings
from tests.processes import ROOT

__all__ = ["twilio", "webhook_settings"]

RIVER_NURSES = (GroupRole("river", "nurse", "Kinwatch Nurses"),)


def run(*arguments: str) -> tuple[int, list[str]]:
    """Exit code and lines."""
    out = StringIO()
    try:
        call_command("check_setup", *arguments, stdout=out)
    except SystemExit as stopped:
        return int(str(stopped.code)), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


@pytest.fixture(scope="module")
def guidance(for_the_whole_file):
    with for_the_whole_file():
        defaults.load(now=timezone.now())


@pytest.fixture
def without_clinics(db, guidance, twilio, settings):
    """All settings are there, and what is in the account."""
    settings.DEMO = False
    settings.STAFF_CHECKS = True
    settings.EMAIL_SERVER = env.email_server("smtp+tls://mail.example")
    settings.HEARTBEAT_URL = "https://monitor.example/ping"
    settings.VAPID_PRIVATE_KEY = "key"
    settings.AUDIT_CHECKPOINT = "https://keeper.example/checkpoints"
    settings.PROXIES_ARE_KNOWN = True
    settings.SECURITY_CONTACT = ["mailto:security@clinic.example"]
    twilio.numbers = {settings.TWILIO_VOICE_FROM: {"voice": True, "sms": True}}
    return twilio


@pytest.fixture
def ready(without_clinics, clinic):
    """Everything is there, the people too."""
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
    clinic.keypad_phone = "+12025550188"
    clinic.save(update_fields=["keypad_phone"])
    put_on_call(clinic)
    return without_clinics


def put_on_call(clinic):
    """Somebody whose number is proven as of today: the command looks at the clock."""
    proven = dict.fromkeys(("phone_verified_at", "phone_tested_at"), timezone.now())
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic, **proven), position=0)


def codes(*arguments: str) -> list[str]:
    return [json.loads(line)["code"] for line in run("--json", *arguments)[1]]


def test_ready(ready):
    assert run() == (0, ["Ready: nothing is missing that alarms need, 0 advised."])
    assert run("--json") == (0, [])


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


def without_catalogues(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]


def with_an_hour_between_clocks(settings, tmp_path):
    behind = timezone.now() - timedelta(hours=1)
    settings.patch(setup, "clock_of_database", lambda: behind)


def without_anybody_on_call(*_):
    OnCall.objects.all().delete()


def with_a_number_that_nobody_has_proven(*_):
    Staff.objects.filter(pk__in=OnCall.objects.values("staff")).update(phone_verified_at=None)


def without_the_address_of_who_is_on_call(*_):
    User.objects.filter(staff_roles__in=OnCall.objects.values("staff")).update(
        email=None, phone="+16175550199"
    )


def without_an_administrator(*_):
    User.objects.filter(staff_roles__role="administrator").update(is_active=False)


def with_a_clinic_that_has_no_protocol(*_):
    clinic = factories.ClinicFactory(slug="lake", protocol=False)
    factories.StaffFactory(clinic=clinic, role="administrator")
    put_on_call(clinic)


def with_a_directory_that_no_administrator_can_do_without(settings, *_):
    settings.OIDC_ISSUER, settings.OIDC_GROUPS = "https://directory.example", RIVER_NURSES
    for user in User.objects.filter(staff_roles__role="administrator"):
        user.set_unusable_password()
        user.save()


def without_guidance(*_):
    for page in GuidancePage.objects.all():
        page.unpublish()


# What an alarm needs, how it is broken, and a word of the remedy.
BROKEN = [
    ("demo", {"DEMO": True}, "DJANGO_SETTINGS_MODULE"),
    ("no_provider", {"MESSAGE_PROVIDER": "console"}, "TWILIO_ACCOUNT_SID"),
    ("no_keys", {"TWILIO_AUTH_TOKEN": ""}, "Twilio console"),
    *(
        (f"no_service_{name}", {"TWILIO_MESSAGING_SERVICES": fakes.SERVICES | {name: ""}}, name.upper())
        for name in fakes.SERVICES
    ),
    ("no_voice_number", {"TWILIO_VOICE_FROM": ""}, "TWILIO_VOICE_FROM"),
    ("no_second_way", {"EMAIL_SERVER": None}, "EMAIL_URL"),
    ("no_outside_monitor", {"HEARTBEAT_URL": ""}, "HEARTBEAT_URL"),
    ("no_https", {"PUBLIC_BASE_URL": "http://kin.example.org"}, "PUBLIC_BASE_URL"),
    ("no_catalogues", without_catalogues, "make translations"),
    ("clocks_differ", with_an_hour_between_clocks, "NTP"),
    ("no_protocol", with_a_clinic_that_has_no_protocol, "publish_protocol"),
    ("no_administrator", without_an_administrator, "/admin/"),
    ("empty_chain", without_anybody_on_call, "rota"),
    ("unverified_number", with_a_number_that_nobody_has_proven, "My shifts"),
    ("no_email", without_the_address_of_who_is_on_call, "/admin/"),
    ("no_emergency_account", with_a_directory_that_no_administrator_can_do_without, "not in the directory"),
    ("no_guidance", without_guidance, "load_guidance"),
]


@pytest.mark.parametrize(("code", "broken", "remedy"), BROKEN, ids=[code for code, *_ in BROKEN])
def test_each_thing_that_alarms_need_is_named_with_its_remedy(
    ready, settings, tmp_path, monkeypatch, code, broken, remedy
):
    settings.patch = monkeypatch.setattr
    if callable(broken):
        broken(settings, tmp_path)
    else:
        for name, value in broken.items():
            setattr(settings, name, value)

    exit_code, lines = run("--json")

    found = {one["code"]: one for one in map(json.loads, lines)}
    assert exit_code == 1
    assert found[code]["alarms"]
    assert remedy in found[code]["todo"]
    assert [one for one in found.values() if one["alarms"]] == [found[code]]


def test_installation_without_a_clinic_is_told_how_to_make_one(without_clinics):
    code, lines = run()

    assert (code, lines[-1]) == (1, "Not ready: 1 missing that alarms need, 0 advised.")
    assert lines[0] == "MISSING  There is no clinic. Make one: manage.py create_clinic."


def with_a_group_of_no_clinic(settings):
    settings.OIDC_ISSUER = "https://directory.example"
    settings.OIDC_GROUPS = (*RIVER_NURSES, GroupRole("gone", "nurse", "Nurses"))


def without_a_keeper_of_guidance(_):
    Clinic.objects.update(keeps_shared_guidance=False)


def without_a_phone_of_an_administrator(_):
    Staff.objects.filter(role="administrator").update(phone="")


def without_what_a_clinic_says(_):
    Clinic.objects.update(staffed_hours={}, holidays=[], keypad_phone="")


def without_terms(_):
    one_of_two = {"en": {"terms": "What we agree on."}}
    factories.ClinicTermsFactory(clinic=Clinic.objects.get(), number=2, texts=one_of_two)


def with_a_proof_that_is_too_old(_):
    long_ago = timezone.now() - timedelta(days=60)
    Staff.objects.update(phone_verified_at=long_ago, phone_tested_at=long_ago)


# What is advised, how it is taken away, and what is then named.
ADVISED = [
    (["no_push_key"], {"VAPID_PRIVATE_KEY": ""}),
    (["no_audit_checkpoint"], {"AUDIT_CHECKPOINT": ""}),
    (["no_trusted_proxies"], {"PROXIES_ARE_KNOWN": False}),
    (["no_security_contact"], {"SECURITY_CONTACT": []}),
    (["no_staff_checks"], {"STAFF_CHECKS": False}),
    (["no_directory_groups"], {"OIDC_ISSUER": "https://directory.example"}),
    (["directory_of_no_clinic"], with_a_group_of_no_clinic),
    (["no_guidance_keeper"], without_a_keeper_of_guidance),
    (["no_lead_with_phone"], without_a_phone_of_an_administrator),
    (["no_staffed_hours", "no_keypad_number", "no_holidays"], without_what_a_clinic_says),
    (["no_terms"], without_terms),
    (["rota_gap"], with_a_proof_that_is_too_old),
]


@pytest.mark.parametrize(("named", "broken"), ADVISED, ids=[named[0] for named, _ in ADVISED])
def test_each_thing_that_is_advised_is_named_and_fails_nothing(ready, settings, named, broken):
    if callable(broken):
        broken(settings)
    else:
        for name, value in broken.items():
            setattr(settings, name, value)

    exit_code, lines = run("--json")

    assert exit_code == 0
    assert [(one["code"], one["alarms"]) for one in map(json.loads, lines)] == [
        (code, False) for code in named
    ]


def test_role_that_nothing_holds_back_between_clinics_is_named(ready, as_owner):
    """SQLite has no roles: there is one clinic's demo in it."""
    assert codes() == (["no_second_wall"] if connection.vendor == "postgresql" else [])


def test_everything_that_can_be_missing_is_broken_here():
    """Of the account and the way to it, the tests below."""
    sources = [inspect.getsource(one) for one in (setup, readiness)]
    known = re.findall(r'Missing\(\s*f?"([a-z_{}]+)"', " ".join(sources))
    elsewhere = {
        "no_clinic",
        "no_second_wall",
        "guidance_leads_nowhere",
        # Of rows of the audit: tests/clinic/services/watch/test_retention_of_all.py.
        "audit_kept_too_long",
    }
    broken = {code for code, *_ in BROKEN} | {code for named, _ in ADVISED for code in named} | elsewhere

    assert {code for code in known if "{" not in code} == {code for code in broken if "service" not in code}


def test_answer_without_a_page_is_advised(ready, monkeypatch):
    monkeypatch.setattr("caregiver.services.guidance.orphans.current", lambda *, now: [("page", "fever")])

    assert run("--json")[0] == 0
    assert codes() == ["guidance_leads_nowhere"]


def test_account_that_refuses_or_lacks_something(ready, settings):
    def missing():
        return [one for one in codes("--twilio") if not one.startswith("webhooks_")]

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


def test_texts_that_go_elsewhere_are_named_for_each_service(ready):
    ready.inbound_url = "https://elsewhere.example/sms"
    assert [one for one in codes("--twilio") if "inbound" in one] == [
        "no_inbound_codes",
        "no_inbound_reminders",
        "no_inbound_paging",
    ]
    assert any("POST https://kin.example.org/hooks/twilio/inbound/" in line for line in run("--twilio")[1])

    ready.inbound_url, ready.defers_to_numbers = "https://kin.example.org/hooks/twilio/inbound/", True
    assert "no_inbound_codes" in codes("--twilio")


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
