"""Check the clinic's figures against a worked example: `manage.py check_outcomes example.yaml [--json]`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clinic.management import documents
from clinic.rules.outcomes.worked_example import ExampleError, FigureResult, compare, figures

DIFFERS = 1


class Command(BaseCommand):
    """Runs without a database. Exit 1: a figure differs. Exit 2: nothing is expected or a file is unusable.

    Expected figures stand in the file itself under `expected`, in the file of --expected, or in one beside
    it of the same name with "expected" for "example".
    """

    help = "Compute a clinic's figures for a worked example and compare them to four digits."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("example", help="a YAML file with patients")
        parser.add_argument("--expected", help="a YAML file with the figures that must come of them")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            example = _map(options["example"])
            expected = _expected(example, options["example"], options["expected"])
            actual = figures(example, expected)
        except documents.UnusableError as error:
            self._stop(*error.lines)
        except ExampleError as error:
            self._stop(f"{options['example']}: {error}")
        if not expected:
            results = [FigureResult(name, None, figure, ()) for name, figure in actual.items()]
            self._report(results, as_json=True)
            self._stop("nothing is expected of these figures, so nothing was compared")
        compared = compare(expected, actual)
        self._report(compared, as_json=options["as_json"])
        if not all(result.ok for result in compared):
            sys.exit(DIFFERS)

    def _stop(self, *lines: str) -> None:
        for line in lines:
            self.stderr.write(line)
        sys.exit(documents.UNUSABLE)

    def _report(self, results: Any, *, as_json: bool) -> None:
        for result in results:
            if as_json:
                self.stdout.write(json.dumps(_as_json(result), ensure_ascii=False))
            else:
                for line in result.differs:
                    self.stdout.write(line)
        if not as_json:
            self.stdout.write(f"{sum(result.ok for result in results)} of {len(results)} figures agree")


def _as_json(result: FigureResult) -> dict[str, Any]:
    ok = None if result.expected is None else result.ok
    return {"id": result.id, "expected": result.expected, "actual": result.actual, "ok": ok}


def _expected(example: Mapping[str, Any], name: str, named: str | None) -> Mapping[str, Any]:
    if named:
        return _map(named)
    if isinstance(example.get("expected"), Mapping):
        return dict(example["expected"])
    beside = Path(name).with_name(Path(name).name.replace("example", "expected"))
    return _map(str(beside)) if beside != Path(name) and beside.is_file() else {}


def _map(name: str) -> Mapping[str, Any]:
    found = documents.parsed(name)
    if not isinstance(found, Mapping):
        raise documents.UnusableError(f"{name}: a map is expected")
    return found
