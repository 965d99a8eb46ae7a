"""One kind of resource of one patient, a page at a time, in the order of what happened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import translation

from clinic.models import Patient
from clinic.queries.fhir.record import FhirRecord
from clinic.rules.fhir.dates import Span
from clinic.rules.fhir.elements import Resource

# Rows come in the order of these columns; the last one tells equals apart.
_REPORTS = ("observed_at", "received_at", "pk")
_HOME_CHECKS = ("done_at", "pk")
_INSTANT = timedelta(microseconds=1)
_LABS = ("taken_on", "taken_at", "pk")


@dataclass(frozen=True)
class Position:
    """The first resource of the next page: of which source, which row, which of that row."""

    source: int
    row: tuple[str, ...]
    place: int


@dataclass(frozen=True)
class Found:
    """`onward` is None on the last page."""

    resources: list[Resource]
    onward: Position | None = None


@dataclass(frozen=True)
class _Source:
    rows: QuerySet[Any]
    order: tuple[str, ...]
    make: Callable[[Any], list[Resource]]

    def since(self, row: tuple[str, ...]) -> QuerySet[Any]:
        """This row and whatever comes after it."""
        condition = Q(pk=row[-1])
        for length in range(1, len(self.order) + 1):
            same = {name: row[place] for place, name in enumerate(self.order[: length - 1])}
            condition |= Q(**same, **{f"{self.order[length - 1]}__gt": row[length - 1]})
        return self.rows.filter(condition)

    def at(self, row: Any) -> tuple[str, ...]:
        values = (getattr(row, name) for name in self.order)
        return tuple(one.isoformat() if isinstance(one, datetime) else str(one) for one in values)


def search(
    *, patient: Patient, kind: str, span: Span, size: int, after: Position | None, now: datetime
) -> Found:
    """At most `size` resources of a kind; the span is about reports and thinking checks.

    KeyError: no such kind.
    """
    record = FhirRecord(patient, now)
    with translation.override("en"):
        if kind in _WHOLE:
            return Found(list(_WHOLE[kind](record)))
        return _page(_BY_ROWS[kind](record, span), size, after)


def _page(sources: list[_Source], size: int, after: Position | None) -> Found:
    shown: list[Resource] = []
    for number, source in enumerate(sources):
        if after and number < after.source:
            continue
        begins = after if after and number == after.source else None
        wanted = source.since(begins.row) if begins else source.rows
        rows = list(wanted[: size + 1])
        for count, row in enumerate(rows):
            if count == size:
                return Found(shown, Position(number, source.at(row), 0))
            made = source.make(row)
            for place, one in enumerate(made):
                if begins and source.at(row) == begins.row and place < begins.place:
                    continue
                if len(shown) == size:
                    return Found(shown, Position(number, source.at(row), place))
                shown.append(one)
    return Found(shown)


def _answers(record: FhirRecord, span: Span) -> list[_Source]:
    rows = _within(record.report_rows(), "observed_at", span)
    return [_Source(rows, _REPORTS, record.answers_of)]


def _readings(record: FhirRecord, span: Span) -> list[_Source]:
    return [
        _Source(_within(record.report_rows(), "observed_at", span), _REPORTS, record.readings_of),
        _Source(_within(record.home_check_rows(), "done_at", span), _HOME_CHECKS, record.score_of),
        _Source(_within_days(record, span), _LABS, record.value_of),
    ]


def _corrections(record: FhirRecord, span: Span) -> list[_Source]:
    rows = record.report_rows().filter(corrects__isnull=False)
    return [_Source(_within(rows, "observed_at", span), _REPORTS, record.corrections_of)]


def _within(rows: QuerySet[Any], column: str, span: Span) -> QuerySet[Any]:
    if span.since:
        rows = rows.filter(**{f"{column}__gte": span.since})
    if span.until:
        rows = rows.filter(**{f"{column}__lt": span.until})
    return rows


def _within_days(record: FhirRecord, span: Span) -> QuerySet[Any]:
    """Samples are of a day where the patient is: of a day of which the span holds a part, all of them."""
    rows, zone = record.lab_rows(), ZoneInfo(record.patient.time_zone)
    if span.since:
        rows = rows.filter(taken_on__gte=span.since.astimezone(zone).date())
    if span.until:
        rows = rows.filter(taken_on__lte=(span.until - _INSTANT).astimezone(zone).date())
    return rows


# Few of a patient, so that all of them are one page.
_WHOLE: dict[str, Callable[[FhirRecord], Any]] = {
    "RelatedPerson": FhirRecord.related_persons,
    "Condition": FhirRecord.conditions,
    "Procedure": FhirRecord.infusions,
    "Encounter": FhirRecord.hospital_stays,
    "Task": FhirRecord.alerts,
    "Communication": FhirRecord.communications,
}
_BY_ROWS: dict[str, Callable[[FhirRecord, Span], list[_Source]]] = {
    "QuestionnaireResponse": _answers,
    "Observation": _readings,
    "Provenance": _corrections,
}
