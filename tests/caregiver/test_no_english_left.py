"""Whole family pages in each language: no text of ours stands there in English."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from clinic.models import ClinicLanguage
from clinic.services.escalations import scoring
from tests import cases, factories
from tests.caregiver import journeys
from tests.one_language import english_of, seen

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
# Where another script is written, two small Latin words in a row are English; names begin with a capital.
OTHER_SCRIPTS = {"ar", "zh-hans"}
ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")
PAGES = ("temperature", "numbers", "thinking", "breathing", "body", "review")


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
