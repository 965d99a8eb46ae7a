from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from clinic import protocols

EXAMPLE = str(Path(protocols.__file__).parent / "outcomes.example.yaml")
PEOPLE = {"patients": [{"id": "A", "last_contact_day": 100, "death": {"day": 50, "cause": "crs"}}]}
NRM = {"day_60": {"nrm": 1, "relapse": 0, "event_free": 0, "at_risk": 0}}


def check(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of the command."""
    out, err = StringIO(), StringIO()
    try:
        call_command("check_outcomes", *arguments, stdout=out, stderr=err)
    except SystemExit as stopped:
        return int(str(stopped.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def writer(name: str, content: Any) -> str:
        path = tmp_path / name
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return str(path)

    return writer


def test_example_that_ships_agrees() -> None:
    count = len(protocols.outcomes_example()["expected"])

    assert check(EXAMPLE) == (0, f"{count} of {count} figures agree\n", "")


def test_json_gives_one_object_a_figure(write: Any) -> None:
    name = write("a.yaml", {**PEOPLE, "expected": {**NRM, "eligible": 3}})

    code, out, err = check(name, "--json")

    assert (code, err) == (1, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"id": "day_60", "expected": NRM["day_60"], "actual": NRM["day_60"], "ok": True},
        {"id": "eligible", "expected": 3, "actual": 0, "ok": False},
    ]


def test_expected_figures_may_stand_beside_or_be_named(write: Any) -> None:
    example = write("my_example.yaml", PEOPLE)
    wrong = write("wrong.yaml", {"deaths": {"crs": 2}})
    write("my_expected.yaml", NRM)

    assert check(example) == (0, "1 of 1 figures agree\n", "")
    assert check(example, "--expected", wrong) == (
        1,
        "deaths.crs: expected 2, got 1\n0 of 1 figures agree\n",
        "",
    )


def test_without_expected_figures_nothing_was_compared(write: Any) -> None:
    code, out, err = check(write("a.yaml", PEOPLE))

    assert (code, err) == (2, "nothing is expected of these figures, so nothing was compared\n")
    assert json.loads(out.splitlines()[0]) == {
        "id": "day_100",
        "expected": None,
        "actual": {"nrm": 1, "relapse": 0, "event_free": 0, "at_risk": 0},
        "ok": None,
    }


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (["A"], "a.yaml: a map is expected\n"),
        ({"people": []}, "a.yaml: a list of patients is expected\n"),
    ],
)
def test_what_cannot_be_used_is_named(write: Any, content: Any, problem: str) -> None:
    code, out, err = check(write("a.yaml", content))

    assert (code, out) == (2, "")
    assert err.endswith(problem)
