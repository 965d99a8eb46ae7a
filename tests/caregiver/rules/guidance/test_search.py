"""Search that forgives spelling."""

import pytest

from caregiver.rules.guidance.search import comparable_parts, entry, find, similarity

ENTRIES = [
    entry(
        "temperature", "Taking a temperature", ["They feel hot"], ["fever", "thermometer"], ["Call the line."]
    ),
    entry(
        "belly", "Belly, eating and drinking", ["Loose stools"], ["diarrhea", "vomit"], ["Count the stools."]
    ),
    entry("sp", "Fiebre y temperatura", ["Tiene escalofríos"], ["calentura"], []),
    entry("zh", "该打给谁，什么时候打", ["叫不醒"], ["急救"], ["发烧到 38.0 °C 或更高。"]),
    entry("ar", "بمن تتصلون ومتى", ["لا يستيقظ"], ["طوارئ"], ["نوبة تشنّج الآن أو قبل قليل."]),
    entry("vi", "Gọi cho ai, và khi nào", ["Gọi không tỉnh dậy"], ["cấp cứu"], ["Đột nhiên không nói được."]),
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
        ("病人叫不醒", "zh"),
        ("发烧", "zh"),
        ("تشنج", "ar"),
        ("الطوارئ", "ar"),
        ("dot nhien", "vi"),
        ("cap cuu", "vi"),
    ],
)
def test_misspelt_words_find_their_page(query, first):
    assert find(query, ENTRIES)[0] == first


@pytest.mark.parametrize("query", ["", "  ", "?", "mortgage", "xyzzy 12345", "房屋贷款", "قرض"])
def test_what_is_on_no_page_finds_none(query):
    assert find(query, ENTRIES) == []


def test_words_that_follow_each_other_on_a_page_weigh_more_than_apart():
    blood = entry("blood", "Tế bào máu thấp", [], ["tiểu cầu", "chảy máu"], [])
    belly = entry("belly", "Bụng, ăn và uống", [], ["tiêu chảy"], [])

    assert find("tieu chay", [blood, belly]) == ["belly", "blood"]
    assert find("tiểu cầu", [belly, blood])[0] == "blood"


def test_words_lose_accents_and_little_words_unless_nothing_else_is_left():
    assert comparable_parts("¿Qué hago con la FIEBRE?") == ["hago", "fiebre"]
    assert comparable_parts("what is it") == ["what", "is", "it"]


def test_numbers_are_the_same_or_not():
    assert similarity("38", "38") == 1.0
    assert similarity("380", "381") == 0.0
