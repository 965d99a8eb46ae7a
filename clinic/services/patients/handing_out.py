"""A patient's whole record as one file to hand out: a page to print, the data, and the pictures.

The page stands in for a PDF: it needs nothing but a browser, which prints it or makes a PDF of it.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone, translation

from clinic import row_scope
from clinic.access import Permission, get_patient, require
from clinic.models import CareTeamMember, EscalationEvent, Patient, User
from clinic.queries.escalations.history import HistoryLine, history_line
from clinic.queries.patients import facts, life_events, whole_record
from clinic.queries.reports import listing
from clinic.services.core import audit, streams

# Of the shape of the JSON, for whoever reads it with a program.
FORMAT = "kinwatch-record-1"


def record(*, patient_id: UUID, by: User, now: datetime) -> Iterator[bytes]:
    """The ZIP file, a part at a time; the audit row is written before the first. NotVisible, NotAllowed."""
    patient = get_patient(by, patient_id)
    require(by, Permission.HAND_OUT_RECORDS, patient.clinic_id)
    audit.record_about(patient, "record.exported", by, now)
    return row_scope.kept(streams.zipped(_members(patient, by.language, now), now=now))


def _members(patient: Patient, language: str, now: datetime) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "record.html", [page(patient=patient, language=language, now=now).encode()]
    yield "record.json", _json(patient, now)
    for name, picture in whole_record.pictures(patient):
        yield f"pictures/{name}", [picture]


def page(*, patient: Patient, language: str, now: datetime) -> str:
    """All of it on one page that needs no other file, times as they were where the patient lives."""
    with translation.override(language), timezone.override(ZoneInfo(patient.time_zone)):
        context = {
            "patient": facts.facts(patient, now),
            "family": CareTeamMember.objects.filter(patient=patient).select_related("user").order_by("pk"),
            "events": life_events.lines(patient),
            "alerts": _alerts(patient),
            "reports": listing.newest(patient=patient, language=language, size=None),
            "made_at": now,
            "language": language,
        }
        return render_to_string("console/patients/record.html", context)


def _alerts(patient: Patient) -> list[tuple[datetime, list[HistoryLine]]]:
    """The history of each alert, newest alert first, in two queries."""
    rows = EscalationEvent.objects.filter(escalation__patient=patient, escalation__is_drill=False)
    rows = rows.select_related("by", "report__author", "report__told", "escalation").defer("report__answers")
    ordered = rows.order_by("-escalation__opened_at", "escalation", "at", "pk")
    return [
        (events[0].escalation.opened_at, [history_line(event) for event in events])
        for events in (list(group) for _, group in groupby(ordered, key=lambda one: one.escalation_id))
    ]


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
