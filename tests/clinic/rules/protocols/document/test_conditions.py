from __future__ import annotations

import pytest

from clinic.rules.protocols.document.condition_parser import ConditionError, Fact, parse, with_numbers
from clinic.rules.protocols.document.conditions import Compare, Term
from clinic.rules.protocols.document.reachability import can_hold

VOCABULARY = {
    "temp": Fact("number", 30, 45, 0.1, may_be_missing=True),
    "chills": Fact("number", 0, 3),
    "day": Fact("number", -60, 4000),
    "sbp": Fact("number", 50, 260, may_be_missing=True),
    "baseline.sbp": Fact("number", 50, 260, may_be_missing=True),
    "masked": Fact("flag"),
    "target": Fact("text"),
    "product": Fact("text"),
}
DEFINITIONS = {"early": parse("day <= 30", VOCABULARY, {})}
FACTS = {
    "temp": 38.0,
    "chills": 1,
    "day": 30,
    "sbp": 100,
    "baseline.sbp": 130,
    "masked": False,
    "target": "bcma",
    "product": "cilta-cel",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("temp >= 38.0", True),
        ("temp > 38.0", False),
        ("temp <= 38.0", True),
        ("temp < 38", False),
        ("temp = 38", True),
        ("38 <= temp", True),
        ("day > -5", True),
        ("day <= -5", False),
        ("early", True),
        ("not early", False),
        ("masked", False),
        ("not masked", True),
        ("target is BCMA", True),
        ("target is CD19", False),
        ("product is cilta-cel", True),
        ("temp is missing", False),
        ("baseline.sbp - sbp >= 30", True),
        ("baseline.sbp - sbp < 30", False),
        ("masked or early and chills >= 1", True),
        ("(masked or early) and chills >= 2", False),
        ("masked and early or chills = 1", True),
        ("at least 2 of (masked, early, chills >= 1)", True),
        ("at least 3 of (masked, early, chills >= 1)", False),
        ("at least 1 of (masked or chills = 3, not early)", False),
    ],
)
def test_condition_is_read_as_written(text: str, expected: bool) -> None:
    assert parse(text, VOCABULARY, DEFINITIONS).holds(FACTS) is expected


@pytest.mark.parametrize("operator", [">=", "<=", ">", "<", "="])
def test_a_value_not_measured_makes_every_comparison_false(operator: str) -> None:
    facts = {**FACTS, "temp": None, "baseline.sbp": None}

    assert not parse(f"temp {operator} 38", VOCABULARY, {}).holds(facts)
    assert not parse(f"baseline.sbp - sbp {operator} 30", VOCABULARY, {}).holds(facts)
    assert parse("temp is missing", VOCABULARY, {}).holds(facts)


