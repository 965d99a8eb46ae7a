"""A patient's reports as staff read them: what was answered, in words, and what scoring made of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from clinic.models import Patient, Report
from clinic.queries.protocols.versions import rules_of
from clinic.queries.reports import authors
from clinic.queries.reports.reasons import ReasonLine, of_report
from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols.document.protocol import Protocol, Question
from clinic.rules.protocols.scoring.numbers import as_typed, temperature_as_typed, temperature_for_reader
from clinic.rules.reports import phone_levels

# A clock that is less wrong changes nothing in what a reader makes of the times.
_TELLING_SKEW = timedelta(minutes=10)


@dataclass(frozen=True)
class AnswerLine:
    """One answer in words. `is_key`: staff see it without opening the whole report."""

    item: str
    label: str
    text: str
    level: Level | None
    is_key: bool


@dataclass(frozen=True)
class AnswerChange:
    """One answer that a correction changed, in words; empty where it was not answered."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class PhoneClock:
    """How wrong the clock of the phone was, as far as staff must know it to read the times.

    `ahead` and `behind` are the skew at the sending, from ten minutes on. `said` is the time of observation
    that was given, where another one counts.
    """

    ahead: timedelta | None = None
    behind: timedelta | None = None
    said: datetime | None = None

    @property
    def is_right(self) -> bool:
        return self == PhoneClock()


@dataclass(frozen=True)
class ReportLine:
    """One report. `level` is the one that counts, and None until it has been scored."""

    id: UUID
    author_name: str
    observed_at: datetime
    received_at: datetime
    is_late: bool
    clock: PhoneClock
    is_drill: bool
    # Written down by staff for somebody on the telephone.
    is_told: bool
    level: Level | None
    reasons: tuple[ReasonLine, ...]
    answers: tuple[AnswerLine, ...]
    # What the phone said, where that is not what the rules here say; `scored_level` is theirs.
    level_on_phone: Level | None
    scored_level: Level | None
    # The report whose place this one takes is of that moment; `changes` is what it says differently.
    corrects_at: datetime | None = None
    changes: tuple[AnswerChange, ...] = ()
    # A newer version of this one came in then.
    corrected_at: datetime | None = None
    # Staff say that they entered it wrongly: by whom and why. It counts no more.
    mistake_by: str = ""
    mistake_reason: str = ""
    is_mistake: bool = False
    # It was about somebody else: what it says is for staff alone.
    is_about_another: bool = False

    @property
    def may_be_put_right(self) -> bool:
        """By staff: what they wrote down themselves, as long as it counts."""
        return self.is_told and not self.is_mistake and self.corrected_at is None

    @property
    def key_answers(self) -> tuple[AnswerLine, ...]:
        return tuple(answer for answer in self.answers if answer.is_key)

    @property
    def other_answers(self) -> tuple[AnswerLine, ...]:
        return tuple(answer for answer in self.answers if not answer.is_key)


def newest(
    *, patient: Patient, language: str, size: int | None, until: datetime | None = None
) -> tuple[ReportLine, ...]:
    """So many of a patient's reports, or all, the last seen first; with `until` those seen by that moment."""
    rows = Report.objects.filter(patient=patient)
    if until is not None:
        rows = rows.filter(observed_at__lte=until)
    rows = (
        rows.select_related(
            *("author", "told", "assessment", "protocol_version"),
            *("corrects", "correction", "mistake__by"),
        )
        .defer("protocol_version__document", "assessment__inputs")
        .order_by("-observed_at", "-received_at", "-pk")
    )
    return tuple(_line(report, language) for report in rows[:size])


def since(*, patients: Iterable[Patient], moment: datetime, at_most: int) -> dict[UUID, list[Report]]:
    """What counts of each patient's reports since a moment, newest first, so many at most; one query."""
    found: dict[UUID, list[Report]] = {patient.pk: [] for patient in patients}
    rows = Report.objects.newest().filter(patient__in=list(found), observed_at__gte=moment, is_drill=False)
    rows = rows.select_related("author", "told", "assessment", "protocol_version__protocol")
    rows = rows.defer("protocol_version__document", "assessment__inputs")
    for report in rows.order_by("-observed_at", "-pk")[: at_most * max(1, len(found))]:
        if len(found[report.patient_id]) < at_most:
            found[report.patient_id].append(report)
    return found


