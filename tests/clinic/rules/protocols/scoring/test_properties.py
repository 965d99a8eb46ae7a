"""What must hold for every report, not only for the cases somebody thought of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.protocols import default_document
from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.rules.protocols.scoring.assessment import (
    NO_HISTORY,
    History,
    PastReport,
    PatientContext,
    assess,
    assess_silence,
)
from tests.clinic.rules.people import a_person, baselines
from tests.examples import examples

# No deadline: how long one example takes says something about the machine, not about the rules.
SOME = settings(max_examples=examples(100), deadline=None)
MANY = settings(max_examples=examples(300), deadline=None)

PROTOCOL = Protocol.from_document(default_document())
FLAGS = ("immune_risk", "neutropenia", "platelets_low", "masked")
YES_NO = ("antipyretic_6h", "steroid_48h", "alone_next_24h")
DANGER = tuple(str(option.value) for option in PROTOCOL.question("red_flags").options)

# (question, from which value on, step, to which value): the direction in which a number gets worse.
# Inside the usual range a number has no worse direction; below 36.0 °C colder is worse, above it warmer.
WORSE = {
    "pulse up": ("pulse", 51, 1, 250),
    "pulse down": ("pulse", 109, -1, 20),
    "sbp up": ("sbp", 180, 1, 260),
    "sbp down": ("sbp", 179, -1, 50),
    "spo2 down": ("spo2", 100, -1, 50),
    "home_check down": ("home_check", 10, -1, 0),
    "diarrhea_days up": ("diarrhea_days", 0, 1, 20),
}

days = st.one_of(st.integers(-5, 40), st.sampled_from([99, 100, 101, 365, 366, 2000]))
patients = st.builds(
    a_person,
    day=days,
    tier=st.sampled_from(["standard", "high"]),
    target=st.sampled_from(["", "CD19", "BCMA"]),
    immune_risk=st.booleans(),
    neutropenia=st.booleans(),
    platelets_low=st.booleans(),
    masked=st.booleans(),
    baseline=baselines,
)
few = st.dictionaries(st.sampled_from(PROTOCOL.scale_items), st.integers(0, 3), max_size=5)
tenths = st.integers(340, 415).map(lambda value: value / 10)
measured = st.fixed_dictionaries(
    {},
    optional={
        "temp_value": tenths,
        "pulse": st.integers(30, 150),
        "sbp": st.integers(70, 230),
        "spo2": st.integers(80, 100),
        "home_check": st.integers(0, 10),
        "diarrhea_days": st.integers(0, 5),
        "antipyretic_6h": st.booleans(),
        "steroid_48h": st.booleans(),
        "alone_next_24h": st.booleans(),
        "red_flags": st.lists(st.sampled_from(DANGER), max_size=1),
    },
)
reports = st.builds(lambda scales, numbers: _valid({**scales, **numbers}), few, measured)
histories = st.builds(
    History,
    reports=st.lists(st.builds(PastReport, hours_ago=st.floats(0, 200), answers=reports), max_size=3).map(
        tuple
    ),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=5,
)
ANSWER_KEYS = [key for question in PROTOCOL.questions for key in question.answer_keys]


def _valid(answers: dict[str, Any]) -> dict[str, Any]:
    """The same report with answers above the top of a scale brought down to it."""
    return {
        key: min(value, PROTOCOL.question(key).highest) if key in PROTOCOL.scale_items else value
        for key, value in answers.items()
    }


def level(answers: dict[str, Any], patient: PatientContext, history: History = NO_HISTORY) -> Level:
    return assess(PROTOCOL, answers, patient, history).level


@MANY
@given(reports, patients, histories, st.data())
def test_a_worse_answer_on_a_scale_never_lowers_the_level(
    answers: dict[str, Any], patient: PatientContext, history: History, data: st.DataObject
) -> None:
    item = data.draw(st.sampled_from(PROTOCOL.scale_items))
    lower = data.draw(st.integers(0, PROTOCOL.question(item).highest - 1))
    higher = data.draw(st.integers(lower + 1, PROTOCOL.question(item).highest))

    before = level({**answers, item: lower}, patient, history)

    assert level({**answers, item: higher}, patient, history) >= before


@MANY
@given(reports, patients, histories, st.data())
def test_a_worse_number_never_lowers_the_level(
    answers: dict[str, Any], patient: PatientContext, history: History, data: st.DataObject
) -> None:
    item, start, step, end = WORSE[data.draw(st.sampled_from(sorted(WORSE)))]
    better, worse = sorted(
        data.draw(st.lists(st.sampled_from(range(start, end + step, step)), min_size=2, max_size=2)),
        key=lambda value: value * step,
    )

    before = level({**answers, item: better}, patient, history)

    assert level({**answers, item: worse}, patient, history) >= before


@MANY
@given(reports, patients, histories, st.lists(st.integers(360, 450), min_size=2, max_size=2))
def test_a_temperature_further_towards_fever_never_lowers_the_level(
    answers: dict[str, Any], patient: PatientContext, history: History, pair: list[int]
) -> None:
    cooler, warmer = (value / 10 for value in sorted(pair))

    before = level({**answers, "temp_value": cooler}, patient, history)

    assert level({**answers, "temp_value": warmer}, patient, history) >= before


@SOME
@given(reports, patients, histories, st.lists(st.integers(300, 360), min_size=2, max_size=2))
def test_a_colder_temperature_below_36_never_lowers_the_level(
    answers: dict[str, Any], patient: PatientContext, history: History, pair: list[int]
) -> None:
    colder, warmer = (value / 10 for value in sorted(pair))

    before = level({**answers, "temp_value": warmer}, patient, history)

    assert level({**answers, "temp_value": colder}, patient, history) >= before


@MANY
@given(reports, patients, histories, st.sampled_from([*YES_NO, "red_flags"]))
def test_one_more_yes_or_danger_sign_never_lowers_the_level(
    answers: dict[str, Any], patient: PatientContext, history: History, key: str
) -> None:
    no: object = [] if key == "red_flags" else False
    yes: object = [DANGER[0]] if key == "red_flags" else True

    before = level({**answers, key: no}, patient, history)

    assert level({**answers, key: yes}, patient, history) >= before


@MANY
@given(reports, patients, histories, st.sampled_from([*FLAGS, "tier", "target"]))
def test_a_higher_risk_never_lowers_the_level(
    answers: dict[str, Any], patient: PatientContext, history: History, risk: str
) -> None:
    low: dict[str, Any] = {"tier": "standard", "target": "CD19"}
    high: dict[str, Any] = {"tier": "high", "target": "BCMA"}

    before = level(answers, replace(patient, **{risk: low.get(risk, False)}), history)

    assert level(answers, replace(patient, **{risk: high.get(risk, True)}), history) >= before


@SOME
@given(reports, patients, histories)
def test_without_a_temperature_an_early_report_is_never_below_watch(
    answers: dict[str, Any], patient: PatientContext, history: History
) -> None:
    early = replace(patient, day=min(patient.day, 30))
    without = {key: value for key, value in answers.items() if key != "temp_value"}

    assert level(without, early, history) >= Level.WATCH


@SOME
@given(reports, patients, histories, st.data())
def test_a_refused_answer_is_never_below_watch(
    answers: dict[str, Any], patient: PatientContext, history: History, data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from([key for key in ANSWER_KEYS if key != "temp_unit"]))

    refused = {**answers, key: {"not": "an answer"}}

    assert check_answers(PROTOCOL, refused).problems
    assert level(refused, patient, history) >= Level.WATCH


@SOME
@given(reports, patients, histories, st.data())
def test_leaving_an_answer_out_is_never_worse_than_refusing_it(
    answers: dict[str, Any], patient: PatientContext, history: History, data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from([key for key in ANSWER_KEYS if key != "temp_unit"]))
    without = {name: value for name, value in answers.items() if name != key}

    assert level({**answers, key: {"not": "an answer"}}, patient, history) >= level(without, patient, history)


@SOME
@given(reports, patients, histories, st.randoms(use_true_random=False))
def test_the_order_of_answers_never_matters(
    answers: dict[str, Any], patient: PatientContext, history: History, random: Any
) -> None:
    shuffled = list(answers.items())
    random.shuffle(shuffled)

    assert assess(PROTOCOL, dict(shuffled), patient, history) == assess(PROTOCOL, answers, patient, history)


@MANY
@given(
    st.dictionaries(st.sampled_from(ANSWER_KEYS) | st.text(max_size=5), json_values, max_size=6),
    st.dictionaries(st.sampled_from(ANSWER_KEYS), json_values, max_size=4),
    patients,
)
def test_any_json_is_scored_without_raising_and_what_is_unreadable_is_at_least_watch(
    answers: dict[str, Any], earlier: dict[str, Any], patient: PatientContext
) -> None:
    history = History(reports=(PastReport(hours_ago=5, answers=earlier),))

    assessment = assess(PROTOCOL, answers, patient, history)

    assert len(set(assessment.rules)) == len(assessment.rules)
    assert all(reason.why("en") and reason.why("es") for reason in assessment.reasons)
    if check_answers(PROTOCOL, answers).problems:
        assert assessment.level >= Level.WATCH


@SOME
@given(reports, patients, histories)
def test_the_level_is_the_highest_reason_and_reasons_stand_highest_first(
    answers: dict[str, Any], patient: PatientContext, history: History
) -> None:
    assessment = assess(PROTOCOL, answers, patient, history)
    levels = [reason.level for reason in assessment.reasons]

    assert levels == sorted(levels, reverse=True)
    assert assessment.level is (levels[0] if levels else Level.NONE)
    assert Level.NONE not in levels
    assert len(set(assessment.rules)) == len(assessment.rules)


USUAL = tuple(key for key in PROTOCOL.baselines if key in PROTOCOL.scale_items)


@SOME
@given(reports, patients, st.lists(st.tuples(st.floats(0, 200), reports), max_size=6), st.data())
def test_what_is_no_worse_than_usual_never_persists(
    answers: dict[str, Any],
    patient: PatientContext,
    earlier: list[tuple[float, dict[str, Any]]],
    data: st.DataObject,
) -> None:
    item = data.draw(st.sampled_from(USUAL))
    usual = data.draw(st.integers(0, PROTOCOL.question(item).highest))
    now = data.draw(st.integers(0, usual))
    history = History(reports=tuple(PastReport(hours, {**before, item: 3}) for hours, before in earlier))
    stored = replace(patient, baseline={**patient.baseline, item: usual})

    assert f"T3_persisting:{item}" not in assess(PROTOCOL, {**answers, item: now}, stored, history).rules


@SOME
@given(patients, st.lists(st.floats(0, 2000), min_size=2, max_size=2))
def test_a_longer_silence_never_lowers_the_level(patient: PatientContext, pair: list[float]) -> None:
    shorter, longer = sorted(pair)

    before = assess_silence(PROTOCOL, patient, shorter).level

    assert assess_silence(PROTOCOL, patient, longer).level >= before
    assert assess_silence(PROTOCOL, replace(patient, tier="high"), longer).level >= before


def test_every_scale_question_takes_part() -> None:
    kinds = {question.key: question.kind for question in PROTOCOL.questions}

    assert set(PROTOCOL.scale_items) == {key for key, kind in kinds.items() if kind is Kind.CHOICE}
