from __future__ import annotations

import json
from typing import Any

import pytest

from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import Protocol
from tests.clinic.rules.spoiling import Document, phase, problems, question, rule, scale


def test_every_problem_is_reported_at_once(document: Document) -> None:
    del question(document, "chills")["text"]["es"]
    phase(document, "b")["first_day"] = 16
    scale(document, "worry")["columns"]["early"] = ["watch", "red"]

    assert problems(document) == (
        "questions[chills].text: the text in “es” is missing",
        "scales[worry].columns.early[2]: “red” is not one of none, watch, same_day, urgent, emergency",
        "phases[b].first_day: a hole, day 15 is expected and not 16",
    )


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "protocol: a map of fields is expected"),
        (None, "protocol: a map of fields is expected"),
        ({1: 2, "a": 3}, "protocol: only text, numbers, lists and maps with text keys are expected"),
        ({"a": object()}, "protocol: only text, numbers, lists and maps with text keys are expected"),
    ],
)
def test_what_is_no_document_is_refused(document: Any, problem: str) -> None:
    assert problem in problems(document)


def test_empty_document_names_every_missing_section() -> None:
    found = problems({})

    assert "protocol: “questions” is missing" in found
    assert "advice: level emergency is missing" in found


def test_document_reads_the_same_however_its_maps_are_ordered(document: Document) -> None:
    """A JSON column of a database does not keep the order of keys."""
    reordered = json.loads(json.dumps(document, sort_keys=True))

    protocol = Protocol.from_document(reordered)

    assert protocol == Protocol.from_document(document)
    assert protocol.content_hash == Protocol.from_document(document).content_hash
    assert protocol.domain_order[:3] == ("infection", "circulation", "lungs")


def test_definitions_may_use_each_other_in_any_order(document: Document) -> None:
    document["definitions"] = {"a_first": "early and fever", **document["definitions"]}
    rule(document, "alone")["cases"][0]["when"] = "alone_next_24h and not a_first"

    assert Protocol.from_document(document).code == "car-t"


def test_content_hash_changes_with_every_threshold(document: Document) -> None:
    before = Protocol.from_document(default_document()).content_hash
    document["definitions"]["early"] = "day <= 28"

    assert Protocol.from_document(document).content_hash != before
    assert len(before) == 64


def test_document_is_kept(document: Document) -> None:
    assert Protocol.from_document(document).document == document


def test_pages_keep_the_order_of_the_checklist(protocol: Protocol) -> None:
    pages = {page.title("en"): [one.key for one in page.questions] for page in protocol.steps}

    assert pages == {
        "First: danger signs": ["red_flags"],
        "Temperature and medicines": ["temp", "antipyretic_6h", "steroid_48h", "chills"],
        "Numbers": ["pulse", "sbp", "dbp", "spo2"],
        "Thinking and moving": [
            "alertness", "confusion", "speech", "handwriting", "home_check", "movement", "headache",
        ],
        "Breathing, heart, tummy": [
            "breathing", "cough", "heart", "dizzy_fall", "vomiting", "diarrhea", "diarrhea_days", "intake",
        ],
        "Body, medicines, you": [
            "bleeding", "skin_site", "pain", "activity", "meds_missed", "worry", "alone_next_24h",
        ],
    }  # fmt: skip
    assert [page.title("es") for page in protocol.steps][1] == "Temperatura y medicinas"


def test_question_gives_its_words_in_a_language_or_in_english(protocol: Protocol) -> None:
    chills = protocol.question("chills")

    assert chills.text("en") == "Any chills or shaking?"
    assert chills.text("es-US") == "¿Tiene escalofríos o temblores de frío?"
    assert chills.text("zh") == "Any chills or shaking?"
    assert chills.hint("en") == ""
    assert chills.options[2].text("es") == "Tirita de frío"
    assert chills.option_text(7, "en") == ""
    assert protocol.title("es") == "Después de la terapia celular CAR-T"
    assert protocol.phases[1].title("es") == "Días 0 a 14"


def test_question_is_shown_in_every_phase_unless_it_names_some(document: Document) -> None:
    question(document, "home_check")["phases"] = ["a"]
    protocol = Protocol.from_document(document)

    assert protocol.question("home_check").shown_in("a")
    assert not protocol.question("home_check").shown_in("b")
    assert protocol.question("chills").shown_in("b")


def test_answer_keys_are_those_of_the_reports(protocol: Protocol) -> None:
    assert protocol.question("temp").answer_keys == ("temp_value", "temp_unit")
    assert protocol.question("sbp").answer_keys == ("sbp",)
