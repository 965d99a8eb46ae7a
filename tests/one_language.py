"""What of a page is left in English where it should be in another language."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from bs4 import BeautifulSoup, NavigableString, Tag

from clinic.protocols import default_document
from config.catalogues import catalogue

UNSEEN = {"script", "style", "head"}


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
    for node in soup.body.find_all(string=True):
        is_shown = type(node) is NavigableString and not {parent.name for parent in node.parents} & UNSEEN
        if is_shown and _nearest_language(node.parent) == language:
            yield squeezed(node)
    for name in ("aria-label", "title", "placeholder", "alt"):
        for one in soup.body.select(f"[{name}]"):
            if _nearest_language(one) == language:
                yield squeezed(one[name])


def _nearest_language(element: Tag) -> str:
    return next(one["lang"] for one in (element, *element.parents) if one.has_attr("lang"))
