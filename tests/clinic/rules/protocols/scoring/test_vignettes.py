"""The shipped cases pin the shipped protocol: every rule fires, every line is tried from both sides."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from clinic.protocols import default_document, default_vignettes
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.vignettes import Vignette, VignetteError, VignetteResult, parse, run

PROTOCOL = Protocol.from_document(default_document())
CASES = parse(PROTOCOL, default_vignettes())


@cache
def outcomes() -> dict[str, VignetteResult]:
    return {case.id: run(PROTOCOL, case) for case in CASES}


def fired() -> set[str]:
    return {rule.split(":")[0] for outcome in outcomes().values() for rule in outcome.rules}


def rule_ids() -> set[str]:
    """Every id that the document can give to a reason."""
    return {
        *(scale.item for scale in PROTOCOL.scales),
        *(table.item for table in PROTOCOL.tables),
        *(rule.id for rule in PROTOCOL.rules),
        *(trend.id for trend in PROTOCOL.trends),
        *(rule.id for rule in PROTOCOL.accumulations),
        "missed",
        "rejected",
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_shipped_case_agrees(case: Vignette) -> None:
    outcome = run(PROTOCOL, case)

    assert outcome.actual is case.expected
    assert outcome.ok, outcome


def test_every_rule_fires_in_some_case() -> None:
    assert fired() == rule_ids()


def table_borders() -> list[tuple[int, str, float, float]]:
    """(table, item, lowest of the upper row, highest of the lower row) of every line of every table."""
    return [
        (number, table.item, above.low or 0, below.high or 0)
        for number, table in enumerate(PROTOCOL.tables)
        for above, below in pairwise(table.rows)
    ]


@pytest.mark.parametrize(("number", "item", "upper", "lower"), table_borders())
def test_every_line_of_a_number_table_is_tried_from_both_sides(
    number: int, item: str, upper: float, lower: float
) -> None:
    table = PROTOCOL.tables[number]
    tried = {
        value
        for case in CASES
        for value in [_measured(case, item)]
        if value is not None and (table.when is None or table.when.holds(_baselines(case)))
    }

    assert {upper, lower} <= tried


def _measured(case: Vignette, item: str) -> float | None:
    if item == "temp":
        return None if "temp_unit" in case.answers else case.answers.get("temp_value")  # type: ignore[return-value]
    return case.answers.get(item)  # type: ignore[return-value]


def _baselines(case: Vignette) -> dict[str, Any]:
    return {f"baseline.{key}": case.patient.baseline.get(key) for key in PROTOCOL.baselines}


def timers() -> list[tuple[str, int, int | None, str, float]]:
    return [
        (phase.code, phase.first_day, phase.last_day, tier, timer.hours)
        for phase in PROTOCOL.phases
        for tier, steps in phase.missed.items()
        for timer in steps
    ]


@pytest.mark.parametrize(("code", "first", "last", "tier", "hours"), timers())
def test_every_missed_report_timer_is_tried_from_both_sides(
    code: str, first: int, last: int | None, tier: str, hours: float
) -> None:
    tried = {
        case.hours_since_last_report
        for case in CASES
        if case.hours_since_last_report is not None
        and case.patient.tier == tier
        and first <= case.patient.day
        and (last is None or case.patient.day <= last)
    }

    assert {hours, round(hours - 0.1, 1)} <= tried


@pytest.mark.parametrize("item", PROTOCOL.scale_items)
@pytest.mark.parametrize("early", [True, False])
def test_every_answer_of_every_scale_is_tried_alone_in_both_columns(item: str, early: bool) -> None:
    alone = {
        case.answers[item]
        for case in CASES
        if set(case.answers) <= {item, "temp_value"} and item in case.answers
        if (case.patient.day <= 30) is early
    }

    assert set(range(1, PROTOCOL.question(item).highest + 1)) <= alone


def test_every_level_is_expected_somewhere() -> None:
    assert {case.expected for case in CASES} == set(Level)


def case(**changes: Any) -> dict[str, Any]:
    return {"id": "A", "day": 4, "answers": {"temp_value": 36.6}, "expected": "none", **changes}


@pytest.mark.parametrize(
    ("spoiled", "problem"),
    [
        (case(answer={}), "A: unknown field “answer”"),
        (case(answers={"tempature": 38}), "A: unknown answer “tempature”"),
        (case(answers=[]), "A: a map is expected where each answer stands"),
        (case(patient={"teir": "high"}), "A: unknown patient field “teir”"),
        (case(patient=["high"]), "A: a map is expected where each patient field stands"),
        (case(patient={"tier": "hihg"}), "A: “tier” must be one of standard, high"),
        (case(patient={"masked": "yes"}), "A: “masked” must be true or false"),
        (case(patient={"baseline": {"pulse": 60}}), "A: unknown baseline “pulse”"),
        (case(patient={"baseline": {"sbp": "low"}}), "A: baseline “sbp” must be a number"),
        (case(previous={"hours": 3, "hours_ago": 3, "answers": {}}), "A: unknown field of previous “hours”"),
        (case(previous={"hours_ago": 3, "answers": {"x": 1}}), "A: unknown previous answer “x”"),
        (case(previous={"answers": {}}), "A: “previous.hours_ago” must be a number"),
        (case(previous=3), "A: a map is expected where each field of previous stands"),
        (case(streaks={"vomit": 3}), "A: unknown streak “vomit”"),
        (case(streaks={"vomiting": "3"}), "A: streak “vomiting” must be a number"),
        (case(streaks=3), "A: a map is expected where each streak stands"),
        (case(day="4"), "A: “day” must be a whole number"),
        (case(day=4.5), "A: “day” must be a whole number"),
        (case(day=True), "A: “day” must be a whole number"),
        (case(expected="red"), "A: “expected” must be one of none, watch, same_day, urgent, emergency"),
        (case(validation="fine"), "A: “validation” must be one of ok, confirm, unit_suspect, reject, absent"),
        (case(rules="temp"), "A: “rules” must be a list"),
        (case(id=7), "7: “id” must be a word"),
        (
            {"id": "A", "day": 4, "expected": "none"},
            "A: either “answers” or “hours_since_last_report” is needed",
        ),
    ],
)
def test_case_that_cannot_be_read_is_refused_with_place_and_reason(
    spoiled: dict[str, Any], problem: str
) -> None:
    with pytest.raises(VignetteError) as caught:
        parse(PROTOCOL, [spoiled])

    assert caught.value.problems == (problem,)


@pytest.mark.parametrize("cases", [None, {}, {"vignettes": {}}, ["A"], "A"])
def test_what_is_no_list_of_cases_is_refused(cases: object) -> None:
    with pytest.raises(VignetteError) as caught:
        parse(PROTOCOL, cases)

    assert caught.value.problems == ("a list of cases under “vignettes” is expected",)


def test_case_without_an_id_is_named_by_its_number() -> None:
    with pytest.raises(VignetteError) as caught:
        parse(PROTOCOL, [{"day": 4, "answers": {}, "expected": "none"}])

    assert caught.value.problems == ("case 1: “id” must be a word",)


def test_case_stated_twice_is_refused() -> None:
    with pytest.raises(VignetteError) as caught:
        parse(PROTOCOL, {"vignettes": [case(), case()]})

    assert caught.value.problems == ("A: stands there 2 times",)


@pytest.mark.parametrize(
    ("changes", "ok"),
    [
        ({}, True),
        ({"expected": "watch"}, False),
        ({"validation": "ok"}, True),
        ({"validation": "absent"}, False),
        ({"rules": ["temp"]}, False),
        ({"answers": {"temp_value": 38.6, "bleeding": 1}, "expected": "urgent", "rules": ["C10"]}, True),
        ({"answers": {"temp_value": 38.6, "bleeding": 1}, "expected": "urgent", "rules": ["C10_hlh"]}, True),
        ({"answers": {"temp_value": 38.6, "bleeding": 1}, "expected": "urgent", "rules": ["C1"]}, False),
        ({"day": 60, "answers": {"vomiting": 1}, "streaks": {"vomiting": 3}, "expected": "watch",
          "rules": ["T3"]}, True),
        ({"day": 60, "answers": {"vomiting": 1}, "streaks": {"vomiting": 3}, "expected": "watch",
          "rules": ["T3_persisting:vomiting"]}, True),
        ({"day": 60, "answers": {"vomiting": 1}, "streaks": {"vomiting": 3}, "expected": "watch",
          "rules": ["T3_persisting:intake"]}, False),
    ],
)  # fmt: skip
def test_case_agrees_only_with_its_level_rules_and_validation(changes: dict[str, Any], ok: bool) -> None:
    [vignette] = parse(PROTOCOL, [case(**changes)])

    assert run(PROTOCOL, vignette).ok is ok
