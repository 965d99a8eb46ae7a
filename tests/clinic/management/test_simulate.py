from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from clinic import protocols

FEW = ("--patients", "3", "--days", "30")


def simulate(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of the command."""
    out, err = StringIO(), StringIO()
    try:
        call_command("simulate", *arguments, stdout=out, stderr=err)
    except SystemExit as stopped:
        return int(str(stopped.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def as_json(*arguments: str) -> dict[str, Any]:
    """Without the django_db mark any query would raise: nothing is read and no row is written."""
    code, out, err = simulate(*arguments, "--json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def test_figures_are_printed_by_phase_and_rule() -> None:
    code, out, err = simulate("car-t", *FEW)

    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "3 invented people. This shows how rules behave, not how good they are."
    for title in ("Reports by level", "Alarms", "Serious events", "Kinds of events", "Rules at urgent"):
        assert any(line.startswith(title) for line in lines)
    assert [line.split()[0] for line in lines[4:6]] == ["a", "b"]


def test_same_seed_prints_the_same() -> None:
    assert simulate("car-t", *FEW, "--seed", "4") == simulate("car-t", *FEW, "--seed", "4")


def test_json_holds_phases_days_rules_and_what_was_asked() -> None:
    found = as_json("car-t", *FEW, "--seed", "4")

    given = {"protocol": "car-t", "seed": [4], "patients": 3, "days": 30, "scale": 1.0}
    assert found["asked"] == given | {"bcma": None, "from_75": None, "far": None}
    assert found["people"] == 3
    assert [one["name"] for one in found["phases"]] == ["a", "b"]
    assert [one["name"] for one in found["spans"]] == ["early"]
    [early] = found["spans"]
    assert early["reports"] == sum(one["reports"] for one in found["phases"])
    assert {"levels", "urgent", "alarms_per_week", "sensitivity", "lead_hours", "rules"} <= early.keys()


def test_seeds_are_pooled() -> None:
    one, other, both = (as_json("car-t", *FEW, "--seed", *seeds) for seeds in (["1"], ["2"], ["1", "2"]))

    assert both["people"] == one["people"] + other["people"]
    assert both["spans"][0]["reports"] == one["spans"][0]["reports"] + other["spans"][0]["reports"]


def test_fewer_complaints_and_events_where_the_assumptions_are_halved() -> None:
    usual, half = (as_json("car-t", "--patients", "12", "--scale", scale) for scale in ("1", "0.5"))

    quiet = [one["spans"][0]["levels"]["none"] for one in (usual, half)]
    assert quiet[0] < quiet[1]


def test_protocol_may_be_a_file(tmp_path: Path) -> None:
    document = {**protocols.default_document(), "accumulation": []}
    path = tmp_path / "own.json"
    path.write_text(json.dumps(document), encoding="utf-8")

    rules = {
        rule["rule"] for rule in as_json(str(path), "--patients", "20", "--days", "30")["spans"][0]["rules"]
    }

    assert not rules & {"A1_three_same_day", "A2_three_watch"}


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nowhere"], "nowhere: this is neither a protocol file nor a known code\n"),
        (["car-t", "--days", "101"], "days: 1 to 100, further the cohort is not described\n"),
        (["car-t", "--days", "0"], "days: 1 to 100, further the cohort is not described\n"),
        (["car-t", "--patients", "0"], "patients and scale must be above 0\n"),
        (["car-t", "--scale", "0"], "patients and scale must be above 0\n"),
    ],
    ids=["protocol", "too many days", "no day", "nobody", "no scale"],
)
def test_what_cannot_be_simulated_is_one_line_and_exit_2(arguments: list[str], line: str) -> None:
    assert simulate(*arguments) == (2, "", line)


def test_people_are_as_this_clinic_has_them() -> None:
    everybody = as_json("car-t", "--patients", "20", "--days", "30", "--bcma", "100", "--from-75", "20")

    assert (everybody["asked"]["bcma"], everybody["asked"]["from_75"]) == (100, 20)
    assert everybody["spans"] != as_json("car-t", "--patients", "20", "--days", "30", "--bcma", "0")["spans"]


@pytest.mark.parametrize("share", ["-1", "101"])
def test_share_that_cannot_be_is_refused(share: str) -> None:
    assert simulate("car-t", *FEW, "--far", share) == (2, "", "shares of people: 0 to 100%\n")
