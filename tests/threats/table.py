"""The threats of docs/threats.md with the controls that `make check-threats` takes out, as a table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = "docs/threats.md"
COUNT = 30


@dataclass(frozen=True)
class Control:
    """A piece of `file` that holds a threat off: with `instead` in the place of `text`, `test` fails.

    `test` is a file and, after "::", the name of a test in it: pytest's, or that of Node's runner.
    """

    file: str
    text: str
    instead: str
    test: str
    only: str = ""

    @property
    def test_file(self) -> str:
        return self.test.partition("::")[0]

    @property
    def test_name(self) -> str:
        return self.test.partition("::")[2]

    @property
    def is_script(self) -> bool:
        """Whether the test runs in Node."""
        return self.test_file.endswith(".js")


@dataclass(frozen=True)
class Threat:
    """One threat; `open` says what of it nothing holds off yet, "" where that is nothing we know of."""

    number: int
    threat: str
    controls: tuple[Control, ...]
    open: str = ""


def read() -> tuple[Threat, ...]:
    """All threats by number."""
    table = yaml.safe_load((Path(__file__).parent / "threats.yaml").read_text(encoding="utf-8"))
    return tuple(_threat(number, row) for number, row in sorted(table.items()))


def problems(root: Path = ROOT) -> list[str]:
    """What the table says of the tree that is not so; empty where all of it is."""
    threats = read()
    wrong = [] if [one.number for one in threats] == [*range(1, COUNT + 1)] else [f"not 1 to {COUNT}"]
    rows = _document_rows(root)
    for threat in threats:
        if not threat.controls and not threat.open:
            wrong.append(f"{threat.number}: no control, and not said to be open")
        for control in threat.controls:
            wrong += [f"{threat.number}: {found}" for found in _problems_of(control, root)]
        wrong += [f"{threat.number}: {found}" for found in _left_out(threat, rows.get(threat.number, ""))]
    return wrong


def _threat(number: int, row: dict[str, Any]) -> Threat:
    controls = tuple(Control(**control) for control in row["controls"])
    return Threat(number, row["threat"], controls, row.get("open", ""))


def _problems_of(control: Control, root: Path) -> Iterator[str]:
    changed, tested = root / control.file, root / control.test_file
    if not changed.is_file():
        yield f"{control.file} is not here"
    elif (found := changed.read_text(encoding="utf-8").count(control.text)) != 1:
        yield f"{control.file} has {found} times, not once: {control.text.strip()}"
    if not tested.is_file():
        yield f"{control.test_file} is not here"
    elif not re.search(_definition(control), tested.read_text(encoding="utf-8"), re.MULTILINE):
        yield f"{control.test_file} has no test {control.test_name}"


def _definition(control: Control) -> str:
    name = re.escape(control.test_name)
    return rf"^test\((['\"]){name}\1" if control.is_script else rf"^\s*(async )?def {name}\("


def _document_rows(root: Path) -> dict[int, str]:
    """The rows of the document's table by their number."""
    text = (root / DOCUMENT).read_text(encoding="utf-8")
    return {int(number): row for row, number in re.findall(r"^(\| (\d+) \|.*)$", text, re.MULTILINE)}


def _left_out(threat: Threat, row: str) -> Iterator[str]:
    """What a reader of the document would not learn: a control's file, its test's, or that it is open."""
    named = {path for control in threat.controls for path in (control.file, control.test_file)}
    for path in sorted(named):
        if f"`{path}`" not in row:
            yield f"{DOCUMENT} does not name {path}"
    if bool(threat.open) is not ("**Open" in row):
        yield f"{DOCUMENT} and the table differ in what is open"
