"""Whole family pages in each language: no text of ours stands there in English."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup, NavigableString
from django.conf import settings
from django.test import Client
from django.utils import timezone

from clinic.models import ClinicLanguage
from clinic.protocols import default_document
from clinic.services.escalations import scoring
from config.catalogues import catalogue
from tests import cases, factories
from tests.caregiver import journeys

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
# Where another script is written, two small Latin words in a row are English; names begin with a capital.
OTHER_SCRIPTS = {"ar", "zh-hans"}
ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")
UNSEEN = {"script", "style", "head"}
PAGES = ("temperature", "numbers", "thinking", "breathing", "body", "review")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@cache
def english_of(language: str) -> frozenset[str]:
    """Texts that read otherwise in this language."""
    return frozenset(
        squeezed(one)
        for message in catalogue(language)
        for one in (message.id if isinstance(message.id, tuple) else (message.id,))
        if message.id and message.string and one not in message.string
    ) | frozenset(questions())


def questions() -> Iterator[str]:
    """Every English sentence of the checklist and its advice."""

    def texts(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("en"), str) and part["en"] != part.get("es"):
                yield squeezed(part["en"])
            for inner in part.values():
                yield from texts(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from texts(inner)

    yield from texts(default_document("car-t"))


def seen(html: bytes, language: str) -> Iterator[str]:
    """What is read or read aloud, without what is marked as another language's."""
    soup = BeautifulSoup(html, "html.parser")
    assert soup.html is not None and soup.html["lang"] == language
    for marked in soup.body.select("[lang]"):
        if marked["lang"] != language:
            marked.decompose()
    for node in soup.body.find_all(string=True):
        if type(node) is NavigableString and not {parent.name for parent in node.parents} & UNSEEN:
            yield squeezed(node)
    for name in ("aria-label", "title", "placeholder", "alt"):
        yield from (squeezed(one[name]) for one in soup.body.select(f"[{name}]"))


@pytest.fixture
def addresses(device: Client, patient: Any, caregiver: Any, check_in_url: str) -> list[str]:
    """One of every page, with something on it."""
    reports = []
    for answers in (cases.NAUSEA, cases.FEVER, cases.FEVER_AND_CONFUSION, {"red_flags": ["seizure"]}):
        report = factories.ReportFactory(
            patient=patient, author=caregiver, answers={**answers, "antipyretic_6h": True}
        )
        scoring.score(report_id=report.pk, now=timezone.now())
        reports.append(report.pk)
    journeys.start(device, check_in_url)
    return [
        *("/", "/history/", "/card/", "/settings/", "/terms/", "/offline/", "/learn/", "/offline/learn/"),
        *(f"/reports/{pk}/" for pk in reports),
        check_in_url,
        *(f"{check_in_url}{page}/" for page in PAGES),
        f"/thinking-check/{patient.pk}/",
        f"/writing/{patient.pk}/",
        f"/worried/{patient.pk}/{uuid4()}/",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_family_pages_speak_one_language(
    device: Client, caregiver: Any, clinic: Any, addresses: list[str], language: str
) -> None:
    ClinicLanguage.objects.get_or_create(clinic=clinic, language=language)
    caregiver.language = language
    caregiver.save()
    visitor = Client()
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    left = {
        (address, text)
        for client, paths in ((device, addresses), (visitor, ["/sign-in/", "/join/none/"]))
        for address in paths
        for text in seen(client.get(address, follow=True).content, language)
        if text in english_of(language) or (language in OTHER_SCRIPTS and ENGLISH.search(text))
    }

    assert left == set()
