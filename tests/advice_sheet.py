"""Everything that a family may read after a report, on one sheet: every level, hour, state and language.

`make advice-sheet` writes docs/advice-sheet.html for a reader to check; test_advice_sheet.py compares. It is
made of the default rules and the templates of the pages themselves, for an invented clinic, with no database.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import escape

from caregiver.levels import LEVEL_WORDS
from caregiver.queries.household.open_alerts import OpenAlert, Reason
from caregiver.queries.household.reports import ReportProgress
from clinic.models import Clinic
from clinic.protocols import default_document
from clinic.rules.core.enums import Level
from clinic.rules.paging.ladder import pages_staff
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import Travel
from clinic.services.reports.intake import FilledAdvice, advice_at

ZONE = ZoneInfo("America/New_York")
WEEKDAYS = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
# Long past, so that times are told with their date whenever the sheet is made.
HOURS = {
    "Wednesday noon, open": datetime(2026, 1, 14, 12, 0, tzinfo=ZONE),
    "Wednesday evening": datetime(2026, 1, 14, 19, 0, tzinfo=ZONE),
    "Thursday night": datetime(2026, 1, 15, 2, 0, tzinfo=ZONE),
    "Thursday before opening": datetime(2026, 1, 15, 6, 30, tzinfo=ZONE),
    "Saturday by day, or a holiday": datetime(2026, 1, 17, 11, 11, tzinfo=ZONE),
    "Saturday night, or before a holiday": datetime(2026, 1, 17, 22, 0, tzinfo=ZONE),
}
DAYS = (5, 60)
TRAVELS = {
    "20 minutes from the clinic": Travel(20, no_transport=False),
    "over an hour away, or nobody knows how far": Travel(None, no_transport=False),
    "cannot come in tonight": Travel(20, no_transport=True),
}
PLACE = Path(__file__).resolve().parent.parent / "docs" / "advice-sheet.html"
_NURSE = {
    "en": "Nora, nurse",
    "es": "Nora, enfermera",
    "ar": "نورا، ممرضة",
    "vi": "Nora, y tá",
    "zh-hans": "Nora，护士",
}
_MARKUP = re.compile(r"<[^>]+>")
_HIDDEN = re.compile(r"<svg.*?</svg>", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """What is read in one state, on the report's page and on home; nothing on home where nothing is open."""

    state: str
    note: str
    status: str
    home: str


@dataclass(frozen=True)
class Block:
    """One advice, the hours at which it is given, and its rows."""

    level: Level
    word: str
    day: int
    hours: tuple[str, ...]
    advice: FilledAdvice
    rows: tuple[Row, ...]


def blocks(language: str) -> list[Block]:
    """Every level at every hour in every state, in one language; hours of the same words are one block."""
    clinic = Clinic(
        name="River Cancer Center",
        time_zone=ZONE.key,
        emergency_number="911",
        line_phone="+16175550100",
        clinic_phone="+16175550101",
        staffed_hours=WEEKDAYS,
    )
    protocol = Protocol.from_document(default_document("car-t"))
    found: dict[tuple[Level, FilledAdvice], Block] = {}
    with translation.override(language), timezone.override(ZONE):
        for level in reversed(Level):
            for day in DAYS:
                for (name, at), (way, travel) in product(HOURS.items(), TRAVELS.items()):
                    advice = advice_at(
                        clinic=clinic,
                        protocol=protocol,
                        level=level,
                        day=day,
                        travel=travel,
                        nearest_emergency="",
                        now=at,
                    )
                    known = found.get((level, advice))
                    hour = name if level is not Level.SAME_DAY else f"{name}, day {day}"
                    hour = f"{hour}, {way}" if level is Level.URGENT else hour
                    hours = tuple(dict.fromkeys((*(known.hours if known else ()), hour)))
                    rows = known.rows if known else tuple(_rows(level, advice, at, language))
                    word = str(LEVEL_WORDS[level])
                    found[level, advice] = Block(level, word, day, hours, advice, rows)
    return list(found.values())


