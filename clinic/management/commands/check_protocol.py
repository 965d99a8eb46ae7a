"""Check a protocol against worked cases: `manage.py check_protocol car-t cases.yaml [--json]`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clinic.management import documents
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.vignettes import Vignette, VignetteError, VignetteResult, parse, run

DIFFERS = 1


class Command(BaseCommand):
    """Runs without a database. Exit 1: a case differs. Exit 2: protocol or cases cannot be used."""

    help = "Score worked cases with a protocol and compare with what they expect."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("protocol", help="a code such as car-t, or a YAML or JSON file")
        parser.add_argument("vignettes", nargs="+", help="YAML files with cases")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            protocol = documents.protocol(options["protocol"])
            cases = [case for name in options["vignettes"] for case in _cases(protocol, name)]
        except documents.UnusableError as error:
            for line in error.lines:
                self.stderr.write(line)
            sys.exit(documents.UNUSABLE)
        outcomes = [run(protocol, case) for case in cases]
        self._report(outcomes, as_json=options["as_json"])
        if not all(outcome.ok for outcome in outcomes):
            sys.exit(DIFFERS)

    def _report(self, outcomes: list[VignetteResult], *, as_json: bool) -> None:
        if as_json:
            for outcome in outcomes:
                self.stdout.write(json.dumps(asdict(outcome), ensure_ascii=False))
            return
        for outcome in outcomes:
            if not outcome.ok:
                self.stdout.write(_line(outcome))
        agree = sum(outcome.ok for outcome in outcomes)
        self.stdout.write(f"{agree} of {len(outcomes)} vignettes agree")


def _line(outcome: VignetteResult) -> str:
    rules = ", ".join(outcome.rules) or "no rule"
    return (
        f"{outcome.id}: expected {outcome.expected}, got {outcome.actual}"
        f" (rules: {rules}; temperature: {outcome.validation})"
    )


def _cases(protocol: Protocol, name: str) -> tuple[Vignette, ...]:
    try:
        return parse(protocol, documents.parsed(name))
    except VignetteError as error:
        raise documents.UnusableError(*(f"{name}: {problem}" for problem in error.problems)) from error
