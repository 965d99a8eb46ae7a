"""The pages that ship with the program: loaded once, renewed while untouched, never written over."""

import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command

from caregiver.models import GuidanceEdition, GuidancePage
from caregiver.queries.guidance import reading
from caregiver.rules.guidance.checks import blocking, findings
from caregiver.services.guidance import defaults, orphans, review

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LANGUAGES = len(settings.LANGUAGES)


def test_pages_are_loaded_once(pages, now):
    count = GuidanceEdition.objects.count()

    done = defaults.load(now=now)

    assert (done["loaded"], done["renewed"], GuidanceEdition.objects.count()) == (0, 0, count)
    assert count == 15 * LANGUAGES


def test_new_default_text_renews_what_nobody_touched_and_spares_what_somebody_wrote(draft, now):
    draft("medicines", summary="Ours.")
    GuidancePage.objects.filter(slug__in=["medicines", "crs"]).update(default_digest="of an older program")

    done = defaults.load(now=now)

    mine = GuidancePage.objects.get(slug="medicines", locale__language_code="en")
    assert mine.get_latest_revision_as_object().summary == "Ours."
    # Two pages in every language, but for the one that somebody wrote.
    assert done["renewed"] == 2 * LANGUAGES - 1
    assert GuidanceEdition.objects.filter(slug="crs", language="en").count() == 2


@pytest.fixture
def newer_program(tmp_path, monkeypatch):
    """`newer_program(slug)`: the next version of the program brings another English text of this page."""
    folder = Path(shutil.copytree(defaults.FOLDER, tmp_path / "guidance"))

    def bring(slug: str) -> None:
        file = folder / "en" / f"{slug}.yaml"
        file.write_text(file.read_text().replace("\nsummary: ", "\nsummary: Newer. ", 1))
        defaults.defaults.cache_clear()

    monkeypatch.setattr(defaults, "FOLDER", folder)
    yield bring
    defaults.defaults.cache_clear()


def test_translation_that_ships_with_a_new_english_text_is_not_behind_it(pages, newer_program, now):
    newer_program("crs")

    with time_machine.travel(now, tick=False):
        done = defaults.load(now=now)

    assert done["renewed"] == LANGUAGES
    shown = reading.guidance_page(slug="crs", language="es", now=now + MINUTE)
    assert shown is not None
    assert (shown.edition.number, shown.edition.source_number, shown.newer_number) == (2, 2, 0)


def test_shipped_translation_does_not_claim_to_say_what_an_educator_wrote(
    draft, newer_program, author, physician, now
):
    page = draft("crs", summary="Ours.")
    review.submit(page=page, by=author, now=now)
    page.refresh_from_db()
    with time_machine.travel(now, tick=False):
        review.approve(page=page, by=physician, sign_for_translations=True, now=now)
        newer_program("crs")
        defaults.load(now=now)

    shown = reading.guidance_page(slug="crs", language="es", now=now + MINUTE)
    assert shown is not None
    assert (shown.edition.source_number, shown.newer_number) == (1, 2)


def test_what_is_loaded_is_what_the_file_says(pages):
    for document in defaults.defaults("en"):
        edition = GuidanceEdition.objects.get(slug=document["slug"], language="en")
        assert [kind for block in edition.content["body"] for kind in block] == [
            kind for block in document["body"] for kind in block
        ]
        for key in ("title", "summary", "level", "days", "target", "questions", "related", "situations"):
            assert edition.content[key] == document[key], (document["slug"], key)


def test_every_default_page_may_go_live(pages):
    for edition in GuidanceEdition.objects.all():
        found = blocking(findings({**edition.content, "reviewed": True}, edition.language))
        assert found == [], (edition.slug, edition.language)


def test_translations_are_tied_to_the_english_page_and_say_its_version(pages):
    for page in GuidancePage.objects.exclude(locale__language_code="en"):
        english = GuidancePage.objects.get(slug=page.slug, locale__language_code="en")
        assert page.translation_key == english.translation_key
        assert page.source_number == 1


def test_every_answer_leads_to_a_page(pages, clinic, now):
    assert orphans.current(now=now) == []
    call_command("check_guidance", stdout=StringIO())


def test_answer_that_leads_nowhere_fails_the_check(pages, clinic, draft, author, physician, now):
    page = draft("when-to-call", questions=["red_flags", "no_such_question"])
    review.submit(page=page, by=author, now=now)
    page.refresh_from_db()
    review.approve(page=page, by=physician, sign_for_translations=True, now=now)

    with pytest.raises(CommandError):
        call_command("check_guidance", stdout=StringIO())
