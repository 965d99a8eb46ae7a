"""The installable shell: public, complete, and gone when it is switched off."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, override_settings
from django.urls import reverse

from caregiver.views.phone.shell import SHELL_FILES

STATIC = Path(__file__).resolve().parents[4] / "caregiver" / "static" / "caregiver"


@pytest.mark.django_db
def test_service_worker_stands_at_the_root_and_lists_its_shell(client: Client) -> None:
    answer = client.get("/sw.js")

    shell = json.loads(re.match(r"const SHELL = (.*);\n", answer.content.decode())[1])
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert shell["page"] == reverse("caregiver_offline")
    assert shell["files"] == [f"/static/{name}" for name in SHELL_FILES]
    assert len(shell["version"]) == 12


def test_service_worker_switched_off_removes_itself(client: Client) -> None:
    with override_settings(OFFLINE=False):
        text = client.get("/sw.js").content.decode()

    assert "unregister()" in text
    assert "SHELL" not in text


def test_shell_lists_every_script_that_it_imports() -> None:
    listed = {name.removeprefix("caregiver/") for name in SHELL_FILES if name.endswith(".js")}
    imported = {"app.js", "read_aloud.js"}
    for folder in ("offline", "triage"):
        imported |= {f"{folder}/{path.name}" for path in (STATIC / folder).glob("*.js")}

    assert listed == imported
    assert all(finders.find(name) for name in SHELL_FILES)


def test_manifest_names_an_app_with_icons_that_exist(client: Client) -> None:
    answer = client.get("/app.webmanifest")

    about = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert (about["start_url"], about["scope"], about["display"]) == ("/", "/", "standalone")
    assert {icon["sizes"] for icon in about["icons"]} >= {"192x192", "512x512"}
    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in about["icons"])


@pytest.mark.django_db
def test_shell_page_is_nobodys(device: Client, client: Client, patient: object) -> None:
    for text in (device.get("/offline/").content.decode(), client.get("/offline/").content.decode()):
        assert "csrfmiddlewaretoken" not in text
        assert "Walter" not in text
        assert "Carla" not in text
        assert "data-shell" in text
        assert 'href="tel:' in text


def test_every_template_that_a_script_asks_for_is_in_the_page(client: Client, db: None) -> None:
    page = client.get("/offline/").content.decode()
    scripts = "".join(path.read_text() for path in (STATIC / "offline").glob("*.js"))

    asked = set(re.findall(r"\bpart\('([\w-]+)'", scripts))
    assert asked
    assert {name for name in asked if f'id="t-{name}"' not in page} == set()
