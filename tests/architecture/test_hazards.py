"""The hazard log of docs/clinical-safety.md: its sums are those of its matrix, and its tests exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "clinical-safety.md").read_text(encoding="utf-8")
LOG = TEXT.partition("<!-- hazards begin -->")[2].partition("<!-- hazards end -->")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in LOG.strip().splitlines()[2:]]
SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
MATRIX = {
    cells[0]: dict(zip(SEVERITIES, map(int, cells[1:]), strict=True))
    for line in TEXT.splitlines()
    if len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 6 and cells[1].isdigit()
    if cells[0] in {"very high", "high", "medium", "low", "very low"}
}
NOT_ACCEPTABLE = 4


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def risk(cell: str) -> int:
    """What stands in a cell such as "major, low: 3", if it is what the matrix says."""
    found = re.fullmatch(r"(\w+), ([\w ]+): (\d)", cell)
    assert found, cell
    assert MATRIX[found[2]][found[1]] == int(found[3]), cell
    return int(found[3])


def test_log_is_read_whole() -> None:
    assert [row[0] for row in ROWS] == [str(number) for number in range(1, len(ROWS) + 1)]
    assert all(len(row) == 8 and all(row) for row in ROWS)
    assert len(MATRIX) == len(SEVERITIES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_hazard_has_controls_with_tests_that_exist_and_is_no_worse_afterwards(row: list[str]) -> None:
    assert risk(row[6]) <= risk(row[3])
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[5])
    assert named
    assert len(named) == row[5].count("`") // 2
    assert [f"{path}::{name}" for path, name in named if name not in names_in(path)] == []


def test_what_is_not_acceptable_is_said_so() -> None:
    left = [row for row in ROWS if risk(row[6]) >= NOT_ACCEPTABLE]
    said = TEXT.partition("**Still at 4:**")[2].partition("\n\n")[0]

    assert [row[0] for row in left] == re.findall(r"\((\d+)\)", said)
    assert all("**" in row[7] for row in left)