def test_differences_of_decimals_meet_their_threshold() -> None:
    rise = Compare(Term(name="now", less="before"), ">=", Term(number=1.0))

    assert rise.holds({"now": 37.4, "before": 36.4})


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("masked and early", {"masked": True}, None),
        ("masked and early", {"masked": False}, False),
        ("masked or early", {"masked": False}, None),
        ("masked or early", {"masked": True}, True),
        ("not masked", {}, None),
        ("target is BCMA", {}, None),
        ("temp is missing", {}, None),
        ("at least 2 of (masked, early, chills = 1)", {"masked": True}, None),
        ("at least 2 of (masked, early, chills = 1)", {"masked": False, "day": 31}, False),
        ("at least 2 of (masked, early, chills = 1)", {"masked": True, "day": 3}, True),
    ],
)
def test_verdict_stays_open_while_facts_are_unknown(
    text: str, facts: dict[str, object], expected: bool | None
) -> None:
    assert parse(text, VOCABULARY, DEFINITIONS).verdict(facts) is expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the condition is empty"),
        ("temperature >= 38", "“temperature” is not a question, a patient fact or a definition"),
        ("temp >=", "the condition ends too early"),
        ("temp 38", "“temp” is not a yes/no fact; compare it with something"),
        ("temp", "“temp” is not a yes/no fact; compare it with something"),
        ("masked >= 1", "“masked” is not a number"),
        ("temp >= 38 38", "“38” is not expected here"),
        ("temp >= 38 and", "the condition ends too early"),
        ("temp - >= 38", "“>=” is not a question, a patient fact or a definition"),
        ("(temp >= 38", "“)” is expected, not “the end”"),
        ("temp >= 38 ; masked", "“;” is not expected here"),
        ("day > - temp", "a number is expected, not “temp”"),
        ("day > -", "a number is expected, not “the end”"),
        ("3 > 2", "two numbers are compared with each other"),
        ("temp - sbp", "a comparison is expected, not “the end”"),
        ("at least 2 (masked, early)", "“of” is expected, not “(”"),
        ("at least two of (masked, early)", "a whole number is expected after “at least”, not “two”"),
        ("at least 3 of (masked, early)", "“at least 3” of 2 can never be decided"),
        ("at most 3 of (masked, early)", "“least” is expected, not “most”"),
        ("target is missing", "“target” is never missing"),
        ("target is 5", "“target is 5” has no meaning"),
        ("target is and", "“target is and” has no meaning"),
        ("temp is high", "“temp is high” has no meaning"),
        ("nobody is high", "“nobody” is not a question, a patient fact or a definition"),
    ],
)
def test_unreadable_condition_says_why(text: str, reason: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text, VOCABULARY, DEFINITIONS)

    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("temp >= 38.0", {"compare": [{"value": "temp"}, ">=", 38.0]}),
        ("baseline.sbp - sbp >= 30", {"compare": [{"value": "baseline.sbp", "less": "sbp"}, ">=", 30.0]}),
        ("not masked", {"not": {"flag": "masked"}}),
        ("temp is missing", {"missing": "temp"}),
        ("target is BCMA", {"is": ["target", "BCMA"]}),
        ("masked and masked", {"all": [{"flag": "masked"}, {"flag": "masked"}]}),
        ("masked or masked", {"any": [{"flag": "masked"}, {"flag": "masked"}]}),
        ("at least 1 of (masked)", {"at_least": 1, "of": [{"flag": "masked"}]}),
    ],
)
def test_condition_as_json(text: str, expected: object) -> None:
    assert parse(text, VOCABULARY, {}).as_json() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("temp >= 45", True),
        ("temp > 45", False),
        ("temp >= 38 and temp < 38.1", True),
        ("chills > 2 and chills < 3", False),
        ("chills >= 1 and not chills >= 1", False),
        ("temp is missing and temp >= 30", False),
        ("temp is missing or temp >= 30", True),
        ("target is BCMA and target is CD19", False),
        ("not target is BCMA", True),
        ("masked and not masked", False),
        ("sbp >= 90 and baseline.sbp < 105 and baseline.sbp - sbp >= 15", False),
        ("sbp >= 90 and baseline.sbp < 105 and baseline.sbp - sbp >= 14", True),
        ("baseline.sbp - sbp >= 210", True),
        ("baseline.sbp - sbp > 210", False),
        ("at least 2 of (chills = 1, chills = 2)", False),
    ],
)
def test_can_hold_finds_conditions_that_never_apply(text: str, expected: bool) -> None:
    assert can_hold(parse(text, VOCABULARY, {}), VOCABULARY) is expected


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ({}, "at least 2 of (temp >= 38.0, antipyretic_6h, day <= 30)"),
        ({0: 3, 1: 38.5}, "at least 3 of (temp >= 38.5, antipyretic_6h, day <= 30)"),
        # A number with decimals keeps them; one of a name is none.
        ({1: 38, 2: 14}, "at least 2 of (temp >= 38.0, antipyretic_6h, day <= 14)"),
        ({1: 39, 7: 1}, "at least 2 of (temp >= 39.0, antipyretic_6h, day <= 30)"),
    ],
)
def test_numbers_of_a_text_are_put_anew(numbers, text):
    old = "at least 2 of (temp >= 38.0, antipyretic_6h, day <= 30)"

    assert with_numbers(old, numbers) == text
