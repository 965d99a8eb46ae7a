"""Nothing serves the demo that was not asked to, and production does not start half."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from clinic.services import demo
from config import starting
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
OURS = (
    "DJANGO_SETTINGS_MODULE",
    "KINWATCH_DEMO",
    "SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "PUBLIC_BASE_URL",
)


def start(*arguments, **environment):
    """A process of this project without the tests' own settings."""
    bare = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**bare, **environment},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["-m", "uvicorn", "config.asgi:application", "--port", "0"], id="web"),
        pytest.param(["-m", "celery", "-A", "config", "worker"], id="worker"),
        pytest.param(["-m", "celery", "-A", "config", "beat"], id="beat"),
    ],
)
def test_what_serves_means_production_and_refuses_with_one_line(arguments):
    done = start(*arguments)

    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "Configuration: SECRET_KEY is not set. Make one: python -c 'import secrets; "
        "print(secrets.token_urlsafe(50))'"
    ]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param(
            {"DATABASE_URL": "postgres://app@db.example/app?sslmode=prefer"},
            "DATABASE_URL has sslmode=prefer, which may send in the clear. "
            "Use require, or better verify-full.",
            id="database",
        ),
        pytest.param(
            {"REDIS_URL": "redis://redis.example/0"},
            "REDIS_URL would send in the clear. Use rediss://, or a server on this machine.",
            id="redis",
        ),
    ],
)
def test_production_sends_nothing_in_the_clear(changes, line):
    sound = {
        "SECRET_KEY": "only-for-checks-Zq8vN3xT7pLw2RkYd5HsJf9GmBc4Ua6EoXi1",
        "ALLOWED_HOSTS": "clinic.example",
        "PUBLIC_BASE_URL": "https://clinic.example",
        "DATABASE_URL": "postgres://app@db.example/app",
        "REDIS_URL": "rediss://redis.example/0",
    }

    done = start("-m", "celery", "-A", "config", "beat", **{**sound, **changes})

    assert (done.returncode, done.stderr.strip()) == (1, f"Configuration: {line}")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["-m", "uvicorn", "config.asgi:application", "--port", "0"], id="web"),
        pytest.param(["-m", "celery", "-A", "config", "worker"], id="worker"),
    ],
)
def test_demo_settings_alone_serve_no_demo(arguments, tmp_path):
    done = start(*arguments, DJANGO_SETTINGS_MODULE="config.settings.dev", KINWATCH_VAR=str(tmp_path))

    assert done.returncode == 1
    assert "Configuration: This would serve the demo" in done.stderr.strip().splitlines()[-1]


def test_whatever_serves_pages_refuses_an_unmeant_demo(monkeypatch, client):
    monkeypatch.delenv(starting.DEMO_IS_MEANT)

    with pytest.raises(ImproperlyConfigured, match="would serve the demo"):
        client.get("/learn/")


@pytest.mark.parametrize(("meant", "chosen"), [(None, starting.PRODUCTION), ("1", starting.EMBEDDED)])
def test_settings_of_what_serves(monkeypatch, meant, chosen):
    monkeypatch.delenv(starting.SETTINGS)
    monkeypatch.delenv(starting.DEMO_IS_MEANT)
    if meant:
        monkeypatch.setenv(starting.DEMO_IS_MEANT, meant)

    starting.choose_settings()

    assert os.environ[starting.SETTINGS] == chosen


@pytest.mark.parametrize(
    "url", ["", "http://192.168.1.7:8000", "https://127.0.0.1:8443", "https://localhost"]
)
def test_commands_without_settings_run_embedded(monkeypatch, url):
    monkeypatch.delenv(starting.SETTINGS)
    monkeypatch.setenv("PUBLIC_BASE_URL", url)

    starting.choose_settings_of_commands()

    assert os.environ[starting.SETTINGS] == starting.EMBEDDED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWILIO_ACCOUNT_SID", "AC1"),
        ("TWILIO_AUTH_TOKEN", "token"),
        ("PUBLIC_BASE_URL", "https://watch.clinic.example"),
    ],
)
def test_commands_without_settings_refuse_beside_a_real_clinic(name, value):
    done = start("manage.py", "seed_demo", **{name: value})

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Configuration: {name} is set, but DJANGO_SETTINGS_MODULE is not")
    assert len(done.stderr.splitlines()) == 1


def test_demo_refuses_keys_of_a_real_account(settings):
    settings.TWILIO_AUTH_TOKEN = "token"
    with pytest.raises(CommandError, match="TWILIO_AUTH_TOKEN is set"):
        call_command("demo")

    settings.TWILIO_API_BASE = "http://127.0.0.1:4711"
    assert starting.twilio_key_in_demo() == ""


@pytest.mark.django_db
def test_demo_keeps_out_of_a_database_that_is_not_its_own(settings, tmp_path, monkeypatch):
    if connection.vendor == "sqlite":
        # The embedded file is the demo's.
        factories.ClinicFactory(slug="harbor-hospital")
        assert demo.owns_database()
        return
    settings.VAR_DIR = tmp_path
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("PORT", "0")
    assert demo.owns_database()

    factories.ClinicFactory(slug="harbor-hospital")

    assert not demo.owns_database()
    with pytest.raises(CommandError, match="not the demo's"):
        call_command("seed_demo")


@pytest.mark.django_db
def test_somebody_elses_sign_in_makes_a_database_theirs(settings):
    factories.UserFactory()

    assert demo.owns_database() is (connection.vendor == "sqlite")
