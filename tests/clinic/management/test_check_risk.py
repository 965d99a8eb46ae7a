from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from clinic import protocols

CASES = str(Path(protocols.__file__).parent / "risk.vignettes.yaml")


def check(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of the command."""
    out, err = StringIO(), StringIO()
    try:
        call_command("check_risk", *arguments, stdout=out, stderr=err)
    except SystemExit as stopped:
        return int(str(stopped.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def writer(name: str, content: Any) -> str:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
        return str(path)

    return writer


def case(**changes: Any) -> dict[str, Any]:
    return {"id": "A", "as_of_day": -3, "patient": {"age": 41}, "expected": {"tier": "high"}, **changes}


def test_cases_that_ship_agree() -> None:
    count = len(protocols.risk_cases())

    assert check(CASES) == (0, f"{count} of {count} cases agree\n", "")


def test_json_gives_one_object_a_line(write: Any) -> None:
    name = write("cases.yaml", {"cases": [case(), case(id="B", expected={"egfr": 90})]})

    code, out, err = check(name, "--json")

    assert (code, err) == (1, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"id": "A", "expected": {"tier": "high"}, "actual": {"tier": "high"}, "ok": True},
        {"id": "B", "expected": {"egfr": 90}, "actual": {"egfr": None}, "ok": False},
    ]


def test_difference_is_told_by_its_figure(write: Any) -> None:
    name = write("cases.yaml", [case(expected={"tier": "standard", "hct_ci": None}, mood="low")])

    assert check(name) == (
        1,
        "A: tier: expected standard, got high\n0 of 1 cases agree\n",
        "A: not read: mood\n",
    )


def test_other_document_is_used_when_named(write: Any) -> None:
    document = protocols.risk_document()
    document["tier"]["major"]["ecog"]["line"] = {"at_least": 1}
    cases = write("cases.yaml", [case(patient={"ecog": 1}, expected={"major": ["ecog"]})])

    assert check(cases)[0] == 1
    assert check(cases, "--document", write("risk.yaml", document))[0] == 0


@pytest.mark.parametrize(
    ("cases", "document", "problem"),
    [
        ([{"id": "A", "expected": {}}], None, "cases.yaml: A: “as_of_day” must be a whole number"),
        ("a: b: c", None, "cases.yaml: not YAML: "),
        ([case()], {"version": 1}, "risk.yaml: document: answers is missing"),
    ],
)
def test_what_cannot_be_used_is_named(write: Any, cases: Any, document: Any, problem: str) -> None:
    more = ["--document", write("risk.yaml", document)] if document else []

    code, out, err = check(write("cases.yaml", cases), *more)

    assert (code, out) == (2, "")
    assert problem in err
