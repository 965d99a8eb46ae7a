from __future__ import annotations

from typing import Any

import pytest

from clinic.protocols import risk_cases
from clinic.rules.risk.worked_cases import CaseError, parse, run
from tests.clinic.rules.risk.made_up import DOCUMENT


def case(**changes: Any) -> dict[str, Any]:
    return {"id": "A", "as_of_day": -3, "patient": {"age": 41}, "expected": {"tier": "high"}, **changes}


@pytest.mark.parametrize("shipped", risk_cases(), ids=lambda one: str(one["id"]))
def test_cases_that_ship_agree(shipped: dict[str, Any]) -> None:
    result = run(DOCUMENT, shipped)

    assert (result.actual, result.unread) == (result.expected, ())
    assert result.ok


def test_only_what_a_case_expects_is_compared() -> None:
    agrees = run(DOCUMENT, case())
    differs = run(DOCUMENT, case(expected={"tier": "standard", "easix": None}))

    assert (agrees.ok, agrees.actual) == (True, {"tier": "high"})
    assert (differs.ok, differs.actual) == (False, {"tier": "high", "easix": None})


def test_order_of_reasons_is_no_difference() -> None:
    missing = ["product", "ecog", "hematotox", "comorbidity"]

    assert run(DOCUMENT, case(expected={"missing": missing})).ok
    assert not run(DOCUMENT, case(expected={"missing": [*missing, "age"]})).ok


def test_record_that_is_refused_differs_from_any_figure() -> None:
    labs = [{"name": "crp", "value": 3, "unit": "g", "day": -6}]

    refused = run(DOCUMENT, case(labs=labs))

    assert (refused.ok, refused.actual) == (False, {"error": "unit g of crp"})
    assert run(DOCUMENT, case(labs=labs, expected={"error": "unit g of crp"})).ok


def test_infection_without_a_grade_is_refused() -> None:
    found = run(DOCUMENT, case(events={"infections": [{"day": 3}]}, expected={}))

    assert found.actual == {"error": "infection {'day': 3}"}


def test_fact_of_the_wrong_kind_makes_its_case_differ() -> None:
    found = run(DOCUMENT, case(patient={"ecog": "two"}))

    assert not found.ok
    assert found.actual["error"].startswith("a fact cannot be read: ")


def test_section_that_is_empty_says_nothing() -> None:
    empty = dict.fromkeys(("history", "events", "social", "labs", "comorbidities", "cirs", "current_tier"))

    assert run(DOCUMENT, *parse([case(**empty)])).ok


def test_fact_of_an_unknown_name_is_said() -> None:
    found = run(DOCUMENT, case(mood="low", history={"bridgng": True}, social={"pets": 2}))

    assert found.unread == ("mood", "history.bridgng", "social.pets")


@pytest.mark.parametrize(
    ("cases", "problems"),
    [
        ("nothing", ("a list of cases under “cases” is expected",)),
        ({"cases": ["A"]}, ("a list of cases under “cases” is expected",)),
        ([case(), case()], ("A: stands there more than once",)),
        ([{"id": "A", "expected": {}}], ("A: “as_of_day” must be a whole number",)),
        ([{"as_of_day": 1}], ("case 1: “expected” must be a map",)),
        ([case(current_tier="low")], ("A: “current_tier” must be one of standard, high",)),
        ([case(patient=[])], ()),
        ([case(patient=["age"])], ("A: “patient” must be a map",)),
        ([case(labs=[{"name": "crp"}])], ("A: a lab has a name, a value, a unit and a day",)),
    ],
)
def test_cases_that_cannot_be_read_are_named(cases: object, problems: tuple[str, ...]) -> None:
    if not problems:
        assert parse(cases)
        return

    with pytest.raises(CaseError) as refused:
        parse(cases)

    assert refused.value.problems == problems