def sheet() -> str:
    """The whole sheet as a page of its own, in English but for what families read."""
    sections = [_section(code, str(name), blocks(code)) for code, name in settings.LANGUAGES]
    links = "".join(
        f'<li><a href="#{code}">{escape(str(name))}</a></li>' for code, name in settings.LANGUAGES
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What families read after a report</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 75rem; margin: auto; padding: 1rem; }}
table {{ border-collapse: collapse; width: 100%; margin-block: 0.5rem 2rem; }}
th, td {{ border: 1px solid #999; padding: 0.25rem 0.5rem; text-align: start; vertical-align: top; }}
</style>
</head>
<body>
<h1>What families read after a report</h1>
<p>Every level, at every hour, in every state, in every language, by the default rules, for an invented
clinic in New York that is open from 8 to 5 on weekdays. Written by <code>make advice-sheet</code>; do not
edit it here. Read each line and ask: is it true at this hour, does it agree with what stands beside it, does
it say what to do next?</p>
<ul>{links}</ul>
{"".join(sections)}</body>
</html>
"""


def _section(code: str, name: str, told: Iterable[Block]) -> str:
    direction = "rtl" if code in settings.LANGUAGES_BIDI else "ltr"
    words = f'lang="{code}" dir="{direction}"'
    inside = "".join(_block(one, words) for one in told)
    return f'<section id="{code}">\n<h2>{name}</h2>\n{inside}</section>\n'


def _block(block: Block, words: str) -> str:
    steps = "".join(f"<li>{escape(step)}</li>" for step in block.advice.steps)
    rows = "".join(
        f'<tr><th lang="en" dir="ltr">{row.state}</th>'
        f"<td>{row.note}</td><td>{row.status}</td><td>{row.home}</td></tr>\n"
        for row in block.rows
    )
    return f"""<h3>{block.level}: {"; ".join(block.hours)}</h3>
<div {words}>
<p>{escape(block.word)}: <strong>{escape(block.advice.title)}</strong></p>
<ol>{steps}</ol>
<table>
<thead lang="en" dir="ltr"><tr><th>State</th><th>Note</th><th>Report</th><th>Home</th></tr></thead>
<tbody>
{rows}</tbody>
</table>
</div>
"""


def _rows(level: Level, advice: FilledAdvice, at: datetime, language: str) -> Iterable[Row]:
    for state, progress, alert in _states(level, at, _NURSE.get(language, _NURSE["en"])):
        context = {"advice": advice, "report_status": progress, "contacts": [{"calls": ()}]}
        yield Row(
            state=state,
            note=_text("caregiver/check_in/_note.html", context),
            status=_text("caregiver/household/_status.html", context),
            home=_text("caregiver/household/_who_has_it.html", {"alert": alert}) if alert else "",
        )


def _states(level: Level, at: datetime, nurse: str) -> Iterable[tuple[str, ReportProgress, OpenAlert | None]]:
    later = [at + timedelta(minutes=minutes) for minutes in (1, 5, 9, 40)]
    if level is Level.NONE:
        yield "on record", ReportProgress("received", at, False), None
        return
    paged = pages_staff(level)

    def alert(**facts: object) -> OpenAlert | None:
        return OpenAlert(level, Reason.REPORT, at, **facts) if paged else None  # type: ignore[arg-type]

    def progress(code: str, **facts: object) -> ReportProgress:
        return ReportProgress(code, at, True, is_paged=paged, **facts)  # type: ignore[arg-type]

    yield "not seen", progress("received"), alert()
    if paged:
        yield "paged", progress("received", told_at=later[0]), alert(told_at=later[0])
        yield "called in vain", progress("received", told_at=later[0]), alert(unreached_at=later[2])
    yield "with an earlier one", progress("in_hand", in_hand_since=at), alert(taken_at=at, taken_by=nurse)
    seen = {"seen_at": later[1], "seen_by": nurse}
    yield "taken", progress("seen", **seen), alert(taken_at=later[1], taken_by=nurse)
    if paged:
        yield "called", progress("seen", **seen), alert(taken_at=later[1], taken_by=nurse, called_at=later[2])
    yield "closed", ReportProgress("closed", at, True, closed_at=later[3], **seen), None  # type: ignore[arg-type]


def _text(template: str, context: dict[str, object]) -> str:
    lines = _MARKUP.sub("\n", _HIDDEN.sub("", render_to_string(template, context))).split("\n")
    return " ".join(" ".join(lines).split())
