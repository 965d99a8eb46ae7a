"""Every text that a person reads exists in every language, whole, and with the same blanks to fill."""

import ast
import gettext
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from django.conf import settings
from django.core.management import CommandError, call_command

from config.catalogues import APPS, FUNCTIONS, catalogue, missing, needed, texts_of_the_source
from notifications.rules.text import plain_words

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
# What must be the same in both languages: blanks to fill, and HTML tags with what they hold.
FIXED = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|<[^>]+>")
# Words that calm a family down where nobody has looked.
CALMING = {
    "es": r"\b(todo (esta )?bien|normal(es|mente)?|segur[oa]s?|no se preocupe|sano|sana)\b",
    "zh-hans": "一切(都)?(好|正常)|没事|放心|安全|正常",
    "ar": "على ما يرام|بخير|طبيعي|آمن|لا تقلق|سليم",
    "vi": "mọi thứ (đều )?ổn|bình thường|an toàn|đừng lo|không sao",
}
# Another word stands for each of these: docs/glossary.md, "In Spanish".
NOT_SAID = re.compile(
    r"[«»]|\b(petici(ón|ones)|puntuaci(ón|ones)|rol|roles|escalaci(ón|ones)|escalamientos?|añad\w+|cualificad\w+"
    r"|puls(e|a|ar|ó)|conduc(ir|e)|caduc\w+|control(es)? (programados?|sin respuesta)|en urgencias)\b",
    re.IGNORECASE,
)
NUMBERS = (0, 1, 2, 3, 11, 100)
COUNTED = {"%(n)s", "%(counter)s", "%(count)d", "%(days)s", "%(minutes)s", "%(number)s"}
# Written as in the United States: "color", "enroll", "catalog", and a box is checked.
BRITISH = re.compile(
    r"\b(enrol|enrols|enrolment\w*|colour\w*|centre\w*|programme\w*|catalogue\w*|judgement\w*|licence\w*"
    r"|behaviour\w*|favour\w*|neighbour\w*|practis\w+|organis(?!m)\w+|recognis\w+|personalis\w+|analyse\w*"
    r"|grey|whilst|fortnight\w*|mobile|tick|ticks|ticked|ticking|cancelled|cancelling|labelled|travelling"
    r"|diarrhoea|anaemi\w+|haem\w+|tumour\w*|litres?|metres?)\b",
    re.IGNORECASE,
)
# How a sentence ends that in English ends in a full stop, a colon or a question mark.
ENDS = {".": ".。", ":": ":：", "?": "?？؟"}


translations = cache(catalogue)


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
    """What is translated; staff texts of a language for families stand empty."""
    return [message for message in translations(language) if message.id and any(forms(message))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_its_readers_see_is_translated(language: str) -> None:
    found = [(message.locations[0], message.id) for message in missing(language)]

    assert found == [], "run `make messages`, then translate what is empty or fuzzy"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_half_done_or_out_of_use(language: str) -> None:
    in_use = {(message.id, message.context) for message in texts_of_the_source()}
    wanted = {(message.id, message.context) for message in needed(language)}

    left = [
        m.id
        for m in texts(language)
        if m.fuzzy or (m.id, m.context) not in in_use or (not all(forms(m)) and (m.id, m.context) in wanted)
    ]

    assert (left, list(translations(language).obsolete)) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_blanks_and_tags_are_the_same(language: str) -> None:
    different = [
        (english, text)
        for message in texts(language)
        for english, text in pairs(message)
        if not _same_blanks(message, english, text)
    ]

    assert different == []


def _same_blanks(message: Message, english: str, text: str) -> bool:
    """Arabic says one and two without a number, so a plural form may leave the number out."""
    wanted, found = sorted(FIXED.findall(english)), sorted(FIXED.findall(text))
    return wanted == found or (message.pluralizable and set(wanted) - set(found) <= COUNTED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_end_as_in_the_source(language: str) -> None:
    """A full stop too many doubles where a text is put into another; a colon announces what follows."""
    different = [
        (english, text)
        for message in texts(language)
        for english, text in pairs(message)
        if text != text.strip() or _ending(english) != _ending(text)
    ]

    assert different == []


def _ending(text: str) -> str:
    return next((english for english, marks in ENDS.items() if text.endswith(tuple(marks))), "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_answers(language: str) -> None:
    answers = compiled(language)
    singular = [m for m in texts(language) if not m.pluralizable and not m.context]
    plural = [m for m in texts(language) if m.pluralizable and not m.context]

    assert [answers.gettext(m.id) for m in singular] == [m.string for m in singular]
    form = gettext.c2py(translations(language).plural_expr)
    assert [[answers.ngettext(*m.id, n) for n in NUMBERS] for m in plural] == [
        [m.string[form(n)] for n in NUMBERS] for m in plural
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_promises_that_all_is_well(language: str) -> None:
    calming = re.compile(CALMING[language])
    # Without accents, as they are typed in a hurry; Vietnamese is another word without them.
    bare = plain_words if language == "es" else str.lower

    assert [text for m in texts(language) for text in forms(m) if calming.search(bare(text))] == []


def test_spanish_has_one_word_for_one_thing() -> None:
    assert [text for m in texts("es") for text in forms(m) if NOT_SAID.search(FIXED.sub("", text))] == []


def test_english_is_american() -> None:
    found = [key for key in texts_of_the_source() if BRITISH.search(str(key))]

    assert found == []


def test_command_tells_a_language_that_we_do_not_have() -> None:
    with pytest.raises(CommandError, match="No such language: xx"):
        call_command("missing_translations", "xx")


def test_command_finds_nothing_missing() -> None:
    call_command("missing_translations")


def test_no_text_is_marked_within_an_f_string() -> None:
    """Extraction does not look into one: such a text stays English, and nothing else would say so."""
    found = [
        f"{path.relative_to(settings.BASE_DIR)}:{call.lineno}"
        for app in APPS
        for path in (settings.BASE_DIR / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in FUNCTIONS
    ]

    assert found == []


def test_every_name_under_which_a_text_is_marked_is_one_that_is_looked_for() -> None:
    """A text that is marked by another name stays English for ever, and nothing else would say so."""
    found = {
        f"{path.relative_to(settings.BASE_DIR)}: {name.asname}"
        for app in APPS
        for path in (settings.BASE_DIR / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.name in FUNCTIONS and name.asname and name.asname not in FUNCTIONS
    }

    assert found == set()
