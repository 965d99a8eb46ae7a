import re

import pytest
from django.utils import translation

from clinic.console.rules_in_words.sentences import DocumentInWords
from clinic.protocols import default_document
from clinic.rules.protocols.editing import FieldKind

WORDS = DocumentInWords(default_document("car-t"))


def sentences(key):
    return [sentence.text for block in WORDS.by_item[key] for sentence in block.sentences]


def test_every_value_that_is_no_wording_stands_in_one_sentence():
    values = {field.place for field in WORDS.fields if field.kind is not FieldKind.TEXT}

    assert WORDS.sentence_of.keys() == values
    # None of them is told only as "name: value".
    assert not [block for blocks in WORDS.by_item.values() for block in blocks if block.title == "More"]


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("question.temp", "Temperature from 38.0 to 39.9\u00a0°C is urgent"),
        ("question.temp", "Temperature from 40.0\u00a0°C is an emergency"),
        ("question.temp", "otherwise same day if up to day 30 or the clinic has noted an immune risk"),
        ("question.temp", "Typed in °F: 86.0 to 113.0\u00a0°F is accepted."),
        ("question.chills", "“Felt cold” is same day up to day 30, watch after day 30"),
        ("question.movement", "Every answer is at most watch if Movement is no worse than usual"),
        ("question.spo2", "These levels count if not: “low oxygen is usual”."),
        ("trend.T1_two_steps", "An answer that is 2 steps worse within 168 hours is same day"),
        (
            "trend.T2_temp_rise",
            "Temperature up by 1.0\u00a0°C or more within 24 hours is same day"
            " if Temperature 37.3\u00a0°C or more",
        ),
        ("sum.A1_three_same_day", "3 or more areas at same day or worse are urgent"),
        ("phase.a", "High tier: no report for 8 hours is same day"),
        ("addition.few_helpers", "A second contact can be texted; no reason stands in for one."),
        ("addition.heart", "The usual value is stored: Blood pressure, top number."),
        ("recheck", "No second reading 60 minutes after it was due is same day"),
        ("definitions", "“raised temperature” means: Temperature 37.5\u00a0°C or more."),
    ],
)
def test_rule_is_a_sentence(key, sentence):
    assert sentence in sentences(key)


@pytest.mark.parametrize(("language", "per_cent"), [("en", "91%"), ("es", "91\u00a0%")])
def test_no_line_ends_between_a_number_and_its_unit(language, per_cent):
    with translation.override(language):
        words = DocumentInWords(default_document("car-t"))
        texts = [
            sentence.alone
            for blocks in words.by_item.values()
            for one in blocks
            for sentence in one.sentences
        ]

    assert not [text for text in texts if re.search(r"\d (?=°|%|/min|mmHg)", text)]
    assert any(per_cent in text for text in texts)


def test_answer_with_one_level_is_read_without_its_days_and_changed_with_them():
    said = [sentence.said for block in WORDS.by_item["question.chills"] for sentence in block.sentences]

    assert "“Hard shaking that they cannot stop” is urgent" in said
    assert "“Felt cold” is same day up to day 30, watch after day 30" in said
    assert "“Hard shaking that they cannot stop” is urgent up to day 30, urgent after day 30" in sentences(
        "question.chills"
    )


def test_rest_of_a_case_is_understood_alone():
    alone = [sentence.alone for block in WORDS.by_item["question.temp"] for sentence in block.sentences]

    assert "Temperature from 37.5 to 37.9\u00a0°C, otherwise watch" in alone


def test_question_names_the_rules_in_which_it_counts_with_others():
    assert "rule.C9_severe_pain_plus" in {item.key for item in WORDS.together["pain"]}
    # Fever stands there by its definition.
    assert "rule.C10_fever_bleed" in {item.key for item in WORDS.together["temp"]}


def test_leaf_that_no_sentence_knows_is_still_told():
    document = default_document("car-t")
    document["phases"][1]["hours"] = 5

    told = DocumentInWords(document).sentence_of["phases[a].hours"]

    assert told.text == "Hours: 5"
