"""Which tables there are, and what each column of them means."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from clinic.models import (
    CareTaskEntry,
    Clinic,
    Escalation,
    LabResult,
    OutcomeRecord,
    Page,
    Patient,
    ProtocolVersion,
    Reminder,
    Report,
    RiskRun,
)
from clinic.models.care_task import CareTaskAct
from clinic.queries.outcomes import forms_due
from clinic.queries.protocols.versions import rules_of
from clinic.queries.risk.document import rules
from clinic.rules.core.enums import Kind
from clinic.rules.core.wall_clock import within_calendar
from clinic.rules.outcomes import forms
from clinic.rules.outcomes.forms import Part
from clinic.rules.protocols.document.additions import CARE_TASKS
from notifications import queries as messages

PART = 1000
Row = tuple[object, ...]


@dataclass(frozen=True)
class Column:
    """`unit` is that of a number, or the form of what stands there."""

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """`parts` gives the rows of a clinic, some at a time, oldest first; the days are the clinic's own."""

    columns: tuple[Column, ...]
    parts: Callable[[Clinic, date | None, date | None], Iterator[list[Row]]]


def _keys(name: str, meaning: str) -> Column:
    return Column(name, "id", meaning)


def _moment(name: str, meaning: str) -> Column:
    return Column(name, "time with offset", meaning)


_LEVEL = "none, watch, same_day, urgent or emergency"
_REPORT = (
    _keys("report_id", "the report"),
    _keys("patient_id", "whom it is about"),
    Column("protocol", "code", "the protocol whose questions were asked"),
    Column("protocol_version", "whole number", "and its version"),
    Column("language", "code", "in which it was filled in"),
    _moment("observed_at", "when the answers were true, by the clinic's clock"),
    _moment("sent_at", "when this try was sent, by the phone's clock"),
    _moment("received_at", "when it arrived"),
    Column("clock_skew_seconds", "s", "how far the phone's clock was ahead"),
    Column("is_late", "true or false", "whether it arrived long after it was observed"),
    Column("told_to_staff", "true or false", "whether staff wrote it down at the telephone"),
    Column("source", "code", "voice: by the keys of a telephone; empty: by any other door"),
    Column("counts", "true or false", "false where a newer version took its place or it was a mistake"),
    _keys("corrects", "the report whose place it took"),
    Column("level_on_phone", "level", f"what the phone worked out by itself: {_LEVEL}"),
    Column("level", "level", f"what scoring came to, the higher of the next two: {_LEVEL}"),
    Column("level_as_observed", "level", "as of the moment of observation"),
    Column("level_as_received", "level", "as of the arrival"),
)
_ANSWER = (
    _keys("report_id", "the report"),
    _keys("patient_id", "whom it is about"),
    _moment("observed_at", "when the answer was true"),
    Column("answer", "code", "the answer's name; the code book lists them"),
    Column("value", "as the code book says", "as it was given; a list as JSON"),
    Column("unit", "unit", "of a number"),
)
_ESCALATION = (
    _keys("escalation_id", "the alert"),
    _keys("patient_id", "whom it is about"),
    Column("level", "level", "the highest that it reached: watch, same_day, urgent or emergency"),
    Column("state", "code", "open, acknowledged or resolved"),
    _moment("opened_at", "when it opened"),
    _moment("acknowledged_at", "when a person took it"),
    _keys("acknowledged_by", "who"),
    _moment("resolved_at", "when a person closed it"),
    _keys("resolved_by", "who"),
    Column("outcome", "code", "what came of it"),
    Column("pages", "count", "how many pages were planned"),
)
_MESSAGE = (
    Column("kind", "code", "page (to staff) or reminder (to a family)"),
    _keys("id", "the page or reminder"),
    _keys("patient_id", "about whom"),
    _keys("escalation_id", "of a page: the alert"),
    _keys("to", "the person; empty for the clinic's own line"),
    Column(
        "plan", "code", "due, held, sent or cancelled; of a reminder planned, queued, cancelled or expired"
    ),
    _moment("due_at", "when it was to go"),
    Column("channel", "code", "by which it was to go"),
    Column("state", "code", "how far it has come, by whatever way"),
)
_OUTCOME = (
    _keys("record_id", "the form as it stands; one that was corrected is left out"),
    _keys("patient_id", "whom it is about"),
    Column("course", "whole number", "which infusion of the patient"),
    Column("form", "code", "follow_up or death"),
    Column("day", "days after the infusion", "the time point; 0 after a death"),
    _moment("recorded_at", "when it was written down"),
    Column("item", "code", "the question; docs/outcomes.md lists them. Free text is left out"),
    Column("value", "as the item says", "days as 2026-11-28; what is not there was not recorded"),
)
_LAB = (
    _keys("lab_result_id", "the value"),
    _keys("patient_id", "of whom"),
    Column("lab", "code", "what was measured"),
    Column("value", "number", "as the laboratory printed it"),
    Column("unit", "unit", "in which it printed it"),
    Column("kept_value", "number", "in the lab's own unit, to four places"),
    Column("kept_unit", "unit", "that unit"),
    Column("taken_on", "date", "the day of the sample where the patient is"),
    Column("taken_at", "time", "the time there; empty where nobody wrote it"),
    Column("day", "whole number", "days after the infusion of the current course"),
    Column("came_by", "code", "typed, pasted or api"),
    Column("counts", "true or false", "false where it was struck out as wrong"),
    _moment("entered_at", "when it was entered"),
    _keys("entered_by", "by whom"),
)
_RISK = (
    _keys("risk_id", "the risk assessment"),
    _keys("patient_id", "whom it is about"),
    _moment("computed_at", "when"),
    Column("day", "whole number", "days after the infusion"),
    Column("trigger", "code", "why just then: labs, facts, day or patient"),
    Column("rule_version", "whole number", "the version of the risk document"),
    Column("tier", "code", "what was suggested, never what was set: standard or high"),
    Column("flags", "codes", "which flags were suggested"),
    Column("major", "codes", "the reasons of which one is enough"),
    Column("minor", "codes", "the lesser reasons"),
    Column("missing", "codes", "required facts that nobody had recorded"),
)
_CARE_TASK = (
    _keys("act_id", "one act of staff; what was asked for and nobody did has no row"),
    _keys("patient_id", "for whom"),
    Column("course", "whole number", "which infusion of the patient"),
    Column("task", "code", f"what the protocol asks for: {', '.join(sorted(CARE_TASKS))}"),
    Column("day", "whole number", "which of its days, counted as the protocol counts them"),
    Column("act", "code", "done, not_needed or taken_back"),
    Column("counts", "true or false", "false where it was taken back, takes back, or a newer act followed"),
    _moment("at", "when it was put on record"),
    _keys("by", "by whom"),
)


