"""What may be expected, and that nothing worse, nothing new and nothing measured is ever held back by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.protocols import default_document
from clinic.rules.core.enums import Kind, Level
from clinic.rules.paging import known
from clinic.rules.paging.known import Finding, Fired
from clinic.rules.paging.ladder import pages_staff
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.rules.protocols.scoring.assessment import NO_HISTORY, History, PastReport, PatientContext, assess
from tests.clinic.rules.people import a_person

PROTOCOL = Protocol.from_document(default_document())
EARLY, LATE = a_person(day=10), a_person(day=60)
WARM_ENOUGH = {"temp_value": 36.6}


def fired(
    answers: dict[str, Any], patient: PatientContext, history: History = NO_HISTORY
) -> tuple[Fired, ...]:
    reasons = assess(PROTOCOL, answers, patient, history).reasons
    return tuple(Fired(one.rule, one.level, one.item) for one in reasons)


def named(answers: dict[str, Any], patient: PatientContext, *items: str) -> list[Finding]:
    """The mild findings of this report as a person would name them: these, or all."""
    reasons = fired(answers, patient)
    found = known.nameable(PROTOCOL, answers, reasons)
    rules = frozenset(one.rule for one in reasons)
    return [Finding(item, found[item], rules) for item in items or found]


def left(answers: dict[str, Any], patient: PatientContext, findings: Iterable[Finding]) -> Level:
    return known.level_left(PROTOCOL, answers, fired(answers, patient), findings)


@pytest.mark.parametrize(
    ("answers", "patient", "mild"),
    [
        ({"confusion": 1}, EARLY, {"confusion": 1}),
        ({"confusion": 2}, EARLY, {}),
        ({"confusion": 1}, LATE, {"confusion": 1}),
        ({**WARM_ENOUGH, "chills": 2}, LATE, {"chills": 2}),
        ({"chills": 2}, EARLY, {}),
        ({"pain": 2, "activity": 2}, LATE, {"pain": 2, "activity": 2}),
        ({"pain": 3}, LATE, {}),
        ({"pain": 1}, LATE, {}),
        ({"breathing": 3}, LATE, {}),
        ({"temp_value": 38.5, "cough": 1}, LATE, {"cough": 1}),
        ({"pulse": 120, "spo2": 93, "sbp": 92, "home_check": 9}, LATE, {}),
        ({"red_flags": ["seizure"]}, LATE, {}),
        ({"alone_next_24h": True}, EARLY, {}),
        ({"cough": "loud"}, LATE, {}),
    ],
)
def test_only_mild_answers_on_a_scale_can_be_named(
    answers: dict[str, Any], patient: PatientContext, mild: dict[str, int]
) -> None:
    assert known.nameable(PROTOCOL, answers, fired(answers, patient)) == mild


def test_jump_to_two_makes_the_item_urgent_and_no_longer_mild() -> None:
    history = History(reports=(PastReport(12, {**WARM_ENOUGH}),))
    answers = {**WARM_ENOUGH, "headache": 2}

    assert known.nameable(PROTOCOL, answers, fired(answers, EARLY, history)) == {}
    assert known.nameable(PROTOCOL, answers, fired(answers, EARLY)) == {"headache": 2}


AREAS = {**WARM_ENOUGH, "cough": 1, "skin_site": 2, "pain": 2}
SHAKY = {**WARM_ENOUGH, "handwriting": 1, "movement": 1}
CONFUSED = {**WARM_ENOUGH, "confusion": 1}
WEAK = {**WARM_ENOUGH, "bleeding": 1, "activity": 2}
FLUID = {**WARM_ENOUGH, "diarrhea": 2, "intake": 1}


@pytest.mark.parametrize(
    ("then", "now", "patient", "level"),
    [
        pytest.param(AREAS, AREAS, LATE, Level.NONE, id="three areas as they were"),
        pytest.param(AREAS, {**AREAS, "pain": 1}, LATE, Level.NONE, id="one of them better"),
        pytest.param(AREAS, {**AREAS, "cough": 2}, LATE, Level.URGENT, id="one of them worse"),
        pytest.param(AREAS, {**AREAS, "vomiting": 2}, LATE, Level.URGENT, id="a fourth area"),
        pytest.param(AREAS, {**AREAS, "vomiting": 1}, LATE, Level.SAME_DAY, id="a fourth area a little off"),
        pytest.param(
            SHAKY, {**SHAKY, "vomiting": 1}, EARLY, Level.WATCH, id="something new that pages nobody"
        ),
        pytest.param(AREAS, {**AREAS, "temp_value": 38.0}, LATE, Level.URGENT, id="fever"),
        pytest.param(AREAS, {**AREAS, "sbp": 95}, LATE, Level.URGENT, id="blood pressure in a new area"),
        pytest.param(AREAS, {**AREAS, "worry": 2}, LATE, Level.URGENT, id="very worried"),
        pytest.param(AREAS, {**AREAS, "red_flags": ["seizure"]}, LATE, Level.EMERGENCY, id="danger sign"),
        pytest.param(SHAKY, SHAKY, EARLY, Level.NONE, id="two signs of one kind"),
        pytest.param(SHAKY, {**SHAKY, "speech": 1}, EARLY, Level.URGENT, id="a third sign"),
        pytest.param(SHAKY, {**SHAKY, "home_check": 9}, EARLY, Level.URGENT, id="a point lost"),
        pytest.param(CONFUSED, CONFUSED, EARLY, Level.NONE, id="slower, as before"),
        pytest.param(CONFUSED, {**CONFUSED, "confusion": 2}, EARLY, Level.URGENT, id="mixed up"),
        pytest.param(CONFUSED, {**CONFUSED, "confusion": 3}, EARLY, Level.EMERGENCY, id="makes no sense"),
        pytest.param(CONFUSED, {"confusion": 1}, EARLY, Level.WATCH, id="temperature not measured"),
        pytest.param(WEAK, WEAK, LATE, Level.NONE, id="a pair that was there"),
        pytest.param(WEAK, {**WEAK, "chills": 1}, LATE, Level.URGENT, id="a new pair"),
        pytest.param(FLUID, FLUID, LATE, Level.NONE, id="losing fluid, no pulse"),
        pytest.param(FLUID, {**FLUID, "pulse": 80}, LATE, Level.URGENT, id="a pulse in the same rule"),
        pytest.param(CONFUSED, SHAKY, EARLY, Level.URGENT, id="something else altogether"),
        pytest.param(CONFUSED, WARM_ENOUGH, EARLY, Level.NONE, id="gone"),
    ],
)
def test_level_that_is_left_without_what_is_expected(
    then: dict[str, Any], now: dict[str, Any], patient: PatientContext, level: Level
) -> None:
    assert left(now, patient, named(then, patient)) is level


def test_all_that_a_rule_rests_on_must_be_named() -> None:
    assert left(AREAS, LATE, named(AREAS, LATE, "cough", "skin_site")) is Level.URGENT
    assert left(SHAKY, EARLY, named(SHAKY, EARLY, "handwriting")) is Level.URGENT


def test_what_persists_meanwhile_opens_nothing() -> None:
    earlier = History(reports=(PastReport(12, CONFUSED), PastReport(24, CONFUSED)))
    reasons = fired(CONFUSED, EARLY, earlier)

    assert "T3_persisting:confusion" in {one.rule for one in reasons}
    assert known.level_left(PROTOCOL, CONFUSED, reasons, named(CONFUSED, EARLY)) is Level.NONE


def test_without_anything_known_the_level_is_the_reports() -> None:
    assert left(AREAS, LATE, []) is Level.URGENT
    assert left(WARM_ENOUGH, LATE, []) is Level.NONE


answers_given = st.fixed_dictionaries(
    {"temp_value": st.sampled_from([36.6, 37.6, 38.4])},
    optional={
        **{item: st.integers(0, PROTOCOL.question(item).highest) for item in PROTOCOL.scale_items},
        "pulse": st.integers(70, 135),
        "sbp": st.integers(75, 130),
        "spo2": st.integers(88, 98),
        "home_check": st.integers(0, 10),
    },
)
mild_answers = st.fixed_dictionaries(
    {"temp_value": st.just(36.6)},
    optional={item: st.integers(1, min(2, PROTOCOL.question(item).highest)) for item in PROTOCOL.scale_items},
)
people = st.builds(
    PatientContext,
    day=st.sampled_from([3, 20, 30, 31, 60, 200]),
    tier=st.sampled_from(["standard", "high"]),
    platelets_low=st.booleans(),
)
MANY = settings(max_examples=300, deadline=None)


def _held_back(
    then: dict[str, Any], now: dict[str, Any], patient: PatientContext
) -> tuple[list[Fired], list[Finding]]:
    """The reasons that would have paged and do not, with what was known."""
    findings = named(then, patient)
    reasons = fired(now, patient)
    level = max((one.level for one in reasons), default=Level.NONE)
    if left(now, patient, findings) == level:
        return [], findings
    return [one for one in reasons if pages_staff(one.level)], findings


@MANY
@given(mild_answers, answers_given, people)
def test_no_worse_answer_no_vital_sign_and_no_new_rule_is_ever_held_back(
    then: dict[str, Any], changes: dict[str, Any], patient: PatientContext
) -> None:
    now = {**then, **changes}
    held, findings = _held_back(then, now, patient)

    up_to = {one.item: one.answer for one in findings}
    values = check_answers(PROTOCOL, now).values
    for reason in held:
        assert any(reason.rule in one.rules for one in findings)
        assert reason.level is Level.URGENT
        if reason.item is not None:
            assert PROTOCOL.question(reason.item).kind is Kind.CHOICE
            assert values[reason.item] <= up_to[reason.item]


@MANY
@given(mild_answers, people, st.data())
def test_one_answer_worse_pages_wherever_it_pages_without_anything_known(
    then: dict[str, Any], patient: PatientContext, data: st.DataObject
) -> None:
    findings = named(then, patient)
    if not findings:
        return
    worse = data.draw(st.sampled_from(sorted(one.item for one in findings)))
    now = {**then, worse: min(then[worse] + 1, PROTOCOL.question(worse).highest)}
    about = [one for one in fired(now, patient) if one.item == worse and pages_staff(one.level)]

    if now[worse] > then[worse] and about:
        assert pages_staff(left(now, patient, findings))


@MANY
@given(answers_given, people, mild_answers)
def test_knowing_more_never_raises_and_what_is_measured_always_counts(
    now: dict[str, Any], patient: PatientContext, then: dict[str, Any]
) -> None:
    findings = named(then, patient)
    whole = left(now, patient, [])

    for count in range(len(findings) + 1):
        assert left(now, patient, findings[:count]) <= whole
    vital = [
        one.level
        for one in fired(now, patient)
        if one.item is not None and PROTOCOL.question(one.item).kind is not Kind.CHOICE
    ]
    assert left(now, patient, findings) >= max(vital, default=Level.NONE)
