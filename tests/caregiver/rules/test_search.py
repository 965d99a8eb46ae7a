"""Search that forgives spelling."""

import pytest

from caregiver.rules.search import entry, find, folded, similarity

ENTRIES = [
    entry(
        "temperature", "Taking a temperature", ["They feel hot"], ["fever", "thermometer"], ["Call the line."]
    ),
    entry(
        "belly", "Belly, eating and drinking", ["Loose stools"], ["diarrhea", "vomit"], ["Count the stools."]
    ),
    entry("sp", "Fiebre y temperatura", ["Tiene escalofríos"], ["calentura"], []),
]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("fever", "temperature"),
        ("feever", "temperature"),
        ("thermomter", "temperature"),
        ("what is my temprature", "temperature"),
        ("diarhea", "belly"),
        ("loose stool", "belly"),
        ("escalofrios", "sp"),
    ],
)
def test_misspelt_words_find_their_page(query, first):
    assert find(query, ENTRIES)[0] == first


@pytest.mark.parametrize("query", ["", "  ", "?", "mortgage", "xyzzy 12345"])
def test_what_is_on_no_page_finds_none(query):
    assert find(query, ENTRIES) == []


def test_words_lose_accents_and_little_words_unless_nothing_else_is_left():
    assert folded("¿Qué hago con la FIEBRE?") == ["hago", "fiebre"]
    assert folded("what is it") == ["what", "is", "it"]


def test_numbers_are_the_same_or_not():
    assert similarity("38", "38") == 1.0
    assert similarity("380", "381") == 0.0
