"""Patients that the caller may see, and what their families are asked."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import access
from clinic.api.cursors import OldestFirst, page_of
from clinic.api.endpoint import Endpoint, described
from clinic.api.errors import Conflict
from clinic.api.inputs import ChecklistIn, PageIn
from clinic.api.outputs import ChecklistOut, PatientDetailOut, PatientOut
from clinic.rules.protocols.document.decision_table import decision_table
from clinic.rules.protocols.document.questions import Question
from clinic.services.protocols.versions import NoProtocol
from clinic.services.reports import checklists


class PatientList(Endpoint):
    query_in = {"GET": PageIn}

    @described(name="patients_list", summary="Patients", query=PageIn, answers={200: page_of(PatientOut)})
    def get(self, request: Request) -> Response:
        """Everybody the caller may see, 50 a page, by when they were enrolled."""
        rows = access.patients_visible_to(request.user).select_related("clinic")
        pages = OldestFirst()
        answer = pages.answer(rows, request, PatientOut)
        self.note_listed(action="patients.listed", shown=pages.page or ())
        return answer


class PatientDetail(Endpoint):
    @described(name="patients_read", summary="One patient", answers={200: PatientDetailOut})
    def get(self, request: Request, patient_id: UUID) -> Response:
        """One patient. Staff also get what scoring uses."""
        patient = access.get_patient(request.user, patient_id)
        as_staff = access.can(request.user, access.Permission.VIEW_PATIENTS, patient.clinic_id)
        self.note_seen(subject_type="patient", subject_id=patient.pk, patient=patient)
        return Response(PatientDetailOut(patient, context={"as_staff": as_staff}).data)


class Checklist(Endpoint):
    query_in = {"GET": ChecklistIn}

    @described(
        name="patients_checklist", summary="What to ask now", query=ChecklistIn, answers={200: ChecklistOut}
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        """The protocol version for this patient now: pages, questions, options, texts, decision table."""
        patient = access.get_patient(request.user, patient_id)
        language = self.query.get("language") or request.user.language  # type: ignore[union-attr]
        try:
            found = checklists.checklist(patient=patient, language=language, now=timezone.now())
        except NoProtocol as error:
            raise Conflict(
                code="no_protocol", message=_("The clinic has not published a checklist yet.")
            ) from error
        return Response(ChecklistOut(_shown(found)).data)


def _shown(found: checklists.Checklist) -> dict[str, Any]:
    rules, language = found.rules, found.language
    return {
        "patient": found.patient.pk,
        "protocol": rules.code,
        "protocol_version": found.version.number,
        "content_hash": found.version.content_hash,
        "language": language,
        "title": rules.title(language),
        "day": found.day,
        "phase": found.phase.code,
        "pages": [
            {
                "key": page.key,
                "title": page.title(language),
                "questions": [question.key for question in page.questions],
            }
            for page in rules.steps
        ],
        "questions": [_question(question, found) for question in rules.questions],
        "call": found.call,
        "decision_table": decision_table(rules),
    }


def _question(question: Question, found: checklists.Checklist) -> dict[str, Any]:
    language = found.language
    return {
        "key": question.key,
        "answer_keys": question.answer_keys,
        "kind": question.kind.value,
        "text": question.text(language),
        "label": question.label(language),
        "hint": question.hint(language),
        "options": [{"value": option.value, "text": option.text(language)} for option in question.options],
        "unit": question.unit,
        "units": list(question.units),
        "minimum": question.minimum,
        "maximum": question.maximum,
        "step": question.step,
        "optional": question.optional,
        "asked": question.shown_in(found.phase.code),
    }
