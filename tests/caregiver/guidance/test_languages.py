"""A page says the same in every language: the same pieces, figures and sources."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from django.conf import settings

from tests.caregiver.guidance.pages import (
    FOLDER,
    LANGUAGES,
    PAGE,
    SLUGS,
    each_text,
    read,
    shown,
)

DRAFTS = sorted(
    (path.stem, path.parent.name)
    for path in (FOLDER / "guidance").glob("*/*.yaml")
    if path.parent.name not in LANGUAGES
)


def shape(page: dict[str, Any]) -> list[Any]:
    """What both languages must have in common."""
    fields = [
        page[key]
        for key in PAGE
        if key not in ("title", "summary", "keywords", "situations", "reviewed", "sources", "body")
    ]
    return [*fields, *(skeleton(block) for block in page["body"])]


def skeleton(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: one
            if key in ("image", "option", "level", "c", "f", "right")
            or (key == "question" and "option" in value)
            else skeleton(one)
            for key, one in value.items()
        }
    return [skeleton(one) for one in value] if isinstance(value, list) else type(value)


def test_both_languages_have_the_same_structure(slug: str) -> None:
    assert shape(read(slug, "es")) == shape(read(slug, "en"))


# Arabic has a word for two of a thing, and counts one thing without a figure.
FIGURES_IN_WORDS = {
    **dict.fromkeys(("يومين", "أسبوعين", "شهرين", "سنتين", "مرتين", "نقطتين"), "2"),
    **dict.fromkeys(("ساعة واحدة", "نقطة واحدة"), "1"),
}


def figures(text: str) -> Counter[str]:
    """In no order: "6 of 100 people" begins with the 100 in other languages."""
    return Counter(re.findall(r"\d+(?:\.\d+)?", text))


def differs_in_a_figure(draft: str, english: str) -> bool:
    in_words = {figure for word, figure in FIGURES_IN_WORDS.items() if word in draft}
    said, meant = figures(draft), figures(english)
    return bool(said - meant or (meant - said).keys() - in_words)


@pytest.mark.parametrize(("slug", "language"), DRAFTS)
def test_draft_in_another_language_says_what_the_english_page_says(slug: str, language: str) -> None:
    draft, english = read(slug, language), read(slug, "en")

    assert shape(draft) == shape(english)
    assert draft["sources"] == english["sources"]
    told = list(zip(each_text(draft), each_text(english), strict=True))
    assert [pair for pair in told if differs_in_a_figure(*pair)] == []
    assert set(re.findall(r"\{(\w*)\}", shown(draft))) == {"emergency_number"}
    assert (draft["reviewed"], draft["translated_by"]) == (False, "machine draft")


def test_every_page_is_there_in_every_language() -> None:
    others = {code for code, _ in settings.LANGUAGES} - set(LANGUAGES)

    assert sorted((slug, language) for slug in SLUGS for language in others) == DRAFTS


def test_both_languages_name_the_same_sources(slug: str) -> None:
    assert read(slug, "es")["sources"] == read(slug, "en")["sources"]


def test_both_languages_name_the_same_numbers(slug: str) -> None:
    def numbers(language: str) -> list[str]:
        return sorted(re.findall(r"\d+(?:\.\d+)?", shown(read(slug, language))))

    assert numbers("es") == numbers("en")
