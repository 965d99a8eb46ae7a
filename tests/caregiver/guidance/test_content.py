"""The default guidance pages: complete, linked, plain, and never reassuring."""

from __future__ import annotations

import re
from typing import Any

import pytest

from caregiver.rules.guidance import readability
from caregiver.rules.guidance.checks import emergency_sentences
from caregiver.rules.guidance.wording import forbidden
from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import Protocol
from tests.caregiver.guidance.pages import (
    FOLDER,
    LANGUAGES,
    PAGE,
    SLUGS,
    blocks,
    read,
    shown,
)

# What each page must say, whatever else it says.
MUST_SAY = {
    "when-to-call": ["{emergency_number}", "24-hour line", "clinic today", "wallet card", "had CAR-T"],
    "first-two-weeks": [
        "adult",
        "day and night",
        "stay near",
        "driving",
        "morning and each evening",
        "center's own days",
    ],
    "temperature": [
        "digital",
        "mouth",
        "spare",
        "never measure in the bottom",
        "38.0",
        "100.4",
        "37.5",
        "in 1 hour",
        "no fever pill before",
    ],
    "blood-pressure-pulse-oxygen": [
        "5 minutes",
        "usual",
        "86 to 94",
        "dark skin",
        "cold hands",
        "nail polish",
    ],
    "crs": ["fever", "shiver", "blood pressure", "breath", "axi-cel day 2", "tisa-cel", "liso-cel", "early"],
    "brain-effects": ["wake", "make no sense", "cannot find words", "writing", "shak", "may not know it"],
    "handwriting-check": [
        "before the infusion",
        "same sentence",
        "next to the first",
        "100 by tens",
        "call the 24-hour line",
    ],
    "infection": [
        "in about half",
        "for years",
        "hands",
        "mask",
        "cook",
        "pets",
        "ill away",
        "pills that prevent",
        "live vaccines",
        "before any vaccine",
    ],
    "low-blood-counts": ["bruises", "bleed", "tired", "no aspirin", "fell"],
    "belly-and-eating": ["count", "how many days", "blood", "pain", "cilta-cel", "urine"],
    "late-nerve-signs": [
        "face droop",
        "{emergency_number}",
        "slow",
        "stiff",
        "dragging steps",
        "smaller",
        "months later",
    ],
    "heart-and-breathing": ["races", "chest", "swell"],
    "medicines": [
        "one list",
        "dose was missed",
        "steroid",
        "fever pill",
        "prevent seizures",
        "prevent infection",
    ],
    "long-term": ["IVIG", "skin", "lump", "once a year", "1.5%", "baby", "work", "driving"],
    "caring-for-you": [
        "sleep",
        "backup",
        "anxious",
        "helpline",
        "how this app works",
        "who reads it, and when",
    ],
}


WORDS_AT_MOST = 900  # a page and its frame then fit the first 14,600 compressed bytes


# It names whatever makes the check-in say "call now"; its bytes are measured in views/guidance.
WORDS_OF_WHEN_TO_CALL = 1350


HARDEST = {"en": 6.0, "es": 6.0}


HARDEST_IN_AN_EMERGENCY = {"en": 4.0, "es": 4.0}


TEXTS = "a list of texts"


BLOCKS: dict[str, Any] = {
    "text": {"heading": str, "paragraphs": TEXTS},
    "steps": {"heading": str, "items": TEXTS},
    "call_now": {"heading": str, "level": str, "when": TEXTS},
    "call_today": {"heading": str, "when": TEXTS},
    "warning_signs": {"heading": str, "items": {"text": str, "question": str, "option": (str, int, bool)}},
    "picture": {"image": str, "alt": str},
    "measure": {
        "heading": str,
        "steps": TEXTS,
        "lines": {"c": (float, type(None)), "f": (float, type(None)), "text": str},
    },
    "teach_back": {"question": str, "options": {"text": str, "right": bool, "why": str}},
}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(slug: str, language: str) -> dict[str, Any]:
    return read(slug, language)


