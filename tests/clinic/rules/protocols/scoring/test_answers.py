from __future__ import annotations

import pytest

from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.answers import check_answers


@pytest.mark.parametrize(
    ("value", "unit", "celsius", "validation"),
    [
        (36.6, None, 36.6, "ok"),
        ("36,6", None, 36.6, "ok"),
        (" 36.6 ", " c ", 36.6, "ok"),
        (100.4, "F", 38.0, "ok"),
        ("100,4", "f", 38.0, "ok"),
        (38, "C", 38.0, "ok"),
        (37.95, "C", 38.0, "ok"),
        (37.949, "C", 37.9, "ok"),
        (100.3, "F", 37.9, "ok"),
        (41.5, "C", 41.5, "ok"),
        ("٣٨٫٥ درجة مئوية", "F", 38.5, "ok"),
        ("٣٨٫٥°م", "F", 38.5, "ok"),
        ("١٠١٫٣ فهرنهايت", "C", 38.5, "ok"),
        ("38.5 摄氏度", "F", 38.5, "ok"),
        ("101.3华氏度", "C", 38.5, "ok"),
        ("38。5", "C", 38.5, "ok"),
        ("38·5 °C", "C", 38.5, "ok"),
        ("38,5 grados centígrados", "F", 38.5, "ok"),
        ("101.3 F.", "C", 38.5, "ok"),
        (41.6, "C", 41.6, "confirm"),
        (35.0, "C", 35.0, "ok"),
        (34.9, "C", 34.9, "confirm"),
        (95.0, "F", 35.0, "ok"),
        (94.9, "F", 34.9, "confirm"),
        (106.7, "F", 41.5, "ok"),
        (106.8, "F", 41.6, "confirm"),
        (38, "F", 38.0, "unit_suspect"),
        (101, "C", 38.3, "unit_suspect"),
        (45.1, "C", None, "reject"),
        (29.9, "C", None, "reject"),
        (85.9, "C", None, "reject"),
        (113.1, "F", None, "reject"),
        (45.1, "F", None, "reject"),
        (-38, "C", None, "reject"),
        ("38.5.1", "C", None, "reject"),
        ("warm", "C", None, "reject"),
        ("9" * 5000, "C", None, "reject"),
        (10**400, "C", None, "reject"),
        (float("nan"), "C", None, "reject"),
        (float("inf"), "C", None, "reject"),
        (True, "C", None, "reject"),
        ([38.5], "C", None, "reject"),
        ({"value": 38.5}, "C", None, "reject"),
        (38.5, "K", None, "reject"),
        (38.5, ["C"], None, "reject"),
        (None, "C", None, "absent"),
        ("", "C", None, "absent"),
        ("  ", None, None, "absent"),
    ],
)
def test_temperature_is_checked_and_converted(
    protocol: Protocol, value: object, unit: object, celsius: float | None, validation: str
) -> None:
    answers = {"temp_value": value} if unit is None else {"temp_value": value, "temp_unit": unit}

    checked = check_answers(protocol, answers)

    assert (checked.temperature.celsius, checked.temperature.validation) == (celsius, validation)
    assert checked.values.get("temp") == celsius


def test_temperature_keeps_what_was_typed(protocol: Protocol) -> None:
    temperature = check_answers(protocol, {"temp_value": "100,4", "temp_unit": "F"}).temperature

    assert (temperature.typed, temperature.unit, temperature.celsius) == ("100,4", "F", 38.0)