def _line(report: Report, language: str) -> ReportLine:
    mistake = getattr(report, "mistake", None)
    assessment = getattr(report, "assessment", None)
    scored = Level(assessment.level) if assessment else None
    fired = of_report(report, language) if assessment else ()
    said = Level(report.level_on_phone) if report.level_on_phone else None
    rules = rules_of(report.protocol_version)
    return ReportLine(
        id=report.pk,
        author_name=authors.name_of(report),
        is_told=authors.told_of(report) is not None,
        observed_at=report.observed_at,
        received_at=report.received_at,
        is_late=report.is_late,
        clock=_phone_clock(report),
        is_drill=report.is_drill,
        level=phone_levels.counted(scored, report.level_on_phone) if scored else None,
        reasons=fired,
        level_on_phone=said if said != scored else None,
        scored_level=scored,
        answers=tuple(_answer_lines(rules, report.answers, fired, language)),
        corrects_at=report.corrects.observed_at if report.corrects else None,
        changes=tuple(_answer_changes(rules, report, language)) if report.corrects else (),
        corrected_at=report.correction.received_at if hasattr(report, "correction") else None,
        is_mistake=mistake is not None,
        mistake_by=mistake.by.name if mistake else "",
        mistake_reason=mistake.reason if mistake else "",
        is_about_another=report.is_about_another,
    )


def _phone_clock(report: Report) -> PhoneClock:
    skew, said = timedelta(seconds=report.clock_skew_seconds), report.observed_at_said
    return PhoneClock(
        ahead=skew if skew >= _TELLING_SKEW else None,
        behind=-skew if -skew >= _TELLING_SKEW else None,
        said=said if said and abs(said - report.observed_at) >= _TELLING_SKEW else None,
    )


def _answer_changes(rules: Protocol, report: Report, language: str) -> Iterable[AnswerChange]:
    """What a correction says differently, question by question; both are of one protocol version."""
    earlier = report.corrects.answers if report.corrects else {}
    for question in rules.questions:
        before = _as_answered(question, earlier, language)
        after = _as_answered(question, report.answers, language)
        if before != after:
            shown = [_for_staff(question, given, language) for given in (earlier, report.answers)]
            # The same temperature in another unit: what changed is what was typed.
            before, after = (before, after) if shown[0] == shown[1] else shown
            yield AnswerChange(question.label(language), before, after)


def _answer_lines(
    rules: Protocol, given: Mapping[str, Any], fired: Iterable[ReasonLine], language: str
) -> Iterable[AnswerLine]:
    # `fired` is sorted worst first, so the first one of an item is its level.
    levels: dict[str, Level] = {}
    for reason in fired:
        levels.setdefault(reason.item, reason.level)
    for question in rules.questions:
        text, typed = _for_staff(question, given, language), _as_answered(question, given, language)
        if text:
            level = levels.get(question.key)
            yield AnswerLine(
                item=question.key,
                label=question.label(language),
                text=text,
                level=level,
                is_key=level is not None or _is_telling(question, given.get(question.answer_keys[0])),
            )
        if typed != text:
            label = _("%(question)s, as typed") % {"question": question.label(language)}
            yield AnswerLine(item=question.key, label=label, text=typed, level=None, is_key=False)


def _is_telling(question: Question, value: object) -> bool:
    """Measured values always, and every answer that is not the usual one."""
    if question.kind in (Kind.TEMPERATURE, Kind.NUMBER):
        return True
    return value not in (0, False, None, [])


def _for_staff(question: Question, given: Mapping[str, Any], language: str) -> str:
    """The rules speak in °C, and so does all that staff read; whoever typed °F may be read what was typed."""
    if question.kind is Kind.TEMPERATURE:
        value, unit = (given.get(key) for key in question.answer_keys[:2])
        return temperature_for_reader(value, unit, "C") if value is not None and value != "" else ""
    return _as_answered(question, given, language)


def _as_answered(question: Question, given: Mapping[str, Any], language: str) -> str:
    value = given.get(question.answer_keys[0])
    if value is None or value == "":
        return ""
    if question.kind is Kind.TEMPERATURE:
        return temperature_as_typed(value, given.get(question.answer_keys[1]))
    if question.kind is Kind.NUMBER:
        return as_typed(value, question.unit, language)
    if question.kind is Kind.YES_NO:
        return _("Yes") if value is True else _("No")
    if question.kind is Kind.TICKS:
        ticked = value if isinstance(value, list) else [value]
        return ", ".join(question.option_text(one, language) or str(one) for one in ticked)
    return question.option_text(value, language) or str(value)
