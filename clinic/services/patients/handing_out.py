"""A patient's whole record as one file to hand out: to read, to print, for programs, and the pictures."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone, translation

from clinic import row_scope
from clinic.access import Permission, get_patient, require
from clinic.models import CareTeamMember, EscalationEvent, Patient, User
from clinic.models.escalation import EscalationEventKind
from clinic.queries.escalations.history import HistoryLine, history_line
from clinic.queries.fhir.record import FhirRecord
from clinic.queries.patients import facts, life_events, whole_record
from clinic.queries.reports import listing
from clinic.queries.reports.listing import ReportLine
from clinic.services.core import audit, streams
from clinic.services.patients import printed_record
from clinic.services.patients.printed_record import RecordToPrint

# Of the shape of the JSON, for whoever reads it with a program.
FORMAT = "kinwatch-record-1"


def record(*, patient_id: UUID, by: User, now: datetime) -> Iterator[bytes]:
    """The ZIP file, a part at a time; the audit row is written before the first. NotVisible, NotAllowed."""
    patient = get_patient(by, patient_id)
    require(by, Permission.HAND_OUT_RECORDS, patient.clinic_id)
    audit.record_about(patient, "record.exported", by, now)
    return row_scope.kept(streams.zipped(_members(patient, by, now), now=now))


def _members(patient: Patient, by: User, now: datetime) -> Iterator[tuple[str, Iterable[bytes]]]:
    with translation.override(by.language), timezone.override(ZoneInfo(patient.time_zone)):
        found = _to_print(patient, by, now)
        page, pdf = _page(found), printed_record.pdf(found)
    yield "record.pdf", [pdf]
    yield "record.html", [page.encode()]
    yield "record.json", _json(patient, now)
    yield "record.fhir.json", [_fhir(patient, now)]
    for name, picture in whole_record.pictures(patient):
        yield f"pictures/{name}", [picture]


def _to_print(patient: Patient, by: User, now: datetime) -> RecordToPrint:
    return RecordToPrint(
        patient=facts.facts(patient, now),
        time_zone=patient.time_zone,
        family=tuple(CareTeamMember.objects.filter(patient=patient).select_related("user").order_by("pk")),
        events=life_events.lines(patient),
        alerts=_alerts(patient),
        reports=tuple(
            _of_this_person(report)
            for report in listing.newest(patient=patient, language=by.language, size=None)
        ),
        made_at=now,
        made_by=by.name,
        language=by.language,
    )


def _of_this_person(report: ReportLine) -> ReportLine:
    """Whoever reads the record reads nothing of somebody else whose report was entered here by mistake."""
    if not report.is_about_another:
        return report
    return replace(report, level=None, reasons=(), answers=(), mistake_reason="")


def _page(found: RecordToPrint) -> str:
    """The same as a page that needs no other file: in every script, and for a screen reader."""
    return render_to_string("console/patients/record.html", vars(found))


def _fhir(patient: Patient, now: datetime) -> bytes:
    made = FhirRecord(patient, now).bundle(base=f"{settings.PUBLIC_BASE_URL}/fhir")
    return json.dumps(made, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def _alerts(patient: Patient) -> list[tuple[datetime, list[HistoryLine]]]:
    """The history of each alert, newest alert first, in two queries."""
    rows = EscalationEvent.objects.filter(escalation__patient=patient, escalation__is_drill=False)
    rows = rows.select_related("by", "report__author", "report__told", "escalation").defer("report__answers")
    ordered = rows.order_by("-escalation__opened_at", "escalation", "at", "pk")
    return [
        (events[0].escalation.opened_at, [_history_line(event) for event in events])
        for events in (list(group) for _, group in groupby(ordered, key=lambda one: one.escalation_id))
    ]


def _history_line(event: EscalationEvent) -> HistoryLine:
    """Why a report was about somebody else may name them."""
    line = history_line(event)
    return replace(line, text="") if event.kind == EscalationEventKind.ENTERED_IN_ERROR else line


def _json(patient: Patient, now: datetime) -> Iterator[bytes]:
    yield f'{{"format": "{FORMAT}", "made_at": "{now.isoformat()}"'.encode()
    for name, rows in whole_record.sections(patient):
        yield f',\n"{name}": ['.encode()
        comma = ""
        for row in rows:
            yield f"{comma}\n{json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)}".encode()
            comma = ","
        yield b"]"
    yield b"}\n"
