"""A patient's record as a tagged PDF, for whoever reads on paper: made anew each time, and kept nowhere."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import typst
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from clinic.levels import LEVEL_WORDS
from clinic.models import CareTeamMember
from clinic.queries.escalations.history import HistoryLine
from clinic.queries.patients.facts import PatientFacts
from clinic.queries.patients.life_events import LifeEventLine
from clinic.queries.reports.listing import ReportLine
from clinic.rules.core.enums import Level
from clinic.services.patients.printable import FONTS, MARK, Printer

_TEMPLATE = FONTS.parent / "record.typ"
# Where people write on letter paper; elsewhere on A4.
_LETTER_ZONES = ("America/", "US/", "Canada/", "Pacific/Honolulu")


@dataclass(frozen=True)
class RecordToPrint:
    """All that is on the page, times in the zone that is active."""

    patient: PatientFacts
    time_zone: str
    family: tuple[CareTeamMember, ...]
    events: tuple[LifeEventLine, ...]
    alerts: list[tuple[datetime, list[HistoryLine]]]
    reports: tuple[ReportLine, ...]
    made_at: datetime
    made_by: str
    language: str


def pdf(record: RecordToPrint) -> bytes:
    """The document in the language that is active."""
    printer = Printer()
    sections = list(_sections(record, printer))
    document = {
        **_frame(record, printer),
        "sections": sections,
        "warnings": [_missing_letters()] if printer.has_marked else [],
    }
    made = _compiler().compile(
        format="pdf",
        sys_inputs={"record": json.dumps(document)},
        pdf_standards=["ua-1"],
        timestamp=int(record.made_at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("one file is expected")
    return made


def _compiler() -> typst.Compiler:
    """One a document: another thread may set another one meanwhile."""
    return typst.Compiler(_TEMPLATE.read_bytes(), font_paths=_fonts(), ignore_system_fonts=True)


@lru_cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def _missing_letters() -> str:
    return _(
        "Some letters, such as rare characters or pictograms, cannot be printed here. Where this page shows "
        "%(mark)s, read record.html or record.json beside it: they hold every text as it was written."
    ) % {"mark": MARK}


def _frame(record: RecordToPrint, printer: Printer) -> dict[str, Any]:
    """What stands around the record, on each page."""
    patient, name = record.patient, printer.text(record.patient.name)
    who = [printer.apart(name)]
    if patient.birth_date:
        who.append(_("born %(date)s") % {"date": date_format(patient.birth_date)})
    if patient.hospital_number:
        who.append(printer.apart(patient.hospital_number))
    made = {"name": printer.apart(record.made_by), "at": _when(record.made_at)}
    return {
        "title": _("Patient record"),
        "by": printer.text(record.made_by),
        "language": record.language.partition("-")[0],
        "paper": "us-letter" if record.time_zone.startswith(_LETTER_ZONES) else "a4",
        "heading": name,
        "who": " · ".join(who),
        "clinic": printer.apart(patient.clinic_name),
        "made": _("Made by %(name)s, %(at)s") % made,
        # The setting fills this in itself, page by page.
        "page": _("Page {page} of {pages}"),
        "before": [
            _("Record of monitoring at home by %(clinic)s. All times are those of the patient's home.")
            % {"clinic": printer.apart(patient.clinic_name)},
            _(
                "In it: who the patient is, the family, life events, alerts with what was done, and every "
                "report with its answers. Not in it: pictures of the written sentence, texts that were sent "
                "or received, and check-ins as they were planned. The folder “pictures” and record.json "
                "beside this page hold these; record.fhir.json is for other systems."
            ),
        ],
    }


def _sections(record: RecordToPrint, printer: Printer) -> Iterator[dict[str, Any]]:
    yield _section(_("Patient"), [{"facts": list(_facts(record.patient, printer))}])
    yield _section(_("Family"), [{"lines": list(_family(record.family, printer))}])
    yield _section(_("Life events"), [{"lines": list(_events(record.events, printer))}])
    yield _section(_("Alerts"), [_alert(at, lines, printer) for at, lines in record.alerts])
    yield _section(_("Reports"), [_report(report, printer) for report in record.reports])


def _section(heading: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    filled = [one for one in parts if one.get("heading") or any(one.values())]
    return {"heading": heading, "parts": filled or [{"words": _("None")}]}


def _facts(patient: PatientFacts, printer: Printer) -> Iterator[tuple[str, Any]]:
    yield _("Date of birth"), _day(patient.birth_date)
    yield _("Hospital number"), printer.alone(patient.hospital_number or "–")
    yield _("Product"), printer.alone(f"{patient.product} ({patient.target})")
    yield _("Disease"), printer.alone(patient.disease or "–")
    yield _("Day of infusion"), _day(patient.infusion_date)
    for course in patient.earlier_courses:
        yield _("Infused before"), printer.alone(f"{_day(course.infusion_date)}: {course.product}")
    yield _("Monitoring"), str(patient.status_label)
    for label, value in patient.baseline:
        yield printer.text(label), printer.alone(value)
    if patient.flags:
        yield _("Known"), ", ".join(patient.flags)


def _family(family: Iterable[CareTeamMember], printer: Printer) -> Iterator[str]:
    for member in family:
        name = printer.apart(member.user.name)
        parts = [f"{name} ({printer.apart(member.relation)})" if member.relation else name]
        phone = member.user.phone
        if isinstance(phone, PhoneNumber):
            parts.append(str(phone.as_international))
        if member.ended_at is not None:
            parts.append(_("access ended %(at)s") % {"at": _when(member.ended_at)})
        yield ", ".join(parts)


def _events(events: Iterable[LifeEventLine], printer: Printer) -> Iterator[str]:
    for event in events:
        words = [f"{_when(event.at)}: {event.label}"]
        if event.reason:
            words.append(f": {printer.apart(event.reason)}")
        if event.taken_back_at:
            words.append(" (" + _("taken back") + ")")
        yield f"{''.join(words)} · {printer.apart(event.by)}"


def _alert(opened_at: datetime, lines: Iterable[HistoryLine], printer: Printer) -> dict[str, Any]:
    return {"heading": _when(opened_at), "lines": [_history(line, printer) for line in lines]}


def _history(line: HistoryLine, printer: Printer) -> str:
    words = f"{_when(line.at)}: {line.label}"
    if line.level:
        words += f" ({_level(line.level)})"
    if line.text:
        words += f": {printer.apart(line.text)}"
    return f"{words} · {printer.apart(line.by)}" if line.by else words


def _report(report: ReportLine, printer: Printer) -> dict[str, Any]:
    heading = _when(report.observed_at)
    about = [printer.apart(report.author_name)]
    if report.level:
        heading += f" · {_level(report.level)}"
    if report.is_drill:
        about.append(_("Test"))
    if report.is_mistake:
        about.append(_("Entered in error. It does not count."))
        about.append(printer.apart(report.mistake_reason))
    elif report.corrected_at:
        about.append(_("A newer version of this report came in."))
    return {
        "heading": heading,
        "about": " · ".join(about),
        "facts": [(printer.text(one.label), printer.alone(one.text)) for one in report.answers],
        "lines": [printer.alone(reason.why) for reason in report.reasons],
    }


def _level(level: Level) -> str:
    return str(LEVEL_WORDS[level])


def _day(day: date | None) -> str:
    return date_format(day) if day else "–"


def _when(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
