"""Check the rules of risk against worked cases: `manage.py check_risk cases.yaml [--json]`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clinic import protocols
from clinic.management import documents
from clinic.rules.risk.reading import RiskError, RiskRules, read
from clinic.rules.risk.worked_cases import CaseError, CaseResult, parse, run

DIFFERS = 1


class Command(BaseCommand):
    """Runs without a database. Exit 1: a case differs. Exit 2: document or cases cannot be used."""

    help = "Compute risk for worked cases and compare with what they expect."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cases", nargs="+", help="YAML files with cases")
        parser.add_argument("--document", help="a YAML file instead of the document that ships")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rules = _rules(options["document"])
            cases = [case for name in options["cases"] for case in _cases(name)]
        except documents.UnusableError as error:
            for line in error.lines:
                self.stderr.write(line)
            sys.exit(documents.UNUSABLE)
        results = [run(rules.document, case) for case in cases]
        self._report(results, as_json=options["as_json"])
        if not all(result.ok for result in results):
            sys.exit(DIFFERS)

    def _report(self, results: list[CaseResult], *, as_json: bool) -> None:
        for result in results:
            if result.unread:
                self.stderr.write(f"{result.id}: not read: {', '.join(result.unread)}")
            if as_json:
                self.stdout.write(json.dumps(_as_json(result), ensure_ascii=False))
            elif not result.ok:
                self.stdout.write("\n".join(_lines(result)))
        if not as_json:
            agree = sum(result.ok for result in results)
            self.stdout.write(f"{agree} of {len(results)} cases agree")


def _as_json(result: CaseResult) -> dict[str, Any]:
    return {"id": result.id, "expected": result.expected, "actual": result.actual, "ok": result.ok}


def _lines(result: CaseResult) -> Iterator[str]:
    for key in dict.fromkeys([*result.expected, *result.actual]):
        expected, actual = result.expected.get(key), result.actual.get(key)
        if expected != actual:
            yield f"{result.id}: {key}: expected {expected}, got {actual}"


def _rules(name: str | None) -> RiskRules:
    try:
        return read(documents.parsed(name) if name else protocols.risk_document())
    except RiskError as error:
        raise documents.UnusableError(f"{name or 'risk'}: {error}") from error


def _cases(name: str) -> tuple[Any, ...]:
    try:
        return parse(documents.parsed(name))
    except CaseError as error:
        raise documents.UnusableError(*(f"{name}: {problem}" for problem in error.problems)) from error