def _reports(clinic: Clinic) -> QuerySet[Report]:
    return Report.objects.filter(patient__in=_patients(clinic), is_drill=False)


def _patients(clinic: Clinic) -> QuerySet[Patient]:
    return Patient.objects.filter(clinic=clinic, is_synthetic=False, erased_at=None)


def _report_rows(clinic: Clinic, since: date | None, until: date | None) -> Iterator[list[Row]]:
    rows = _reports(clinic).annotate(
        told_to=F("told__report"), mistaken=F("mistake__report"), newer=F("correction__id")
    )
    rows = rows.select_related("protocol_version__protocol", "assessment").defer(
        "answers", "protocol_version__document", "assessment__reasons", "assessment__inputs"
    )
    for part in _in_order(rows, "received_at", clinic, since, until):
        yield [_report_row(one) for one in part]


def _report_row(one: Any) -> Row:
    assessed = getattr(one, "assessment", None)
    return (
        *(one.pk, one.patient_id, one.protocol_version.protocol.code, one.protocol_version.number),
        *(one.language, one.observed_at, one.sent_at, one.received_at, one.clock_skew_seconds, one.is_late),
        *(one.told_to is not None, one.source, one.mistaken is None and one.newer is None, one.corrects_id),
        one.level_on_phone,
        *(
            (assessed.level, assessed.level_as_observed, assessed.level_as_received)
            if assessed
            else ("", "", "")
        ),
    )


def _answer_rows(clinic: Clinic, since: date | None, until: date | None) -> Iterator[list[Row]]:
    rows = _reports(clinic).only(
        *("pk", "patient_id", "observed_at", "received_at", "answers", "protocol_version")
    )
    units = _units(clinic)
    for part in _in_order(rows, "received_at", clinic, since, until):
        yield [
            (
                one.pk,
                one.patient_id,
                one.observed_at,
                name,
                value,
                units[one.protocol_version_id].get(name, ""),
            )
            for one in part
            for name, value in sorted(one.answers.items())
        ]


def _units(clinic: Clinic) -> dict[Any, dict[str, str]]:
    """By version and answer. A temperature's unit is an answer of its own."""
    used = ProtocolVersion.objects.filter(pk__in=_reports(clinic).values("protocol_version"))
    return {
        version.pk: {
            question.key: question.unit
            for question in rules_of(version).questions
            if question.kind is not Kind.TEMPERATURE
        }
        for version in used
    }


def _escalation_rows(clinic: Clinic, since: date | None, until: date | None) -> Iterator[list[Row]]:
    rows = Escalation.objects.filter(clinic=clinic, patient__in=_patients(clinic), is_drill=False)
    for part in _in_order(rows.defer("ladder"), "opened_at", clinic, since, until):
        counts = _counted(Page.objects.filter(escalation__in=[one.pk for one in part]))
        yield [
            (
                *(one.pk, one.patient_id, one.level, one.state, one.opened_at, one.acknowledged_at),
                *(one.acknowledged_by_id, one.resolved_at, one.resolved_by_id, one.outcome),
                counts.get(one.pk, 0),
            )
            for one in part
        ]


def _outcome_rows(clinic: Clinic, since: date | None, until: date | None) -> Iterator[list[Row]]:
    rows = forms_due.standing(OutcomeRecord.objects.filter(patient__in=_patients(clinic)))
    for part in _in_order(rows, "recorded_at", clinic, since, until):
        yield [
            (
                *(one.pk, one.patient_id, one.course_number, one.part, one.day),
                *(one.recorded_at, key, value),
            )
            for one in part
            for key, value in sorted(one.answers.items())
            if forms.items(Part(one.part), one.day)[key].kind is not forms.Kind.TEXT
        ]


