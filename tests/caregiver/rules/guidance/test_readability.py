"""Grades of sentences that were counted by hand."""

from __future__ import annotations

import pytest

from caregiver.rules.guidance import readability


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("call", 1),
        ("fever", 2),
        ("called", 1),
        ("needed", 2),
        ("takes", 1),
        ("makes", 1),
        ("doses", 2),
        ("little", 2),
        ("whole", 1),
        ("diarrhea", 3),
        ("infection", 3),
        ("period", 3),
        ("temperature", 4),
        ("the", 1),
    ],
)
def test_english_syllables(word: str, count: int) -> None:
    assert readability.english_syllables(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("llame", 2),
        ("ahora", 3),
        ("día", 2),
        ("ciudad", 2),
        ("línea", 3),
        ("quién", 1),
        ("guía", 2),
        ("muy", 1),
        ("y", 1),
        ("yeso", 2),
        ("fiebre", 2),
        ("respiración", 4),
    ],
)
def test_spanish_syllables(word: str, count: int) -> None:
    assert readability.spanish_syllables(word) == count


def test_flesch_kincaid_of_a_counted_text() -> None:
    # 2 sentences, 8 words, 9 syllables.
    text = "Call the line now. Do not wait ever."

    assert readability.grade(text, "en") == pytest.approx(0.39 * 4 + 11.8 * 9 / 8 - 15.59)


def test_fernandez_huerta_of_a_counted_text_is_read_through_its_table() -> None:
    # 1 sentence, 4 words, 9 syllables: 206.84 - 60 * 2.25 - 1.02 * 4 = 67.76.
    assert readability.grade("Llame ahora a Teresa.", "es") == pytest.approx(13 - 6.776)


def test_numbers_units_and_placeholders_are_one_short_word_each() -> None:
    assert readability.words("38.0 °C (100.4 °F): call {emergency_number}") == ["one", "one", "call", "one"]


def test_a_decimal_point_ends_no_sentence_and_a_line_does() -> None:
    assert readability.sentences("It reads 38.0 °C.\nCall now! No dot") == [
        "It reads 38.0 °C.",
        "Call now!",
        "No dot",
    ]


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_text_without_words_has_no_grade(language: str) -> None:
    assert readability.grade(" … \n", language) == 0.0
