"""What is told to the writer, and what keeps an emergency page back."""

import pytest

from caregiver.rules.guidance.checks import blocking, findings, page_grade, texts_of
from tests.factories import guidance_content

GOOD = guidance_content("page", "emergency")


def codes(document, language="en"):
    return {one.code for one in findings(document, language)}


def with_block(**block):
    return {**GOOD, "body": [*GOOD["body"], block]}


def test_good_page_has_nothing_to_mend():
    assert findings(GOOD, "en") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"summary": "All is fine."}, "forbidden"),
        ({"summary": "Give 500 mg at once."}, "forbidden"),
        ({"summary": "Call 911 now."}, "forbidden"),
        ({"summary": " ".join(["We"] + ["go"] * 30)}, "long_sentence"),
        ({"summary": "Immunosuppression necessitates epidemiological consideration " * 9}, "grade"),
        ({"body": []}, "empty"),
    ],
)
def test_fault_keeps_an_emergency_page_back_and_is_only_told_for_others(changes, code):
    bad = {**GOOD, **changes}

    assert code in {one.code for one in blocking(findings(bad, "en"))}
    routine = {**bad, "level": "routine"}
    assert code in codes(routine)
    assert blocking(findings(routine, "en")) == []


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ({"picture": {"image": "phone.svg", "alt": " ", "caption": ""}}, "no_alternative"),
        (
            {
                "measure": {
                    "heading": "Heat",
                    "steps": ["Look."],
                    "lines": [{"c": "38.0", "f": "101.0", "text": "Call."}],
                }
            },
            "units_differ",
        ),
        (
            {
                "teach_back": {
                    "question": "What now?",
                    "options": [
                        {"text": "A.", "right": True, "why": "B."},
                        {"text": "C.", "right": True, "why": "D."},
                    ],
                }
            },
            "one_right_answer",
        ),
    ],
)
def test_faulty_piece_keeps_the_page_back(block, code):
    assert code in {one.code for one in blocking(findings(with_block(**block), "en"))}


@pytest.mark.parametrize("level", ["emergency", "routine"])
def test_hard_sentence_for_an_emergency_is_told_wherever_it_stands_and_keeps_nothing_back(level):
    hard = "Uncontrollable hemorrhage constitutes an emergency."
    page = {**with_block(text={"heading": "Bleeding", "paragraphs": [hard]}), "level": level}

    found = {one.where: one.keeps_back for one in findings(page, "en") if one.code == "hard_emergency"}

    assert found == {hard: False}


@pytest.mark.parametrize("language", ["ar", "vi", "zh-hans"])
def test_language_without_rules_of_reading_is_not_measured_and_types_no_number_either(language):
    long = {**GOOD, "summary": " ".join(["gọi"] * 40)}

    assert page_grade(long, language) is None
    assert {one.code for one in findings(long, language)} == set()
    assert {one.code for one in findings({**GOOD, "summary": "Gọi 911."}, language)} == {"forbidden"}


def test_picture_without_its_text_is_named_by_its_place():
    said = {"picture": {"image": "phone.svg", "alt": "A phone", "caption": ""}}
    mute = {"picture": {"image": "0123abcd", "alt": "", "caption": "Our door"}}

    [found] = [one for one in findings({**GOOD, "body": [*GOOD["body"], said, mute]}, "en") if one.is_serious]

    assert (found.code, found.where, found.number) == ("no_alternative", "Our door", 2)


def test_right_units_and_readings_without_a_temperature_pass():
    lines = [{"c": "38.0", "f": "100.4", "text": "Call."}, {"c": "", "f": "", "text": "Look."}]

    assert codes(with_block(measure={"heading": "Heat", "steps": ["Look."], "lines": lines})) == set()


def test_emergency_page_needs_its_box():
    assert "no_call_now" in codes({**GOOD, "body": [GOOD["body"][0], GOOD["body"][2]]})


def test_unchecked_translation_is_kept_back_at_any_level():
    assert {
        one.code for one in blocking(findings({**GOOD, "level": "routine", "reviewed": False}, "es"))
    } == {"not_checked"}


def test_texts_come_in_one_order_however_the_keys_were_stored():
    block = {"steps": {"heading": "What to do", "items": ["Call", "Stay"]}}
    stored = {"steps": {"items": ["Call", "Stay"], "heading": "What to do"}}

    assert list(texts_of(with_block(**block))) == list(texts_of(with_block(**stored)))
    assert list(texts_of(with_block(**stored)))[-3:] == ["What to do", "Call", "Stay"]
