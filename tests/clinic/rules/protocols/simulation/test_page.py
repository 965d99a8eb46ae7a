"""The page on clinical safety shows every assumption of the cohort with its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic.protocols import cohort_document
from clinic.rules.protocols.simulation.cohort import Assumption, read

ROOT = Path(__file__).resolve().parents[5]
PAGE = (ROOT / "docs" / "clinical-safety.md").read_text(encoding="utf-8")
LINES = {line.split("`")[1]: line for line in PAGE.splitlines() if line.startswith("| `")}


@pytest.mark.parametrize("row", read(cohort_document()).rows, ids=lambda row: row.name)
def test_assumption_stands_on_the_page_with_its_source(row: Assumption) -> None:
    assert LINES[row.name].endswith(f"| {row.source} |")


def test_page_says_that_a_clinician_must_settle_the_rules() -> None:
    assert "no clinical body has approved" in PAGE
    assert "not a cleared medical device" in PAGE