def _counted(pages: QuerySet[Page]) -> dict[Any, int]:
    return dict(pages.values_list("escalation").annotate(Count("pk")))


def _message_rows(clinic: Clinic, since: date | None, until: date | None) -> Iterator[list[Row]]:
    pages = Page.objects.filter(
        escalation__clinic=clinic, escalation__patient__in=_patients(clinic), escalation__is_drill=False
    ).select_related("escalation", "staff")
    for part in _in_order(pages, "due_at", clinic, since, until):
        ways = messages.ways_of({one.message_id for one in part if one.message_id})
        yield [
            (
                *("page", one.pk, one.escalation.patient_id, one.escalation_id),
                *(one.staff.user_id if one.staff else None, one.state, one.due_at),
                *ways.get(one.message_id, ("", "")),
            )
            for one in part
        ]
    reminders = Reminder.objects.filter(checkin__patient__in=_patients(clinic)).select_related("checkin")
    for sent in _in_order(reminders, "due_at", clinic, since, until):
        ways = messages.ways_of({one.message_id for one in sent if one.message_id})
        yield [
            (
                *("reminder", one.pk, one.checkin.patient_id, None, one.caregiver_id, one.state, one.due_at),
                *ways.get(one.message_id, ("", "")),
            )
            for one in sent
        ]


def _lab_rows(clinic: Clinic, since: date | None, until: date | None) -> Iterator[list[Row]]:
    rows = LabResult.objects.filter(patient__in=_patients(clinic)).select_related("patient")
    kept = rules().document.labs
    for part in _in_order(rows, "entered_at", clinic, since, until):
        yield [
            (
                *(one.pk, one.patient_id, one.lab, one.typed_value, one.typed_unit),
                *(one.value, kept[one.lab].unit, one.taken_on, one.taken_at),
                *((one.taken_on - one.patient.infusion_date).days, one.source, one.struck_at is None),
                *(one.entered_at, one.entered_by_id),
            )
            for one in part
        ]


def _risk_rows(clinic: Clinic, since: date | None, until: date | None) -> Iterator[list[Row]]:
    rows = RiskRun.objects.filter(patient__in=_patients(clinic)).defer("facts")
    for part in _in_order(rows, "computed_at", clinic, since, until):
        yield [_risk_row(one) for one in part]


def _care_task_rows(clinic: Clinic, since: date | None, until: date | None) -> Iterator[list[Row]]:
    newer = CareTaskEntry.objects.filter(
        patient=OuterRef("patient"),
        course_number=OuterRef("course_number"),
        task=OuterRef("task"),
        day=OuterRef("day"),
        number__gt=OuterRef("number"),
    )
    rows = CareTaskEntry.objects.filter(patient__in=_patients(clinic)).annotate(is_followed=Exists(newer))
    for part in _in_order(rows.defer("words"), "at", clinic, since, until):
        yield [
            (
                *(one.pk, one.patient_id, one.course_number, one.task, one.day, one.act),
                one.act != CareTaskAct.TAKEN_BACK and not one.is_followed,
                *(one.at, one.by_id),
            )
            for one in part
        ]


def _risk_row(one: RiskRun) -> Row:
    told = one.result["suggestion"]
    return (
        *(one.pk, one.patient_id, one.computed_at, one.day, one.trigger, one.rule_version),
        one.suggested["tier"],
        " ".join(one.suggested["flags"]),
        *(" ".join(reason["key"] for reason in told[kind]) for kind in ("major", "minor")),
        " ".join(told["missing"]),
    )


def _in_order(
    rows: QuerySet[Any], column: str, clinic: Clinic, since: date | None, until: date | None
) -> Iterator[list[Any]]:
    zone = ZoneInfo(clinic.time_zone)
    if since:
        rows = rows.filter(**{f"{column}__gte": _begins(since, zone)})
    if until:
        rows = rows.filter(**{f"{column}__lt": _begins(until, zone) + timedelta(days=1)})
    rows = rows.order_by(column, "pk")
    found = list(rows[:PART])
    while found:
        yield found
        at = getattr(found[-1], column)
        behind = Q(**{f"{column}__gt": at}) | Q(pk__gt=found[-1].pk)
        # The condition on the column alone is what an index begins with.
        found = list(rows.filter(behind, **{f"{column}__gte": at})[:PART])


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(within_calendar(day), time(), tzinfo=zone)


TABLES = {
    "reports": Table(_REPORT, _report_rows),
    "answers": Table(_ANSWER, _answer_rows),
    "escalations": Table(_ESCALATION, _escalation_rows),
    "messages": Table(_MESSAGE, _message_rows),
    "outcomes": Table(_OUTCOME, _outcome_rows),
    "labs": Table(_LAB, _lab_rows),
    "risk": Table(_RISK, _risk_rows),
    "care_tasks": Table(_CARE_TASK, _care_task_rows),
}