def fits(value: Any, form: Any) -> bool:
    if form == TEXTS:
        return isinstance(value, list) and bool(value) and all(isinstance(one, str) and one for one in value)
    if isinstance(form, dict):
        return isinstance(value, list) and bool(value) and all(same_fields(one, form) for one in value)
    return isinstance(value, form) and value != ""


def same_fields(value: dict[str, Any], form: dict[str, Any]) -> bool:
    return value.keys() == form.keys() and all(fits(value[key], form[key]) for key in form)


def test_page_has_every_field_of_its_kind(page: dict[str, Any], slug: str, language: str) -> None:
    translated = {"translated_by": str} if language == "es" else {}

    assert page.keys() == PAGE.keys() | translated.keys()
    assert {key for key, kind in PAGE.items() if not isinstance(page[key], kind)} == set()
    assert page["slug"] == slug
    assert page["level"] in ("emergency", "urgent", "routine")
    assert page["target"] in (None, "BCMA", "CD19")
    assert page["days"] is None or page["days"].keys() == {"from", "to"}
    assert page["reviewed"] is (language == "en")
    assert page["keywords"] and page["situations"]


def test_blocks_have_the_fields_of_their_kind(page: dict[str, Any]) -> None:
    wrong = [
        kind
        for kind, value in blocks(page)
        if not (
            isinstance(value, str)
            if kind == "key_message"
            else same_fields({key: one for key, one in value.items() if key != "caption"}, BLOCKS[kind])
        )
    ]

    assert wrong == []


def test_page_begins_with_its_message_and_ends_with_one_question(page: dict[str, Any]) -> None:
    kinds = [kind for kind, _ in blocks(page)]

    assert kinds[0] == "key_message"
    assert kinds[-1] == "teach_back"
    assert (kinds.count("key_message"), kinds.count("teach_back")) == (1, 1)
    # What to do comes before why.
    doing = [at for at, kind in enumerate(kinds) if kind in ("call_now", "call_today", "steps", "measure")]
    assert doing[0] < (kinds.index("text") if "text" in kinds else len(kinds))


def test_teach_back_has_one_right_answer_and_a_reason_for_each(page: dict[str, Any]) -> None:
    options = blocks(page)[-1][1]["options"]

    assert len(options) in (2, 3)
    assert sum(option["right"] for option in options) == 1
    assert all(option["why"] for option in options)


def test_links_lead_somewhere(page: dict[str, Any], protocol: Protocol) -> None:
    known = {question.key: question for question in protocol.questions}
    signs = [sign for kind, value in blocks(page) if kind == "warning_signs" for sign in value["items"]]
    images = [value["image"] for kind, value in blocks(page) if kind == "picture"]

    assert set(page["questions"]) - known.keys() == set()
    assert set(page["related"]) - set(SLUGS) == set()
    assert page["slug"] not in page["related"]
    assert [
        sign
        for sign in signs
        if sign["option"]
        not in ([option.value for option in known[sign["question"]].options] or [True, False])
    ] == []
    assert [name for name in images if not (FOLDER / "static/caregiver/guidance" / name).is_file()] == []


def test_every_question_leads_to_a_page(protocol: Protocol) -> None:
    led = {key for slug in SLUGS for key in read(slug, "en")["questions"]}

    assert {question.key for question in protocol.questions} - led == set()


def test_pages_are_numbered_from_1_to_15() -> None:
    assert sorted(read(slug, "en")["number"] for slug in SLUGS) == list(range(1, 16))


def test_every_picture_is_on_a_page_and_small() -> None:
    drawn = {path.name: path for path in (FOLDER / "static/caregiver/guidance").glob("*.svg")}
    used = {value["image"] for slug in SLUGS for kind, value in blocks(read(slug, "en")) if kind == "picture"}

    assert drawn.keys() == used
    assert {name for name, path in drawn.items() if path.stat().st_size >= 2500} == set()


