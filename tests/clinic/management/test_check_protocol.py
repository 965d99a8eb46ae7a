from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from clinic import protocols

SHIPPED = Path(protocols.__file__).parent
CASES = str(SHIPPED / "car_t.vignettes.yaml")


def check(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of the command."""
    out, err = StringIO(), StringIO()
    try:
        call_command("check_protocol", *arguments, stdout=out, stderr=err)
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
    return {"id": "A", "day": 60, "answers": {"temp_value": 38.0}, "expected": "urgent", **changes}


def test_shipped_protocol_passes_its_cases() -> None:
    count = len(protocols.default_vignettes())

    assert check("car-t", CASES) == (0, f"{count} of {count} vignettes agree\n", "")


def test_json_gives_one_object_a_line(write: Any) -> None:
    first = write("first.yaml", {"vignettes": [case()]})
    second = write("second.yaml", [case(id="B", answers={"temp_value": 38, "temp_unit": "F"})])
    third = write("third.yaml", [{"id": "C", "day": 4, "hours_since_last_report": 24, "expected": "urgent"}])

    code, out, err = check("car-t", first, second, third, "--json")

    assert (code, err) == (0, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {
            "id": "A",
            "expected": "urgent",
            "actual": "urgent",
            "rules": ["temp"],
            "validation": "ok",
            "ok": True,
        },
        {
            "id": "B",
            "expected": "urgent",
            "actual": "urgent",
            "rules": ["temp"],
            "validation": "unit_suspect",
            "ok": True,
        },
        {
            "id": "C",
            "expected": "urgent",
            "actual": "urgent",
            "rules": ["missed"],
            "validation": "absent",
            "ok": True,
        },
    ]


def test_case_that_differs_is_named_and_gives_exit_1(write: Any) -> None:
    name = write("cases.yaml", [case(), case(id="B", expected="watch"), case(id="C", answers={})])

    assert check("car-t", name) == (
        1,
        "B: expected watch, got urgent (rules: temp; temperature: ok)\n"
        "C: expected urgent, got none (rules: no rule; temperature: absent)\n"
        "1 of 3 vignettes agree\n",
        "",
    )


def test_case_that_differs_is_false_in_json(write: Any) -> None:
    code, out, _ = check("car-t", write("cases.yaml", [case(rules=["chills"])]), "--json")

    assert (code, json.loads(out)["ok"]) == (1, False)


def test_protocol_may_be_a_file(write: Any) -> None:
    document = {**protocols.default_document(), "code": "ours"}
    document["definitions"] = {**document["definitions"], "fever": "temp >= 37.5"}
    own = write("own.json", json.dumps(document))
    cases = write("cases.yaml", [case(answers={"temp_value": 37.5, "breathing": 2}, expected="emergency")])

    assert check(own, cases)[0] == 0
    assert check("car-t", cases)[0] == 1


@pytest.mark.parametrize("code", ["unknown", "../protocols/car-t", ""])
def test_unknown_protocol_is_one_line_and_exit_2(code: str) -> None:
    line = f"{code}: this is neither a protocol file nor a known code\n"

    assert check(code, CASES) == (2, "", line)


def test_bad_protocol_names_every_place_and_reason(write: Any) -> None:
    document = {**protocols.default_document()}
    del document["trends"]
    document["advice"] = document["advice"][:-1]
    name = write("bad.yaml", document)

    assert check(name, CASES) == (
        2,
        "",
        f"{name}: protocol: “trends” is missing\n{name}: advice: level none is missing\n",
    )


def test_missing_file_is_one_line_and_exit_2(tmp_path: Path) -> None:
    name = str(tmp_path / "nowhere.yaml")

    assert check("car-t", name) == (2, "", f"{name}: the file cannot be read\n")


def test_file_that_is_no_text_is_one_line_and_exit_2(tmp_path: Path) -> None:
    path = tmp_path / "picture.yaml"
    path.write_bytes(b"\xff\xfe\x00")

    assert check("car-t", str(path)) == (2, "", f"{path}: the file cannot be read\n")


@pytest.mark.parametrize("text", ["vignettes: [", "a: 1\na: 2", "\x00", "!!python/object:os.system {}"])
def test_bad_yaml_is_one_line_and_exit_2(write: Any, text: str) -> None:
    name = write("bad.yaml", text)

    code, out, err = check("car-t", name)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"{name}: not YAML: ")


def test_key_stated_twice_says_which(write: Any) -> None:
    assert "“id” is stated twice" in check("car-t", write("twice.yaml", "- {id: A, id: B}"))[2]


def test_case_with_an_unknown_key_is_one_line_and_exit_2(write: Any) -> None:
    name = write("cases.yaml", [case(answers={"tempature": 38})])

    assert check("car-t", name) == (2, "", f"{name}: A: unknown answer “tempature”\n")


def test_no_database_is_needed(write: Any) -> None:
    """Without the django_db mark any query would raise."""
    assert check("car-t", write("cases.yaml", [case()]))[0] == 0