@pytest.mark.parametrize(
    ("key", "value", "canonical"),
    [
        ("pulse", 78, 78),
        ("pulse", "78 lpm", 78),
        ("pulse", "78 次/分", 78),
        ("pulse", "78 nhịp/phút", 78),
        ("pulse", "78", 78),
        ("pulse", 78.9, 78),
        ("pulse", "78,9", 78),
        ("spo2", 89.5, 89),
        ("home_check", "10", 10),
        ("chills", 2, 2),
        ("chills", "2", 2),
        ("chills", 2.0, 2),
        ("worry", 3, 2),
        ("meds_missed", 3, 2),
        ("antipyretic_6h", True, True),
        ("antipyretic_6h", "yes", True),
        ("antipyretic_6h", 1, True),
        ("antipyretic_6h", "false", False),
        ("antipyretic_6h", 0, False),
        ("red_flags", ["seizure"], ["seizure"]),
        ("red_flags", "seizure", ["seizure"]),
        ("red_flags", [], []),
    ],
)
def test_answer_becomes_one_canonical_value(
    protocol: Protocol, key: str, value: object, canonical: object
) -> None:
    checked = check_answers(protocol, {key: value})

    assert (checked.values, checked.problems, checked.confirmations) == ({key: canonical}, (), ())


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("pulse", 251, "out_of_range"),
        ("pulse", 19.9, "out_of_range"),
        ("pulse", "fast", "wrong_type"),
        ("pulse", True, "wrong_type"),
        ("pulse", [], "wrong_type"),
        ("chills", 4, "out_of_range"),
        ("chills", -1, "out_of_range"),
        ("chills", 1.5, "wrong_type"),
        ("chills", True, "wrong_type"),
        ("chills", "hard", "wrong_type"),
        ("worry", 4, "out_of_range"),
        ("antipyretic_6h", "perhaps", "wrong_type"),
        ("antipyretic_6h", 2, "wrong_type"),
        ("antipyretic_6h", [True], "wrong_type"),
        ("red_flags", {"seizure": True}, "wrong_type"),
        ("red_flags", 3, "wrong_type"),
        ("red_flags", [3], "wrong_type"),
        ("temp_value", "hot", "reject"),
        ("sbp_left", 120, "unknown_question"),
    ],
)
def test_answer_that_cannot_be_used_is_a_problem_and_no_value(
    protocol: Protocol, key: str, value: object, code: str
) -> None:
    checked = check_answers(protocol, {key: value})

    assert [problem.code for problem in checked.problems] == [code]
    assert not any(checked.values.values())


@pytest.mark.parametrize("value", [None, "", " "])
@pytest.mark.parametrize("key", ["pulse", "chills", "antipyretic_6h", "red_flags"])
def test_answer_left_empty_is_absent_and_no_problem(protocol: Protocol, key: str, value: object) -> None:
    checked = check_answers(protocol, {key: value})

    assert (checked.values, checked.problems) == ({}, ())


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("spo2", 79, "confirm_low"),
        ("sbp", 69, "confirm_low"),
        ("pulse", 181, "confirm_high"),
        ("red_flags", ["new_sign"], "unknown_option"),
        ("temp_value", 101, "unit_suspect_f"),
        ("temp_value", 34, "confirm"),
    ],
)
def test_doubtful_answer_is_scored_and_asked_again(
    protocol: Protocol, key: str, value: object, code: str
) -> None:
    checked = check_answers(protocol, {key: value})

    assert [question.code for question in checked.confirmations] == [code]
    assert len(checked.values) == 1
    assert checked.problems == ()


@pytest.mark.parametrize(("key", "value"), [("spo2", 80), ("sbp", 70), ("pulse", 180)])
def test_value_on_the_line_needs_no_confirmation(protocol: Protocol, key: str, value: int) -> None:
    assert check_answers(protocol, {key: value}).confirmations == ()


def test_celsius_typed_as_fahrenheit_is_asked_about(protocol: Protocol) -> None:
    checked = check_answers(protocol, {"temp_value": 38, "temp_unit": "F"})

    assert [question.code for question in checked.confirmations] == ["unit_suspect_c"]
    assert checked.confirmations[0].text("en") == (
        "38 looks like Celsius. Is it? Until you tell us, we count it as 38.0 °C."
    )


def test_diastolic_must_be_below_systolic(protocol: Protocol) -> None:
    checked = check_answers(protocol, {"sbp": 80, "dbp": 120})

    assert checked.values == {"sbp": 80}
    assert [(problem.key, problem.code) for problem in checked.problems] == [("dbp", "not_below")]


def test_diastolic_alone_is_accepted(protocol: Protocol) -> None:
    assert check_answers(protocol, {"dbp": 70}).values == {"dbp": 70}


def test_danger_signs_that_can_be_read_survive_those_that_cannot(protocol: Protocol) -> None:
    checked = check_answers(protocol, {"red_flags": ["seizure", 7]})

    assert checked.values == {"red_flags": ["seizure"]}
    assert [problem.code for problem in checked.problems] == ["wrong_type"]


def test_problem_speaks_the_language_of_the_caregiver(protocol: Protocol) -> None:
    [problem] = check_answers(protocol, {"pulse": 300}).problems

    assert problem.text("en") == "Pulse: “300” is not between 20 and 250. Please check it."
    assert problem.text("es-MX") == "Pulso: “300” no está entre 20 y 250. Revíselo, por favor."
    assert problem.text("vi") == "Mạch: “300” không nằm giữa 20 và 250. Xin kiểm tra lại."
    assert problem.text("fr") == problem.text("en")


def test_unknown_question_is_named(protocol: Protocol) -> None:
    [problem] = check_answers(protocol, {"tempature": 39}).problems

    assert problem.text("en") == "We do not know the question “tempature”."
