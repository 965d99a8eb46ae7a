"""FHIR addresses: thin, read only, and every look at a record leaves its row in the audit."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from clinic import access
from clinic.access import Permission
from clinic.api.cursors import OldestFirst
from clinic.api.fhir import inputs
from clinic.api.fhir.endpoint import FhirEndpoint, base, record_of, refused
from clinic.api.import_bodies import ModeIn
from clinic.api.views.imports import BundleParser, PlainBundleParser, bring_in
from clinic.models import Patient
from clinic.queries.exchange import words
from clinic.queries.fhir import record, searching
from clinic.queries.fhir.record import FhirRecord
from clinic.queries.fhir.searching import Position
from clinic.queries.patients.searching import found_by
from clinic.rules.exchange.verdicts import Source, Verdict
from clinic.rules.fhir import capability, elements, scopes
from clinic.rules.fhir.dates import Span, UnreadableDate, span_of
from clinic.rules.fhir.elements import Resource
from clinic.rules.fhir.scopes import Allowed

SINCE = "2026-11-29"
_FINE = (Verdict.MADE, Verdict.CHANGED, Verdict.SAME)
_SEVERITIES = {**dict.fromkeys(_FINE, "information"), Verdict.WAITS: "warning", Verdict.REFUSED: "error"}
SHAPES = {"QuestionnaireResponse": inputs.AnswersSearchIn, "Observation": inputs.ReadingsSearchIn}


class Metadata(FhirEndpoint):
    """For anybody: it says nothing about any clinic."""

    authentication_classes = []
    permission_classes = []

    def get(self, request: Request) -> Response:
        return Response(capability.statement(product=settings.PRODUCT_NAME, base=base(), date=SINCE))


class PatientSearch(FhirEndpoint):
    query_in = {"GET": inputs.PatientSearchIn}

    def needed_scopes(self) -> tuple[Allowed, ...]:
        return (("Patient", scopes.SEARCH),)

    def get(self, request: Request) -> Response:
        """The patients of the caller's clinics, by when they were enrolled."""
        rows = access.patients_visible_to(request.user).filter(
            clinic__in=access.clinics_with(request.user, Permission.VIEW_PATIENTS)
        )
        if "_id" in self.query:
            rows = rows.filter(pk=self.query["_id"])
        if "identifier" in self.query:
            rows = rows.filter(hospital_number=self.query["identifier"].rpartition("|")[2])
        pages = OldestFirst()
        pages.page_size = self.query.get("_count", OldestFirst.page_size)
        page = pages.paginate_queryset(rows.filter(found_by(self.query.get("name", ""))), request) or []
        self.note_listed(action="patients.listed", shown=page)
        return Response(
            elements.searchset(
                record.patients(page),
                base=base(),
                here=request.build_absolute_uri(),
                onward=pages.get_next_link() or "",
            )
        )


class Everything(FhirEndpoint):
    def needed_scopes(self) -> tuple[Allowed, ...]:
        return (scopes.ALL_KINDS, scopes.READ), (scopes.ALL_KINDS, scopes.SEARCH)

    def get(self, request: Request, patient_id: UUID) -> Response:
        """The whole record as one bundle; for those who may hand records out."""
        patient = record_of(request, patient_id)
        access.require(request.user, Permission.HAND_OUT_RECORDS, patient.clinic_id)
        self.note_seen(subject_type="record", subject_id=patient.pk, patient=patient)
        whole = FhirRecord(patient, timezone.now()).bundle(base=base())
        entries = [one["resource"] for one in whole["entry"]]
        return Response(elements.searchset(entries, base=base(), here=request.build_absolute_uri()))


class Search(FhirEndpoint):
    def needed_scopes(self) -> tuple[Allowed, ...]:
        return ((self.kwargs["kind"], scopes.SEARCH),)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """What may be said depends on the kind."""
        if kwargs["kind"] not in capability.SEARCHES:
            raise NotFound
        self.query_in = {"GET": SHAPES.get(kwargs["kind"], inputs.RecordSearchIn)}
        super().initial(request, *args, **kwargs)

    def get(self, request: Request, kind: str) -> Response:
        """One kind of resource of one patient."""
        patient = record_of(request, self.query["patient"].rpartition("/")[2])
        found = searching.search(
            patient=patient,
            kind=kind,
            span=_span(request, patient),
            size=self.query.get("_count", inputs.MOST),
            after=_position(self.query.get("cursor")),
            now=timezone.now(),
        )
        self.note_seen(subject_type="patient", subject_id=patient.pk, patient=patient)
        here = request.build_absolute_uri()
        onward = replace_query_param(here, "cursor", inputs.encode(found.onward)) if found.onward else ""
        return Response(elements.searchset(found.resources, base=base(), here=here, onward=onward))


