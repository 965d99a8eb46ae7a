"""What a phone loads: each page fits the first round trip of a connection, the whole first visit 62 kB."""

import re
from functools import cache
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from caregiver.views.phone.shell import SHELL_FILES
from clinic.models import ClinicLanguage
from tests import factories
from tests.caregiver import journeys

# Ten segments of 1460 bytes: what a server may send before it hears back.
FIRST_ROUND_TRIP = 14_600
# What is advised by the way to the clinic, and what a clinic adds for whom, took the last of 61.5 kB; reports
# that are kept until no back-up lacks them, of 62.5; what a phone says of an emergency that it could not
# send, 1.3 more; units in the words of five languages, and a draft that two tabs send, 0.2. Ids and secrets,
# other ones each time, make 150 bytes more or less of it: the program's own share is below 65,700.
FIRST_VISIT = 65_800
_LINKED = re.compile(r'<(?:link rel="stylesheet" href|script type="module" src)="/static/([^"]+)"')
_IMPORTED = re.compile(r"^import [^;]*?from '(\.[^']+)';", re.MULTILINE)


def served(client: Client, path: str) -> bytes:
    """The answer as it goes over the wire: pages leave compressed by the program itself."""
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200, path
    return bytes(answer.content)


def kept(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str), name
    with open(found, encoding="utf-8") as file:
        return file.read()


@cache
def compressed(name: str) -> int:
    """Styles and scripts are served from Brotli copies made beforehand."""
    return len(brotli.compress(kept(name).encode()))


def critical(page: str) -> set[str]:
    """Styles and scripts that the page links, and the scripts that those name at their top."""
    linked = set(_LINKED.findall(page))
    assert len(linked) >= 5
    return linked | {name for script in linked if script.endswith(".js") for name in imported_by(script)}


@cache
def imported_by(script: str) -> set[str]:
    folder = script.rsplit("/", 1)[0]
    direct = {_joined(folder, name) for name in _IMPORTED.findall(kept(script))}
    return direct | {name for one in direct for name in imported_by(one)}


def _joined(folder: str, name: str) -> str:
    parts = folder.split("/")
    for step in name.split("/"):
        parts = parts[:-1] if step == ".." else parts if step == "." else [*parts, step]
    return "/".join(parts)


@pytest.fixture
def paths(device: Client, check_in_url: str, patient: Any, caregiver: Any) -> dict[str, str]:
    report = factories.ReportFactory(patient=patient, author=caregiver, answers={"red_flags": ["seizure"]})
    journeys.start(device, check_in_url)
    pages = ("temperature", "numbers", "thinking", "breathing", "body", "review")
    return {
        "home": "/",
        "start": check_in_url,
        "result": f"/reports/{report.pk}/",
        "history": "/history/",
        **{key: f"{check_in_url}{key}/" for key in pages},
    }


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "start",
        "temperature",
        "numbers",
        "thinking",
        "breathing",
        "body",
        "review",
        "result",
        "history",
    ],
)
@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_page_with_all_it_links_fits_the_first_round_trip(
    device: Client, paths: dict[str, str], clinic: Any, name: str, language: str
) -> None:
    ClinicLanguage.objects.get_or_create(clinic=clinic, language=language)
    device.post("/language/", {"language": language})

    page = device.get(paths[name]).content.decode()
    assert f'<html lang="{language}"' in page
    weight = len(served(device, paths[name])) + sum(map(compressed, critical(page)))

    assert weight <= FIRST_ROUND_TRIP


def test_first_visit_with_all_that_the_phone_keeps_fits_a_slow_line(
    device: Client, paths: dict[str, str]
) -> None:
    """Home, what stands in without a signal, its scripts, and what the phone takes along."""
    addresses = ("/", "/offline/", "/sw.js", "/app.webmanifest", "/sync/pack/")
    files = {*SHELL_FILES, *critical(device.get("/").content.decode()), "ui/icon.svg"}

    weight = sum(len(served(device, path)) for path in addresses) + sum(map(compressed, files))

    assert weight <= FIRST_VISIT


def test_script_that_is_named_by_a_script_is_weighed() -> None:
    assert "caregiver/offline/store.js" in imported_by("caregiver/offline/shell.js")


def test_no_page_asks_another_site_for_anything(device: Client, paths: dict[str, str]) -> None:
    for path in paths.values():
        page = device.get(path).content.decode()
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', page) == []
        assert re.findall(r"<script(?![^>]*src=)|style=|\son[a-z]+=", page) == []
