"""The check-in that a phone keeps says what the served one says, where both do the same thing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from caregiver.services.phone import packs
from clinic.models import ClinicLanguage
from tests.caregiver import journeys

PAGES = ("temperature", "numbers", "thinking", "breathing", "body")
# A button by what it sends.
BUTTONS = ("alarm", "go", "none", "none_send", "skip", "confirm", "unit:F", "unit:C")
_AFTER = r'value="{}"[^>]*>[^<]*</button>\s*<{} class="small[^"]*">(.*?)</'
# Words that stand beside a button or in a place of their own, by what is around them in both.
PLACES = {
    "what none answers": _AFTER.format("none", "p"),
    "what sending at once answers": _AFTER.format("none_send", "p"),
    "beside a question": _AFTER.format("confirm", "span"),
    "step": r'<span class="small soft">\s*(\w[^<]*?)\s*</span>',
    "when": r'<legend class="label">([^<]*)</legend>(?:(?!<legend).)*?name="seen_when"',
    "just now": r'<label for="seen-now">(.*?)</label>',
    "before sending": r'<h1>([^<]*)</h1>\s*<form class="form"(?: id="send"|[^>]*><div data-place="when">)',
    "what to do": r'<h2 id="do">(.*?)</h2>',
    "the report": r'<h[12] id="where">(.*?)</h[12]>',
    "aloud": r'data-module="read-aloud"[^>]*>.*?<span>(.*?)</span>',
    "go on after the call": r'(?:data-place="calls"></div>|</a>)\s*<p>([^<]*)</p>\s*</section>',
}


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def said(html: str, pattern: str) -> set[str]:
    """What stands at such places, whatever numbers and moments are filled in."""
    found = [words(next(filter(None, one.groups()))) for one in re.finditer(pattern, html, re.DOTALL)]
    return {re.sub(r"\d+|\{\w+\}", "#", one) for one in found}


@pytest.fixture
def served(device: Client, check_in_url: str, clock: Any) -> list[str]:
    """Every page of a check-in with its questions, its result, and those that ask back."""
    shown = [device.get(check_in_url).content.decode()]

    def keep(answer: Any) -> None:
        shown.append(answer.content.decode())

    report_id = journeys.start(device, check_in_url)
    for typed, unit in (("38.0", "F"), ("101", "C"), ("94", "F"), ("six", "F"), ("98.2", "F")):
        reading = {"temp_value": typed, "temp_unit": unit}
        keep(device.post(f"{check_in_url}temperature/", {"report_id": report_id, **reading}, follow=True))
    for key in PAGES:
        keep(device.get(f"{check_in_url}{key}/"))
        reading = {"temp_value": "98.2", "temp_unit": "F"} if key == "temperature" else {}
        journeys.post_page(device, check_in_url, key, report_id, action="none", **reading)
    clock.shift(3 * 3600)
    keep(device.get(f"{check_in_url}review/"))
    keep(device.post(f"{check_in_url}review/", {"report_id": report_id, "seen_when": "now"}, follow=True))
    report_id = journeys.hidden_report_id(device, check_in_url)
    alarm = {"report_id": report_id, "action": "alarm", "red_flags": "seizure"}
    keep(device.post(check_in_url, alarm, follow=True))
    return shown


@pytest.mark.parametrize("language", ["en", "es", "vi"])
def test_stored_check_in_says_what_the_served_one_says(
    device: Client, clinic: Any, check_in_url: str, request: pytest.FixtureRequest, language: str
) -> None:
    ClinicLanguage.objects.get_or_create(clinic=clinic, language=language)
    device.post("/language/", {"language": language})
    served = request.getfixturevalue("served")

    stored = device.get("/offline/").content.decode()
    places = {one: rf'<button[^>]*\svalue="{one}"[^>]*>(.*?)</button>' for one in BUTTONS} | PLACES

    told = {name: said(" ".join(served), at) for name, at in places.items()}
    kept = {name: said(stored, at) for name, at in places.items()}

    assert [name for name in places if not told[name] or not kept[name]] == []
    assert {name: told[name] - kept[name] for name in places if told[name] - kept[name]} == {}


def test_stored_questions_are_those_of_the_served_pages(
    device: Client, caregiver: Any, served: list[str], now: Any
) -> None:
    pack = packs.pack(by=caregiver, now=now)
    [checklist] = pack["checklists"].values()
    text = words(" ".join(served)).replace("&#x27;", "'").replace("&quot;", '"')

    strings = [
        one
        for question in checklist["questions"].values()
        if not question["follows"]
        for one in (question["text"], question["hint"], *(option["text"] for option in question["options"]))
        if one
    ] + [page["title"] for page in checklist["pages"]]

    assert len(strings) > 100
    assert [one for one in strings if one not in text] == []
