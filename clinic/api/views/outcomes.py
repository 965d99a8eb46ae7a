"""What became of a patient, for programs: put a form on record, or correct one."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import access
from clinic.api.cursors import NewestRecordedFirst, page_of
from clinic.api.endpoint import Endpoint, described, read
from clinic.api.errors import Conflict
from clinic.api.inputs import OutcomeIn, PageIn
from clinic.api.outputs import ErrorOut, OutcomeOut
from clinic.queries.outcomes import forms_due, words
from clinic.rules.outcomes.forms import Part, with_days
from clinic.services.outcomes import recording


class Outcomes(Endpoint):
    query_in = {"GET": PageIn}

    @described(
        name="patients_outcomes",
        summary="What became of a patient",
        query=PageIn,
        answers={200: page_of(OutcomeOut)},
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        """Every form on record, the one that was written last first; corrected ones too. Staff only."""
        patient = access.get_patient(request.user, patient_id)
        access.require(request.user, access.Permission.VIEW_PATIENTS, patient.clinic_id)
        self.note_seen(subject_type="patient", subject_id=patient.pk, patient=patient)
        return NewestRecordedFirst().answer(forms_due.every_version(patient), request, OutcomeOut)

    @described(
        name="patients_record_outcome",
        summary="Record what became of a patient",
        takes=OutcomeIn,
        answers={200: OutcomeOut, 409: ErrorOut},
    )
    def post(self, request: Request, patient_id: UUID) -> Response:
        """Stores a form, or the correction of the one that stands, named by `replaces`. Twice is once.

        A form that is not asked yet, or a death where nobody has recorded one, is a 409 `not_asked`; one that
        somebody else has stored meanwhile a 409 `changed_meanwhile`.
        """
        patient = access.get_patient(request.user, patient_id)
        access.require(request.user, access.Permission.MANAGE_PATIENTS, patient.clinic_id)
        sent = read(OutcomeIn, request.data)
        part = Part(sent["form"])
        try:
            record = recording.record(
                patient_id=patient_id,
                course=sent["course"],
                part=part,
                day=sent["day"],
                given=with_days(sent["answers"], part, sent["day"]),
                replaces=sent["replaces"],
                by=request.user,  # type: ignore[arg-type]
                now=timezone.now(),
            )
        except recording.WrongAnswers as wrong:
            told = {key: [str(words.PROBLEMS[problem])] for key, problem in wrong.problems.items()}
            raise ValidationError({"answers": told}) from wrong
        except recording.NotAsked as error:
            raise Conflict(code="not_asked", message=_("This form is not asked now.")) from error
        except recording.ChangedMeanwhile as error:
            message = _("Another form stands by now. Read it, and name it in `replaces`.")
            raise Conflict(code="changed_meanwhile", message=message) from error
        return Response(OutcomeOut(record).data, status=status.HTTP_200_OK)
