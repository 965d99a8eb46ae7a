"""Summaries of reports in words, one a report, since a moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from django.utils.functional import Promise

from caregiver.levels import LEVEL_WORDS
from clinic.models import Patient, Report
from clinic.queries.reports import listing
from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.rules.protocols.scoring.numbers import temperature_as_typed, temperature_for_reader
from clinic.rules.reports import phone_levels
from clinic.services.protocols.versions import rules_of

REPORTS_AT_MOST = 60


@dataclass(frozen=True)
class ReportSummary:
    """One report in a table: what was measured, what was more than "none", and how serious that was."""

    at: datetime
    # When it came, where that was much later.
    came_at: datetime | None
    temperature: str
    level: Level | None
    level_word: str | Promise
    signs: tuple[str, ...]


def since(*, patients: Iterable[Patient], moment: datetime) -> dict[UUID, list[Report]]:
    """Each patient's reports since a moment, the newest first; one query.

    For somebody who came from another clinic since then, with those of the record of before: they are the
    family's own, and an emergency room asks for them.
    """
    patients = list(patients)
    found = listing.since(patients=patients, moment=moment, at_most=REPORTS_AT_MOST)
    for patient in patients:
        if patient.came_by_transfer and patient.created_at > moment:
            before = patient.came_by.patient
            rows = [*found[patient.pk], *since(patients=[before], moment=moment)[before.pk]]
            rows.sort(key=attrgetter("observed_at"), reverse=True)
            found[patient.pk] = rows[:REPORTS_AT_MOST]
    return found


def of_report(report: Report, language: str, unit: str = "") -> ReportSummary:
    """The report as a line, in this language; the temperature in this unit, or as it was typed."""
    protocol = rules_of(report.protocol_version)
    checked = check_answers(protocol, report.answers)
    assessment = getattr(report, "assessment", None)
    level = phone_levels.counted(assessment.level, report.level_on_phone) if assessment else None
    typed, own = checked.temperature.typed, checked.temperature.unit
    return ReportSummary(
        at=report.observed_at,
        came_at=report.received_at if report.is_late else None,
        temperature=_temperature(typed, own, unit) if typed and own else "",
        level=level,
        level_word=LEVEL_WORDS[level] if level else "",
        signs=tuple(_signs_in_words(protocol, checked.values, language)),
    )


def _temperature(typed: object, own: str, unit: str) -> str:
    return temperature_for_reader(typed, own, unit) if unit else temperature_as_typed(typed, own)


def _signs_in_words(protocol: Protocol, values: Mapping[str, object], language: str) -> Iterable[str]:
    for question in protocol.questions:
        value = values.get(question.key)
        if question.kind is Kind.TICKS and isinstance(value, list):
            yield from (question.option_text(tick, language) or str(tick) for tick in value)
        elif question.kind is Kind.CHOICE and isinstance(value, int) and value > 0:
            yield f"{question.label(language)}: {question.option_text(value, language)}"
