"""Loads the pages that ship with the program. What an educator has written since is never overwritten."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import transaction
from wagtail.models import Locale

from caregiver.models import GuidancePage, Picture
from caregiver.models.guidance_review import ensure_workflow
from caregiver.queries.guidance import editions
from caregiver.rules.guidance.documents import editor_blocks
from clinic import protocols

FOLDER = Path(__file__).parents[2] / "guidance"


@transaction.atomic
def load(*, now: datetime) -> dict[str, int]:
    """Load what is missing and renew what nobody has touched. Repeatable; counts what it did.

    A translation that no qualified person has checked becomes a draft; only the demo shows it, marked.
    """
    ensure_workflow()
    # Looked for once, and only when a page is written.
    pictures = cache(_picture_ids)
    done = {"loaded": 0, "renewed": 0, "kept": 0}
    for language, _ in settings.LANGUAGES:
        locale, _created = Locale.objects.get_or_create(language_code=language)
        for document in defaults(language):
            done[_load(document, locale, pictures)] += 1
    return done


@cache
def defaults(language: str) -> list[dict[str, Any]]:
    """The pages of a language as plain data, in their order."""
    found = [
        protocols.parse(path.read_text(encoding="utf-8"))
        for path in sorted((FOLDER / language).glob("*.yaml"))
    ]
    return sorted(found, key=lambda one: (one["number"], one["slug"]))


def _load(document: dict[str, Any], locale: Locale, pictures: Callable[[], dict[str, int]]) -> str:
    digest = _digest(document, locale.language_code)
    page = GuidancePage.objects.filter(slug=document["slug"], locale=locale).first()
    if page and (page.default_digest == digest or _is_touched(page)):
        return "kept"
    is_new = page is None
    page = page or GuidancePage(
        slug=document["slug"], locale=locale, live=False, **_translation_link(document["slug"], locale)
    )
    _fill(page, document, pictures())
    page.default_digest = digest
    page.save()
    # The history begins with the text that shipped, or nobody could bring it back.
    revision = page.save_revision(log_action="wagtail.create" if is_new else "wagtail.edit")
    if not page.is_translation or page.reviewed or settings.DEMO:
        revision.publish(log_action=False)
    return "loaded" if is_new else "renewed"


def _is_touched(page: GuidancePage) -> bool:
    """Whether a person has saved this page, or it is on its way through a review."""
    return bool(page.revisions.filter(user__isnull=False).exists() or page.workflow_states.exists())


def _translation_link(slug: str, locale: Locale) -> dict[str, Any]:
    """A translation shares the key of the English page."""
    other = GuidancePage.objects.filter(slug=slug).exclude(locale=locale).first()
    return {"translation_key": other.translation_key} if other else {}


def _fill(page: GuidancePage, document: dict[str, Any], pictures: dict[str, int]) -> None:
    days = document.get("days") or {}
    for name in ("number", "title", "summary", "level", "questions", "related", "review_by"):
        setattr(page, name, document[name])
    page.keywords = "\n".join(str(one) for one in document["keywords"])
    page.situations = "\n".join(document["situations"])
    page.day_from, page.day_to = days.get("from"), days.get("to")
    page.target = document.get("target") or ""
    page.sources = "\n".join(f"{one['fact']} | {one['source']}" for one in document["sources"])
    page.body = json.dumps(editor_blocks(document["body"], pictures))
    if page.is_translation:
        page.reviewed = bool(document.get("reviewed"))
        page.source_number = _source_number(page)


def _source_number(translation: GuidancePage) -> int | None:
    """The English version that a shipped translation says: the newest, unless an educator wrote that one."""
    rows = GuidancePage.objects.filter(slug=translation.slug, locale__language_code=settings.LANGUAGE_CODE)
    english = rows.first()
    if english is None or _is_touched(english):
        return translation.source_number
    newest = editions.latest_edition(translation.slug, settings.LANGUAGE_CODE)
    return newest.number if newest else None


def _picture_ids() -> dict[str, int]:
    """Every drawing that ships with the program is in the editor's library."""
    for name in bundled_pictures():
        Picture.objects.get_or_create(bundled=name, defaults={"name": Path(name).stem.replace("_", " ")})
    return dict(Picture.objects.exclude(bundled="").values_list("bundled", "pk"))


def bundled_pictures() -> list[str]:
    """File names of the drawings that ship with the program."""
    folder = finders.find("caregiver/guidance")
    return sorted(path.name for path in Path(str(folder)).glob("*.svg")) if folder else []


def _digest(document: dict[str, Any], language: str) -> str:
    """Of what shipped. A translation changes with the English page: it has to say which version it says."""
    shipped = [document]
    if language != settings.LANGUAGE_CODE:
        shipped += [one for one in defaults(settings.LANGUAGE_CODE) if one["slug"] == document["slug"]]
    return hashlib.sha256(json.dumps(shipped, sort_keys=True, default=str).encode()).hexdigest()