def test_each_fact_has_a_source(page: dict[str, Any]) -> None:
    assert page["sources"]
    assert all(one.keys() == {"fact", "source"} and one["fact"] and one["source"] for one in page["sources"])


def test_sources_are_named_and_not_coded(page: dict[str, Any]) -> None:
    assert [one for one in page["sources"] if re.search(r"\bS\d+[a-z]?\b", one["source"])] == []


def test_page_says_what_the_clinical_reference_asks_for(slug: str) -> None:
    said = shown(read(slug, "en")).lower()

    assert [phrase for phrase in MUST_SAY[slug] if phrase.lower() not in said] == []


def test_lines_for_the_temperature_are_those_of_the_protocol() -> None:
    [lines] = [value["lines"] for kind, value in blocks(read("temperature", "en")) if kind == "measure"]
    [table] = [one for one in default_document()["tables"] if one["item"] == "temp"]

    assert [line["c"] for line in lines] == [row["from"] for row in table["rows"] if "from" in row]


@pytest.mark.parametrize("item", ["sbp", "pulse", "spo2"])
def test_lines_for_other_numbers_are_those_of_the_protocol(item: str) -> None:
    said = {int(number) for number in re.findall(r"\d+", shown(read("blood-pressure-pulse-oxygen", "en")))}
    table = next(one for one in default_document()["tables"] if one["item"] == item)
    calls = [row for row in table["rows"] if {"urgent", "emergency", "same_day"} & {row.get("level")}]
    ends = {row[end] for row in calls for end in ("from", "to") if end in row}

    assert ends - said == set()


def test_page_is_short(page: dict[str, Any], slug: str) -> None:
    at_most = WORDS_OF_WHEN_TO_CALL if slug == "when-to-call" else WORDS_AT_MOST

    assert len(shown(page).split()) <= at_most


def test_page_reads_at_grade_6(page: dict[str, Any], language: str) -> None:
    assert readability.grade(shown(page), language) <= HARDEST[language]


def test_words_of_an_emergency_read_at_grade_4(page: dict[str, Any], language: str) -> None:
    said = emergency_sentences(page, language)

    assert len(said) >= 3
    assert readability.grade("\n".join(said), language) <= HARDEST_IN_AN_EMERGENCY[language]


def test_sentences_of_an_emergency_read_at_grade_4_in_english(slug: str) -> None:
    said = emergency_sentences(read(slug, "en"), "en")

    assert {
        one: round(readability.grade(one, "en"), 1) for one in said if readability.grade(one, "en") > 4
    } == {}


def test_sentences_are_short(page: dict[str, Any]) -> None:
    long = [one for one in readability.sentences(shown(page)) if len(readability.words(one)) > 18]

    assert long == []


def test_page_reassures_nobody_and_types_no_number(page: dict[str, Any], language: str) -> None:
    assert forbidden("\n".join([shown(page), *page["situations"]]), language) == []


def test_only_the_emergency_number_is_filled_in(page: dict[str, Any]) -> None:
    assert set(re.findall(r"\{(\w*)\}", shown(page))) <= {"emergency_number"}


def test_temperatures_stand_in_both_units(page: dict[str, Any]) -> None:
    lines = [
        line
        for kind, value in blocks(page)
        if kind == "measure"
        for line in value["lines"]
        if line["c"] is not None
    ]

    assert [line for line in lines if round(line["c"] * 9 / 5 + 32, 1) != line["f"]] == []
    assert shown(page).count("°C") == shown(page).count("°F")


def test_no_situation_is_said_twice_and_each_question_ends_as_one() -> None:
    said = [line for slug in SLUGS for line in read(slug, "en")["situations"]]

    assert len(said) == len(set(said))
    assert [line for line in said if line.startswith(("Can ", "Do ")) and not line.endswith("?")] == []


def test_no_situation_names_a_unit_or_a_number_of_a_thermometer(page: dict[str, Any]) -> None:
    assert [line for line in page["situations"] if re.search(r"\b3\d\b|\b10\d\b|°", line)] == []
