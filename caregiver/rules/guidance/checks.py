"""What is wrong with a guidance text. Some faults keep an emergency page from going live.

Limits: AAFP advises texts for families at US grade 5 to 6; above 8 an average adult is lost. How a grade is
worked out is in `reading`, what a page must never say in `wording`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from caregiver.rules.guidance.documents import Level
from caregiver.rules.guidance.readability import grade, sentences, words
from caregiver.rules.guidance.wording import forbidden

# A page aims at grade 6; above 8 an emergency page does not go live.
GRADE_AIM = 6.0
GRADE_LIMIT = 8.0
# Somebody reads these while they dial. Spanish is measured as a whole: its scale jumps from word to word.
EMERGENCY_LIMIT = 4.0
SENTENCE_BY_SENTENCE = frozenset({"en"})
_SAYS_EMERGENCY = {"en": "emergency", "es": "emergencia"}
# Languages for which there are rules of reading and wording.
MEASURED = frozenset({"en", "es"})
LONG_SENTENCE = 20
LONGEST_SENTENCE = 25


@dataclass(frozen=True)
class Finding:
    """One fault: what, where (the words it is about), and whether it keeps an emergency page back."""

    code: str
    where: str
    number: float = 0.0
    is_serious: bool = True
    keeps_back: bool = False
    # Keeps back a page of any level.
    at_any_level: bool = False


def blocking(found: list[Finding]) -> list[Finding]:
    """Those that keep the page from going live."""
    return [one for one in found if one.keeps_back]


def findings(document: Mapping[str, Any], language: str) -> list[Finding]:
    """Everything worth telling the writer. Only an emergency page is kept back by serious ones."""
    is_emergency = document["level"] == Level.EMERGENCY
    found = [
        *([] if document.get("reviewed", True) else [Finding("not_checked", "", at_any_level=True)]),
        *_reading(document, language),
        *_wording(document, language),
        *_pieces(document),
    ]
    return [
        Finding(
            one.code,
            one.where,
            one.number,
            one.is_serious,
            keeps_back=one.at_any_level or (one.is_serious and is_emergency),
        )
        for one in found
    ]


def page_grade(document: Mapping[str, Any], language: str) -> float | None:
    """The grade of all that a family reads on the page; None in a language that we cannot measure."""
    if language not in MEASURED:
        return None
    return round(grade("\n".join(texts_of(document)), language), 1)


def texts_of(document: Mapping[str, Any]) -> Iterator[str]:
    """Every text of a page that a family reads."""
    yield document["title"]
    yield document["summary"]
    for block in document["body"]:
        for value in block.values():
            yield from _strings(value)


# A stored document has forgotten the order of its keys (PostgreSQL keeps none), so texts that are laid
# side by side are read in this one.
_READ_IN_ORDER = (
    *("heading", "question", "text", "paragraphs", "items", "when", "steps", "lines"),
    *("options", "why", "alt", "caption"),
)
_NOT_READ = frozenset({"image", "question", "option", "c", "f", "right", "level"})


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        is_teach_back = "options" in value
        for key, one in sorted(value.items(), key=_place_in_reading):
            if key not in _NOT_READ or (is_teach_back and key == "question"):
                yield from _strings(one)


def _place_in_reading(entry: tuple[str, Any]) -> tuple[int, str]:
    key = entry[0]
    known = key in _READ_IN_ORDER
    return (_READ_IN_ORDER.index(key) if known else len(_READ_IN_ORDER), key)


def emergency_sentences(document: Mapping[str, Any], language: str) -> list[str]:
    """What somebody reads while they dial.

    The emergency boxes, an emergency page's key message, and every other sentence that names an emergency.
    """
    word = _SAYS_EMERGENCY.get(language, "{emergency_number}")
    boxes = [sentence for text in _boxes(document) for sentence in sentences(text)]
    named = [
        sentence
        for text in texts_of(document)
        for sentence in sentences(text)
        if word in sentence.lower() or "{emergency_number}" in sentence
    ]
    return list(dict.fromkeys([*boxes, *named]))


def _boxes(document: Mapping[str, Any]) -> Iterator[str]:
    for block in document["body"]:
        for kind, value in block.items():
            if kind == "call_now" and value["level"] == Level.EMERGENCY:
                yield from _strings(value)
            if kind == "key_message" and document["level"] == Level.EMERGENCY:
                yield from _strings(value)


def _reading(document: Mapping[str, Any], language: str) -> Iterator[Finding]:
    reached = page_grade(document, language)
    if reached is None:
        # A wrong number would keep a good page back.
        return
    if reached > GRADE_AIM:
        yield Finding("grade", "", reached, is_serious=reached > GRADE_LIMIT)
    for text in texts_of(document):
        for sentence in sentences(text):
            length = len(words(sentence))
            if length > LONG_SENTENCE:
                yield Finding("long_sentence", sentence, length, is_serious=length > LONGEST_SENTENCE)
    if language in SENTENCE_BY_SENTENCE:
        for sentence in emergency_sentences(document, language):
            if grade(sentence, language) > EMERGENCY_LIMIT:
                yield Finding("hard_emergency", sentence, grade(sentence, language), is_serious=False)


def _wording(document: Mapping[str, Any], language: str) -> Iterator[Finding]:
    for text in texts_of(document):
        # Doses and typed numbers look alike in every language.
        for phrase in forbidden(text, language if language in MEASURED else "en"):
            yield Finding("forbidden", f"{phrase}: {text}")


def _pieces(document: Mapping[str, Any]) -> Iterator[Finding]:
    kinds = [kind for block in document["body"] for kind in block]
    yield from _pictures([block["picture"] for block in document["body"] if "picture" in block])
    for block in document["body"]:
        for kind, value in block.items():
            yield from _piece(kind, value)
    if not document["body"]:
        yield Finding("empty", "")
    if document["level"] == Level.EMERGENCY and "call_now" not in kinds:
        yield Finding("no_call_now", "")
    if "teach_back" not in kinds:
        yield Finding("no_teach_back", "", is_serious=False)


def _pictures(shown: list[Any]) -> Iterator[Finding]:
    for number, picture in enumerate(shown, start=1):
        if not picture.get("alt", "").strip():
            yield Finding("no_alternative", picture.get("caption") or "", number)


def _piece(kind: str, value: Any) -> Iterator[Finding]:
    if kind == "measure":
        for line in value.get("lines", []):
            if line["c"] and line["f"] and abs(float(line["c"]) * 1.8 + 32 - float(line["f"])) > 0.11:
                yield Finding("units_differ", f"{line['c']} °C, {line['f']} °F")
    if kind == "teach_back" and sum(bool(one["right"]) for one in value["options"]) != 1:
        yield Finding("one_right_answer", value["question"])
