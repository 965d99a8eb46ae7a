"""Every text that a person reads exists in every language, whole, and with the same blanks to fill."""

import gettext
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

from notifications.rules.text import plain

APPS = ("caregiver", "clinic", "config", "notifications")
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
FUNCTIONS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What must be the same in both languages: blanks to fill, and HTML tags with what they hold.
FIXED = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|<[^>]+>")
# Words that calm a family down where nobody has looked (clinical reference, section 11).
CALMING = {"es": r"todo (esta )?bien|normal(es|mente)?|segur[oa]s?|no se preocupe|sano|sana"}


@cache
def texts_of_the_source() -> Catalog:
    """What `make messages` finds, without the gettext programs."""
    found = Catalog()
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                for line, text, context in _texts_of(path):
                    found.add(
                        text, locations=[(str(path.relative_to(settings.BASE_DIR)), line)], context=context
                    )
    return found


def _texts_of(path: Path) -> Iterator[tuple[int, str | tuple[str, str], str | None]]:
    source = path.read_text()
    if path.suffix != ".py":
        # What is left of a template looks like Python, except for how its lines are indented.
        source = "\n".join(line.strip() for line in templatize(source, origin=str(path)).split("\n"))
    for line, text, _, context in extract("python", BytesIO(source.encode()), keywords=FUNCTIONS):
        yield line, tuple(text) if isinstance(text, tuple) else text, context


@cache
def translations(language: str) -> Catalog:
    path = settings.BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.po"
    return read_po(StringIO(path.read_text()), locale=language, abort_invalid=True)


@cache
def compiled(language: str) -> gettext.GNUTranslations:
    binary = BytesIO()
    write_mo(binary, translations(language))
    binary.seek(0)
    return gettext.GNUTranslations(binary)


def forms(message: Message) -> tuple[str, ...]:
    """One text, or one for each number."""
    return message.string if isinstance(message.string, tuple | list) else (message.string,)


def pairs(message: Message) -> Iterator[tuple[str, str]]:
    """Each translation beside the English it stands for."""
    english = message.id if message.pluralizable else (message.id,)
    for number, text in enumerate(forms(message)):
        yield english[min(number, len(english) - 1)], text


def texts(language: str) -> list[Message]:
    return [message for message in translations(language) if message.id]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_source_is_translated(language: str) -> None:
    known = translations(language)

    missing = []
    for message in texts_of_the_source():
        if message.id:
            singular = message.id[0] if message.pluralizable else message.id
            entry = known.get(singular, context=message.context)
            if (
                entry is None
                or entry.fuzzy
                or not all(forms(entry))
                or entry.pluralizable != message.pluralizable
            ):
                missing.append((message.locations[0], message.id))
    assert missing == [], "run `make messages`, then translate what is empty or fuzzy"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_half_done_or_out_of_use(language: str) -> None:
    in_use = {(message.id, message.context) for message in texts_of_the_source()}

    left = [m.id for m in texts(language) if m.fuzzy or not all(forms(m)) or (m.id, m.context) not in in_use]

    assert (left, list(translations(language).obsolete)) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_blanks_and_tags_are_the_same(language: str) -> None:
    different = [
        (english, text)
        for message in texts(language)
        for english, text in pairs(message)
        if sorted(FIXED.findall(english)) != sorted(FIXED.findall(text))
    ]

    assert different == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_end_as_in_the_source(language: str) -> None:
    """A full stop too many doubles where a text is put into another; a colon announces what follows."""
    different = [
        (english, text)
        for message in texts(language)
        for english, text in pairs(message)
        if text != text.strip() or english.endswith((".", ":", "?")) != text.endswith((".", ":", "?"))
    ]

    assert different == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_answers(language: str) -> None:
    catalogue = compiled(language)
    singular = [m for m in texts(language) if not m.pluralizable and not m.context]
    plural = [m for m in texts(language) if m.pluralizable and not m.context]

    assert [catalogue.gettext(m.id) for m in singular] == [m.string for m in singular]
    assert [tuple(catalogue.ngettext(*m.id, n) for n in (1, 2)) for m in plural] == [
        tuple(m.string) for m in plural
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_promises_that_all_is_well(language: str) -> None:
    calming = re.compile(rf"\b({CALMING[language]})\b")

    assert [text for m in texts(language) for text in forms(m) if calming.search(plain(text))] == []
