"""Try a protocol on an invented cohort: `manage.py simulate car-t [--seed 1 2 3] [--far 60] [--json]`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clinic.management import documents
from clinic.rules.core.enums import Level
from clinic.rules.protocols.simulation.cohort import Mix
from clinic.rules.protocols.simulation.figures import Figures, KindFigures, RuleFigures, SpanFigures
from clinic.services.protocols import simulation

SPANS = {"early": "to day 30", "late": "after day 30"}
MIX = {
    "bcma": "of 100 people so many have a product against BCMA",
    "from_75": "so many are 75 or older",
    "far": "so many live over an hour away",
}
NAME_WIDTH, CELL = 14, 11
RULE_WIDTH, RULE_CELL = 32, 18


class Command(BaseCommand):
    """Runs without a database and writes no row. Exit 2: the protocol or a number cannot be used."""

    help = "Run a protocol on an invented cohort: alarm load, sensitivity, lead time, by phase and rule."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("protocol", help="a code such as car-t, or a YAML or JSON file")
        parser.add_argument("--patients", type=int, default=simulation.PEOPLE, help="people for each seed")
        parser.add_argument("--days", type=int, help="from day 0 on; if left out, as far as the cohort goes")
        parser.add_argument("--seed", type=int, nargs="+", default=[1], help="several are pooled")
        parser.add_argument(
            "--scale", type=float, default=1.0, help="complaints and events so many times as frequent"
        )
        for name, whom in MIX.items():
            parser.add_argument(f"--{name.replace('_', '-')}", type=float, metavar="PER_CENT", help=whom)
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = simulation.simulate(
                protocol=documents.protocol(options["protocol"]),
                seeds=options["seed"],
                people=options["patients"],
                days=options["days"],
                scale=options["scale"],
                mix=Mix(**{name: _share(options[name]) for name in MIX}),
            )
        except documents.UnusableError as error:
            self._stop(*error.lines)
        except simulation.SimulationRefused as error:
            self._stop(str(error))
        if options["as_json"]:
            self.stdout.write(json.dumps(_as_json(found, options), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(found)))

    def _stop(self, *lines: str) -> None:
        for line in lines:
            self.stderr.write(line)
        sys.exit(documents.UNUSABLE)


def _as_json(found: Figures, options: dict[str, Any]) -> dict[str, Any]:
    asked = {key: options[key] for key in ("protocol", "seed", "patients", "days", "scale", *MIX)}
    return {"asked": asked, **asdict(found)}


def _share(per_cent: float | None) -> float | None:
    return None if per_cent is None else per_cent / 100


def _lines(found: Figures) -> Iterator[str]:
    parts = (*found.phases, *found.spans)
    yield f"{found.people} invented people. This shows how rules behave, not how good they are."
    yield ""
    yield "Reports by level, in %"
    yield _row("", "reports", *Level, "urgent+", "when quiet")
    yield from (_levels(part) for part in parts)
    yield ""
    yield "Alarms (urgent and above) per patient-week at home"
    yield _row("", "weeks", "alarms", "false", "silence")
    yield from (_alarms(part) for part in parts)
    yield ""
    yield "Serious events that began at home, and an urgent report before the hospital"
    yield _row("", "events", "reported", "urgent", "new", "%", "lead h")
    yield from (_events(part) for part in parts)
    yield ""
    yield "Kinds of events: with an urgent report / all"
    yield from _by_part(parts, {part.name: {one.kind: _kind(one) for one in part.kinds} for part in parts})
    yield ""
    yield "Rules at urgent and above: % of reports / reports that it alone made urgent / events seen"
    yield from _by_part(parts, {part.name: {one.rule: _rule(one) for one in part.rules} for part in parts})


def _by_part(parts: Sequence[SpanFigures], cells: dict[str, dict[str, str]]) -> Iterator[str]:
    """One line for each name that any part has, in the order in which they come."""
    yield _row("", *(SPANS.get(part.name, part.name) for part in parts), width=RULE_WIDTH, cell=RULE_CELL)
    for name in dict.fromkeys(name for part in reversed(parts) for name in cells[part.name]):
        found = (cells[part.name].get(name, "-") for part in parts)
        yield _row(name, *found, width=RULE_WIDTH, cell=RULE_CELL)


def _row(name: str, *cells: object, width: int = NAME_WIDTH, cell: int = CELL) -> str:
    return f"{SPANS.get(name, name):{width}}" + "".join(f"{one!s:>{cell}}" for one in cells)


def _levels(part: SpanFigures) -> str:
    shares = [_percent(part.levels[level]) for level in Level]
    return _row(part.name, part.reports, *shares, _percent(part.urgent), _percent(part.urgent_when_quiet))


def _alarms(part: SpanFigures) -> str:
    rates = (part.alarms_per_week, part.false_alarms_per_week, part.silences_per_week)
    return _row(part.name, f"{part.weeks:.0f}", *(_number(rate, 2) for rate in rates))


def _events(part: SpanFigures) -> str:
    counts = (part.events, part.reported, part.detected, part.newly_detected)
    return _row(part.name, *counts, _percent(part.sensitivity), _number(part.lead_hours, 1))


def _kind(one: KindFigures) -> str:
    return f"{one.detected} / {one.events}"


def _rule(one: RuleFigures) -> str:
    return f"{_percent(one.share)} / {one.alone} / {one.events}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.1f}"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
