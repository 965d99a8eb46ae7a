"""Patients that the caller may see, and what their families are asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import access
from clinic.api.cursors import OldestFirst, page_of
from clinic.api.endpoint import Endpoint, described, read
from clinic.api.errors import Conflict
from clinic.api.inputs import ChecklistIn, FactCorrectionIn, PatientsIn
from clinic.api.outputs import ChecklistOut, ErrorOut, PatientDetailOut, PatientOut
from clinic.api.refusals import product_told
from clinic.queries.patients.searching import found_by
from clinic.rules.protocols.document.decision_table import decision_table
from clinic.rules.protocols.document.questions import Question
from clinic.services.patients import enrolment, fact_corrections, identity
from clinic.services.protocols.versions import NoProtocol
from clinic.services.reports import checklists


class PatientList(Endpoint):
    query_in = {"GET": PatientsIn}

    @described(name="patients_list", summary="Patients", query=PatientsIn, answers={200: page_of(PatientOut)})
    def get(self, request: Request) -> Response:
        """Everybody the caller may see, 50 a page, by when they were enrolled; with `search` who is found."""
        rows = access.patients_visible_to(request.user).select_related("clinic")
        rows = rows.filter(found_by(self.query.get("search", "")))
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

    @described(
        name="patients_correct",
        summary="Correct facts",
        takes=FactCorrectionIn,
        answers={200: PatientDetailOut, 409: ErrorOut},
    )
    def patch(self, request: Request, patient_id: UUID) -> Response:
        """What is named is put right, and what hangs on it follows; scored reports and alerts stay.

        409 `number_taken`: another patient of the clinic has this hospital number.
        """
        visible = access.get_patient(request.user, patient_id)
        access.require(request.user, access.Permission.MANAGE_PATIENTS, visible.clinic_id)
        facts = read(FactCorrectionIn, request.data)
        reason = facts.pop("reason")
        if not facts:
            raise ValidationError([_("Name what is to be corrected.")])
        with _told():
            patient = fact_corrections.correct(
                patient_id=patient_id,
                by=request.user,  # type: ignore[arg-type]
                facts=facts,
                reason=reason,
                now=timezone.now(),
                known_others=None,
            )
        return Response(PatientDetailOut(patient, context={"as_staff": True}).data)


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
        except checklists.CareOver as error:
            raise Conflict(
                code="care_over", message=_("Nothing is asked about this patient any more.")
            ) from error
        return Response(ChecklistOut(_shown(found)).data)


@contextmanager
def _told() -> Iterator[None]:
    """What the service refuses, in the API's words."""
    try:
        with product_told():
            yield
    except enrolment.TooYoung as young:
        words = _("This protocol is for people of %(years)s and older.") % {"years": young.minimum_age}
        raise ValidationError({"birth_date": [words]}) from young
    except fact_corrections.ReasonNeeded as error:
        raise ValidationError({"reason": [_("Say why, in 200 letters at most.")]}) from error
    except identity.NumberTaken as error:
        raise Conflict(
            code="number_taken", message=_("Another patient of this clinic has this number.")
        ) from error


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