class _Read(FhirEndpoint):
    """One resource of this kind by its id."""

    kind: str

    def needed_scopes(self) -> tuple[Allowed, ...]:
        return ((self.kind, scopes.READ),)

    def answer(self, patient: Patient, found: list[Resource]) -> Response:
        if not found:
            raise NotFound
        self.note_seen(subject_type="patient", subject_id=patient.pk, patient=patient)
        return Response(found[0])


class PatientRead(_Read):
    kind = "Patient"

    def get(self, request: Request, patient_id: UUID) -> Response:
        patient = record_of(request, patient_id)
        return self.answer(patient, record.patients([patient]))


class QuestionnaireResponseRead(_Read):
    kind = "QuestionnaireResponse"

    def get(self, request: Request, report_id: UUID) -> Response:
        patient = record_of(request, access.get_report(request.user, report_id).patient_id)
        made = FhirRecord(patient, timezone.now())
        rows = made.report_rows().filter(pk=report_id)
        return self.answer(patient, [one for row in rows for one in made.answers_of(row)])


class TaskRead(_Read):
    kind = "Task"

    def get(self, request: Request, escalation_id: UUID) -> Response:
        patient = record_of(request, access.get_escalation(request.user, escalation_id).patient_id)
        return self.answer(patient, _among(FhirRecord(patient, timezone.now()).alerts(), escalation_id))


class RelatedPersonRead(_Read):
    kind = "RelatedPerson"

    def get(self, request: Request, member_id: int) -> Response:
        patient = record_of(request, access.get_care_team_member(request.user, member_id).patient_id)
        return self.answer(patient, _among(FhirRecord(patient, timezone.now()).related_persons(), member_id))


class Import(FhirEndpoint):
    """A bundle of patients, stays in hospital and outcomes: a preview, or with `mode=commit` taken."""

    parser_classes = [BundleParser, PlainBundleParser]
    query_in = {"POST": ModeIn}

    def post(self, request: Request) -> Response:
        """An OperationOutcome: an issue a row, in words; its id is that of the import."""
        made, is_new = bring_in(request, Source.FHIR, self.query)
        issues = [
            {
                "severity": _SEVERITIES[row["verdict"]],
                "code": "informational" if row["verdict"] in _FINE else "business-rule",
                "details": {"text": row["verdict"]},
                "diagnostics": " ".join([f"{words.VERDICTS[row['verdict']]}: {row['what']}.", *row["why"]]),
                "expression": [f"Bundle.entry[{row['number'] - 1}]"],
            }
            for row in made["rows"]
        ]
        code = status.HTTP_201_CREATED if is_new and made["state"] == "committed" else status.HTTP_200_OK
        return Response(
            {"resourceType": "OperationOutcome", "id": str(made["id"]), "issue": issues}, status=code
        )


class NothingHere(FhirEndpoint):
    """Every other address below."""

    authentication_classes = []
    permission_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound


def _span(request: Request, patient: Patient) -> Span:
    """Days are those of the patient's home."""
    name = next((one for one in ("authored", "date") if one in request.query_params), "")
    try:
        return span_of(request.query_params.getlist(name), ZoneInfo(patient.time_zone))
    except UnreadableDate as error:
        raise refused(name, _("Give a day such as ge2026-11-01, or a moment with its offset.")) from error


def _position(cursor: str | None) -> Position | None:
    try:
        return inputs.decode(cursor) if cursor is not None else None
    except inputs.CursorRefused as error:
        raise refused("cursor", _("This cursor is not one of ours. Start again without it.")) from error


def _among(resources: Iterable[Resource], key: object) -> list[Resource]:
    return [one for one in resources if one["id"] == str(key)]
