"""What the documents about security name is there: files, tests, settings' rooms."""

import re

import pytest

from tests.threats.table import DOCUMENT, ROOT

DOCUMENTS = ("docs/asvs.md", "docs/data-at-rest.md", "docs/security.md", DOCUMENT)
# A path of the tree between backticks: with a slash and an ending, and no star or space.
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.\w+)`")
ROW = re.compile(r"^\| ([\d.]+(?:, [\d.]+)*) \| [123](?:, [123])* \|(.+)\|$", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_is_named_is_here(document):
    named = set(PATH.findall((ROOT / document).read_text(encoding="utf-8")))

    assert {path for path in named if not (ROOT / path).is_file()} == set()


def test_every_requirement_stands_once_with_how_it_holds_and_its_test():
    text = (ROOT / "docs/asvs.md").read_text(encoding="utf-8")

    rows = ROW.findall(text)

    numbers = [number for row, _ in rows for number in row.split(", ")]
    assert len(numbers) == len(set(numbers)) > 230
    for row, rest in rows:
        cells = [cell.strip() for cell in rest.split(" | ")]
        assert len(cells) == 3, row
        assert all(cells), row
        says_none = cells[2].startswith(("none", "`make check`"))
        assert says_none or PATH.search(cells[2]), f"{row} names no test"
