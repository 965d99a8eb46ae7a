"""First load on a phone: page, styles and scripts together fit the first round trip of a connection."""

import re
from typing import Any

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests import factories
from tests.caregiver import journeys

# Ten segments of 1460 bytes: what a server may send before it hears back.
FIRST_ROUND_TRIP = 14_600


def weight(page: str) -> int:
    """Bytes of the page and all styles and scripts that it links, each compressed as it is served."""
    linked = re.findall(r'<(?:link rel="stylesheet" href|script type="module" src)="/static/([^"]+)"', page)
    assert len(linked) >= 5
    files = [page.encode()]
    for path in linked:
        found = finders.find(path)
        assert isinstance(found, str), path
        with open(found, "rb") as file:
            files.append(file.read())
    return sum(len(brotli.compress(content)) for content in files)


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
@pytest.mark.parametrize("language", ["en", "es"])
def test_page_with_all_it_links_fits_the_first_round_trip(
    device: Client, paths: dict[str, str], caregiver: Any, name: str, language: str
) -> None:
    device.post("/language/", {"language": language})

    answer = device.get(paths[name])

    assert answer.status_code == 200
    assert weight(answer.content.decode()) <= FIRST_ROUND_TRIP


def test_no_page_asks_another_site_for_anything(device: Client, paths: dict[str, str]) -> None:
    for path in paths.values():
        page = device.get(path).content.decode()
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', page) == []
        assert re.findall(r"<script(?![^>]*src=)|style=|\son[a-z]+=", page) == []
