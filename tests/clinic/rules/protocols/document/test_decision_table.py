"""A second reading of the table, written from its JSON alone, must reach the same levels.

It stands in for the phone: it knows nothing of the engine but the checked values.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from clinic.protocols import default_document, default_vignettes
from clinic.rules.protocols.document.decision_table import decision_table
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.rules.protocols.scoring.vignettes import Vignette, parse, run

PROTOCOL = Protocol.from_document(default_document())
TABLE: dict[str, Any] = json.loads(json.dumps(decision_table(PROTOCOL)))
LEVELS = TABLE["levels"]
COMPARE = {
    ">=": lambda left, right: left >= right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    "<": lambda left, right: left < right,
    "=": lambda left, right: left == right,
}


def number(side: Any, facts: dict[str, Any]) -> float | None:
    if not isinstance(side, dict):
        return side
    value, less = facts[side["value"]], facts[side["less"]] if "less" in side else 0
    return None if value is None or less is None else value - less


def holds(when: Any, facts: dict[str, Any]) -> bool:
    if when is None:
        return True
    [(word, inside)] = [(word, inside) for word, inside in when.items() if word != "of"]
    match word:
        case "all":
            return all(holds(part, facts) for part in inside)
        case "any":
            return any(holds(part, facts) for part in inside)
        case "at_least":
            return sum(holds(part, facts) for part in when["of"]) >= inside
        case "not":
            return not holds(inside, facts)
        case "flag":
            return bool(facts[inside])
        case "missing":
            return facts[inside] is None
        case "is":
            return facts[inside[0]].lower() == inside[1].lower()
    left, right = number(inside[0], facts), number(inside[2], facts)
    return left is not None and right is not None and COMPARE[inside[1]](round(left - right, 6), 0)


def first(cases: list[dict[str, Any]], facts: dict[str, Any]) -> str:
    return next((case["level"] for case in cases if holds(case["when"], facts)), "none")


def facts_of(case: Vignette, values: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        key: getattr(case.patient, key)
        for key in (
            "day",
            "tier",
            "target",
            "product",
            "age",
            "immune_risk",
            "neutropenia",
            "platelets_low",
            "masked",
        )
    }
    for key, default in TABLE["baselines"].items():
        facts[f"baseline.{key}"] = case.patient.baseline.get(key, default)
    for question in TABLE["questions"]:
        value = values.get(question["key"])
        missing = {"choice": 0, "yes_no": False, "ticks": []}.get(question["kind"])
        facts[question["key"]] = missing if value is None else value
        if question["kind"] == "ticks":
            facts[question["key"]] = len(facts[question["key"]])
    return facts


def scale_level(scale: dict[str, Any], column: str, facts: dict[str, Any]) -> str:
    answer = facts[scale["item"]]
    if answer == 0:
        return "none"
    usual = scale["columns"][column][answer - 1]
    for override in scale["overrides"]:
        if override["answer"] in (None, answer) and holds(override["when"], facts):
            return override["level"] or min(usual, override["at_most"], key=LEVELS.index)
    return usual


def domain_levels(facts: dict[str, Any]) -> list[tuple[str, str]]:
    domains = {question["key"]: question["domain"] for question in TABLE["questions"]}
    [column] = [column["name"] for column in TABLE["columns"] if holds(column["when"], facts)]
    found = [(domains[scale["item"]], scale_level(scale, column, facts)) for scale in TABLE["scales"]]
    for table in TABLE["tables"]:
        value = facts[table["item"]]
        if value is None and table["missing"]:
            found.append(("", first([table["missing"]], facts)))
        elif value is not None and holds(table["when"], facts):
            row = next(row for row in table["rows"] if row["low"] is None or value >= row["low"])
            found.append((domains[table["item"]], first(row["cases"], facts)))
    return found


def phone_level(case: Vignette) -> str:
    checked = check_answers(PROTOCOL, case.answers)
    facts = facts_of(case, dict(checked.values))
    found = domain_levels(facts)
    highest = {
        domain: max((level for name, level in found if name == domain), key=LEVELS.index)
        for domain in TABLE["domains"]
    }
    levels = [level for _, level in found]
    levels += [first(rule["cases"], facts) for rule in TABLE["rules"]]
    levels += [
        rule["level"]
        for rule in TABLE["accumulation"]
        if sum(LEVELS.index(level) >= LEVELS.index(rule["at"]) for level in highest.values())
        >= rule["domains"]
    ]
    levels += [TABLE["rejected"]["level"]] * len(checked.problems)
    return max(levels, key=LEVELS.index)


WITHOUT_HISTORY = [
    case
    for case in parse(PROTOCOL, default_vignettes())
    if case.hours_since_last_report is None and not case.history.reports and not case.history.streaks
]


@pytest.mark.parametrize("case", WITHOUT_HISTORY, ids=lambda case: case.id)
def test_the_table_alone_reaches_the_level_of_the_engine(case: Vignette) -> None:
    assert phone_level(case) == run(PROTOCOL, case).actual


def test_the_table_names_the_protocol_it_was_made_from() -> None:
    assert (TABLE["code"], TABLE["content_hash"]) == (PROTOCOL.code, PROTOCOL.content_hash)


def test_the_table_carries_the_trends() -> None:
    assert [trend["id"] for trend in TABLE["trends"]] == ["T1_two_steps", "T2_temp_rise", "T3_persisting"]
    assert TABLE["trends"][0] == {
        "id": "T1_two_steps",
        "kind": "steps_up",
        "items": [item for item in PROTOCOL.scale_items if item != "meds_missed"],
        "amount": 2,
        "within_hours": 168,
        "when": None,
        "reports": 1,
        "above_usual": False,
        "level": "same_day",
        "raised_level": "urgent",
        "raised_when": {"compare": [{"value": "day"}, "<=", 30.0]},
        "raised_domains": ["bleeding", "lungs", "neuro"],
    }
    assert [trend["above_usual"] for trend in TABLE["trends"]] == [False, False, True]


def test_hints_and_reasons_for_staff_never_reach_the_phone() -> None:
    text = json.dumps(TABLE)

    assert "HLH" not in text
    assert "low platelets" not in text


def test_the_table_carries_the_advice_in_every_language() -> None:
    assert set(TABLE["advice"]) == set(LEVELS)
    assert TABLE["advice"]["none"][-1]["title"] == {
        "en": "No one is alerted about this report",
        "es": "Este reporte no avisa a nadie",
        "ar": "لا يُنبَّه أحد بشأن هذا التقرير",
        "vi": "Báo cáo này không báo cho ai",
        "zh-hans": "这份报告不会提醒任何人",
    }
