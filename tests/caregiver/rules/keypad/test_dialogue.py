"""The questions of a call, as properties over whatever is pressed."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caregiver.rules.keypad import dialogue, stored
from caregiver.rules.keypad.dialogue import Progress, PromptKind, Script
from clinic.protocols import default_document
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.rules.protocols.scoring.assessment import NO_HISTORY, PatientContext, assess

PROTOCOL = Protocol.from_document(default_document())
CONTEXT = PatientContext(
    day=5,
    tier="standard",
    target="CD19",
    product="",
    age=61,
    immune_risk=False,
    neutropenia=False,
    platelets_low=False,
    masked=False,
    baseline={},
    minutes_to_centre=20,
    no_transport=False,
    findings=(),
    home_day=None,
)
SCRIPT = Script(PROTOCOL, CONTEXT)
KEYS = st.sampled_from(
    ["", "0", "1", "2", "3", "9", "*", "#", "385", "1013", "38*5", "72", "500", "120", "*5"]
)
# What leads through an ordinary check-in.
ORDINARY = {
    PromptKind.TICKS: "0",
    PromptKind.TEMPERATURE: "984",
    PromptKind.READ_BACK: "1",
    PromptKind.YES_NO: "2",
    PromptKind.CHOICE: "1",
    PromptKind.READINGS: "1",
    PromptKind.AT_ONCE: "1",
    PromptKind.NUMBER: "*",
}


NOTHING = Progress()


def pressed(*digits, script=SCRIPT, progress=NOTHING):
    for one in digits:
        progress = dialogue.press(script, progress, one)
    return progress


def through(progress=NOTHING, script=SCRIPT, **other):
    """Go on to the end with ordinary keys; the kinds that were asked."""
    asked, answers = [], {**ORDINARY, **other}
    while (ask := dialogue.current(script, progress)).kind is not PromptKind.DONE:
        asked.append((ask.kind, ask.questions[0].key))
        progress = dialogue.press(script, progress, answers[ask.kind])
        assert len(asked) < 100, "the questions come to no end"
    return progress, asked


def test_danger_signs_come_first_and_cannot_be_passed_over():
    assert dialogue.current(SCRIPT, Progress()).question.key == "red_flags"

    for keys in (["*"], ["#"], [""], ["9"], ["00"]):
        assert dialogue.current(SCRIPT, pressed(*keys)).question.key == "red_flags"


def test_one_danger_sign_is_known_at_once_and_is_an_emergency():
    progress = pressed("2")

    assert progress.answers == {"red_flags": ["seizure"]}
    assert assess(PROTOCOL, progress.answers, CONTEXT, NO_HISTORY).level is Level.EMERGENCY
    assert dialogue.current(SCRIPT, progress).kind is PromptKind.MORE_TICKS


def test_every_danger_sign_has_its_key():
    options = PROTOCOL.question("red_flags").options

    keyed = [pressed(str(key)).answers["red_flags"] for key in range(1, len(options) + 1)]

    assert keyed == [[one.value] for one in options]


def test_ordinary_check_in_is_short_and_whole():
    progress, asked = through()

    assert len(asked) <= 13
    assert [kind for kind, _ in asked][:2] == [PromptKind.TICKS, PromptKind.TEMPERATURE]
    assert progress.answers["temp_value"] == "98.4"
    assert progress.answers["temp_unit"] == "F"
    assert progress.answers["worry"] == 0
    assert ("worry" in [key for _, key in asked]) is True
    assert assess(PROTOCOL, progress.answers, CONTEXT, NO_HISTORY).level is Level.NONE


def test_something_new_is_asked_one_by_one():
    _, asked = through(at_once="2")

    singles = {key for kind, key in asked if kind is PromptKind.CHOICE}
    assert singles == {one.key for one in PROTOCOL.questions if one.kind == "choice"}


def test_question_that_an_answer_calls_for_is_asked_next():
    before = pressed("0", "984", "1", "2", "2", "1", "1", "1", "2")
    assert dialogue.current(SCRIPT, before).question.key == "breathing"

    after = pressed("1", "1", "1", "1", "1", "3", progress=before)

    assert dialogue.current(SCRIPT, after).question.key == "diarrhea_days"


@pytest.mark.parametrize("digits", ["500", "55*5", "2"])
def test_temperature_of_no_thermometer_is_asked_again_with_the_protocol_s_words(digits):
    progress = pressed("0", digits)
    ask = dialogue.current(SCRIPT, progress)

    assert (ask.kind, ask.problem.code, progress.slip) == (PromptKind.TEMPERATURE, "reject", "reject")
    assert "temp_value" not in progress.answers
    assert dialogue.current(SCRIPT, pressed("385", progress=progress)).kind is PromptKind.READ_BACK


def test_reading_that_was_typed_wrongly_is_typed_again():
    progress = pressed("0", "385", "2", "375", "1")

    assert progress.answers["temp_value"] == "37.5"


def test_number_outside_the_form_s_limits_is_asked_again():
    at_pulse = pressed("0", "*", "2", "2", "1", "2")

    ask = dialogue.current(SCRIPT, pressed("500", progress=at_pulse))

    assert (ask.question.key, ask.problem.code) == ("pulse", "out_of_range")


def test_bottom_number_must_be_lower_than_the_top_one():
    at_bottom = pressed("0", "*", "2", "2", "1", "2", "72", "1", "120", "1")

    ask = dialogue.current(SCRIPT, pressed("130", progress=at_bottom))

    assert (ask.question.key, ask.problem.code) == ("dbp", "not_below")


def test_unit_is_asked_where_the_number_fits_two():
    document = default_document()
    temp = next(one for one in document["questions"] if one["key"] == "temp")
    temp["units"]["C"]["maximum"] = 100.0
    temp["maximum"] = 100.0
    script = Script(Protocol.from_document(document), CONTEXT)

    asked = pressed("0", "98", script=script)
    assert dialogue.current(script, asked).kind is PromptKind.UNIT

    answered = pressed("2", "1", script=script, progress=asked)
    assert (answered.answers["temp_value"], answered.answers["temp_unit"]) == ("98", "F")


def test_three_misses_in_a_row_are_the_end_and_one_right_key_begins_anew():
    assert pressed("", "", "").is_given_up
    assert pressed("9", "", "9").is_given_up
    assert not pressed("", "", "0", "", "").is_given_up
    # To hear it again is no miss.
    assert not pressed("", "", "*", "", "").is_given_up


def test_call_that_goes_on_asks_the_danger_signs_anew_and_keeps_the_rest():
    progress = dialogue.resumed(pressed("0", "385", "1", "1"), PROTOCOL)

    assert dialogue.current(SCRIPT, progress).question.key == "red_flags"
    assert dialogue.current(SCRIPT, pressed("0", progress=progress)).question.key == "steroid_48h"


def test_ticks_of_more_than_nine_signs_go_on_with_the_next_nine():
    question = PROTOCOL.question("red_flags")
    options = tuple(replace(question.options[0], value=f"sign_{number}") for number in range(11))
    many = replace(question, options=options)
    steps = (replace(PROTOCOL.steps[0], questions=(many,)), *PROTOCOL.steps[1:])
    script = Script(replace(PROTOCOL, steps=steps), CONTEXT)

    assert pressed("0", "2", script=script).answers["red_flags"] == ["sign_10"]
    assert pressed("0", "0", script=script).answers["red_flags"] == []
    assert "red_flags" not in pressed("0", script=script).answers


def test_question_with_more_answers_than_keys_is_left_out():
    question = PROTOCOL.question("worry")
    many = replace(question, options=tuple(replace(question.options[0], value=one) for one in range(12)))
    steps = tuple(
        replace(step, questions=tuple(many if one.key == "worry" else one for one in step.questions))
        for step in PROTOCOL.steps
    )

    progress, asked = through(script=Script(replace(PROTOCOL, steps=steps), CONTEXT))

    assert "worry" not in [key for _, key in asked]
    assert "worry" not in progress.answers


@given(st.lists(KEYS, max_size=60))
def test_whatever_is_pressed_an_answer_is_never_lost_and_always_one_of_the_form_s(digits):
    progress = Progress()
    for one in digits:
        following = dialogue.press(SCRIPT, progress, one)
        assert (
            following.answers.items()
            >= {key: value for key, value in progress.answers.items() if key != "red_flags"}.items()
        )
        assert set(progress.answers.get("red_flags", [])) <= set(following.answers.get("red_flags", []))
        progress = following
    checked = check_answers(PROTOCOL, progress.answers)
    assert checked.problems == ()
    assert stored.from_json(json.loads(json.dumps(stored.as_json(progress)))) == progress


@given(st.lists(KEYS, max_size=60))
def test_from_wherever_it_stands_ordinary_keys_lead_to_the_end(digits):
    progress, _ = through(pressed(*digits), more_ticks="0", unit="1")

    assert dialogue.current(SCRIPT, progress).kind is PromptKind.DONE
    assert dialogue.press(SCRIPT, progress, "1") == progress


@given(st.lists(KEYS, max_size=40))
def test_keys_say_what_the_form_would_have_said(digits):
    """The level of what was typed is that of the same answers as numbers on a page."""
    progress = pressed(*digits)
    if "temp_value" not in progress.answers:
        return
    as_form = {**progress.answers, "temp_value": float(progress.answers["temp_value"])}

    assert (
        assess(PROTOCOL, progress.answers, CONTEXT, NO_HISTORY).level
        == assess(PROTOCOL, as_form, CONTEXT, NO_HISTORY).level
    )
