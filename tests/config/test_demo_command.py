import json
import socket

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from clinic.models import ApiToken
from tests import databases


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path / "var"


@pytest.fixture
def taken_port(monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("HOST", "127.0.0.1")
        monkeypatch.setenv("PORT", str(other.getsockname()[1]))
        yield other.getsockname()[1]


def test_a_taken_port_is_named(db, taken_port: int) -> None:
    with pytest.raises(CommandError, match=rf"Port {taken_port} cannot be used .* make demo PORT="):
        call_command("demo")


def test_a_folder_that_cannot_be_written_is_named(settings, tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.VAR_DIR = tmp_path / "file" / "var"
    with pytest.raises(CommandError, match=r"Cannot write to .*file/var"):
        call_command("demo")


def test_a_service_that_is_not_there_is_named_without_its_password(monkeypatch) -> None:
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://:secret@127.0.0.1:1/0")
    with pytest.raises(CommandError, match=r"CELERY_BROKER_URL: nothing answers at 127.0.0.1:1\.$"):
        call_command("demo")


def test_data_of_another_version_is_refused_in_one_line(db, monkeypatch) -> None:
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.setenv("PORT", "0")
    with databases.as_owner():
        MigrationRecorder(connection).record_applied("clinic", "0003_of_another_version")
    way_out = (
        "make reset-demo" if connection.vendor == "sqlite" else "empty the database that DATABASE_URL names"
    )
    with pytest.raises(CommandError, match=rf"^The demo's data is from another version\. .*: {way_out}$"):
        call_command("demo")


def test_production_refuses(db, settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="does not run on production settings"):
        call_command("demo")
    with pytest.raises(CommandError, match="not a demo's"):
        call_command("seed_demo")


def test_seed_demo_prints_one_json_object_and_for_people_too(db, capsys) -> None:
    # tests/clinic/services/demo/test_history.py is about the four weeks.
    call_command("seed_demo", "--json", "--brief")
    listing = json.loads(capsys.readouterr().out)
    assert ApiToken.objects.count() == len(listing["staff"]) + len(listing["caregivers"])

    call_command("seed_demo")
    told = capsys.readouterr().out
    assert "email=nurse@harbor.example  password=kin-watch-demo" in told
