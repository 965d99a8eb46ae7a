"""Laboratory values and a patient's own risk, for programs of the clinic."""

from datetime import time
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import access
from clinic.api.cursors import NewestTakenFirst, page_of
from clinic.api.endpoint import Endpoint, described, read
from clinic.api.errors import Conflict
from clinic.api.inputs import PageIn
from clinic.api.outputs import ErrorOut
from clinic.api.risk_bodies import LabOut, LabsIn, LabsOut, RiskOut, StrikeIn
from clinic.queries.risk import known
from clinic.queries.risk.labs import of_patient
from clinic.queries.risk.words import wrong_lab
from clinic.services.risk import labs
from clinic.services.risk.labs import TypedLab


class Labs(Endpoint):
    query_in = {"GET": PageIn}

    @described(
        name="patients_labs",
        summary="Laboratory values of a patient",
        query=PageIn,
        answers={200: page_of(LabOut)},
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        """The last taken first; what was struck out stays in the list. Staff only."""
        patient = access.get_patient(request.user, patient_id)
        access.require(request.user, access.Permission.VIEW_PATIENTS, patient.clinic_id)
        self.note_seen(subject_type="patient", subject_id=patient.pk, patient=patient)
        return NewestTakenFirst().answer(of_patient(patient), request, LabOut)

    @described(
        name="patients_enter_labs",
        summary="Enter a sample's laboratory values",
        takes=LabsIn,
        answers={201: LabsOut, 409: ErrorOut},
    )
    def post(self, request: Request, patient_id: UUID) -> Response:
        """Stores all values or none, and computes the risk anew. The same sent twice is stored once.

        An unknown unit is refused, nothing is guessed. A value that hardly anybody has is refused until
        `is_confirmed` says that somebody has checked it.

        409 `after_death`, `after_transfer`: nothing is asked for on this record any more.
        """
        patient = access.get_patient(request.user, patient_id)
        access.require_managing(request.user, patient)
        sent = read(LabsIn, request.data)
        taken_at = time.fromisoformat(sent["taken_at"]) if "taken_at" in sent else None
        values = [TypedLab(taken_on=sent["taken_on"], taken_at=taken_at, **one) for one in sent["values"]]
        try:
            stored = labs.enter(
                patient_id=patient_id,
                by=request.user,  # type: ignore[arg-type]
                values=values,
                source="api",
                now=timezone.now(),
            )
        except labs.WrongLabs as wrong:
            told = {f"values.{one.place}": [wrong_lab(one.code)] for one in wrong.problems}
            raise ValidationError(told) from wrong
        return Response(LabsOut({"stored": stored}).data, status=status.HTTP_201_CREATED)


class StrikeLab(Endpoint):
    @described(
        name="patients_strike_lab",
        summary="Strike out a laboratory value",
        takes=StrikeIn,
        answers={200: LabOut, 409: ErrorOut},
    )
    def post(self, request: Request, patient_id: UUID, result_id: UUID) -> Response:
        """It was wrong: it stays on record with the reason, and counts no more."""
        access.require_managing(
            request.user, access.get_lab_result(request.user, patient_id, result_id).patient
        )
        sent = read(StrikeIn, request.data)
        try:
            row = labs.strike(
                patient_id=patient_id,
                result_id=result_id,
                by=request.user,  # type: ignore[arg-type]
                reason=sent["reason"],
                now=timezone.now(),
            )
        except labs.StrikeRefused as refused:
            if refused.code == "no_reason":
                raise ValidationError({"reason": [_("Say why the value is wrong.")]}) from refused
            raise Conflict(code="struck_already", message=_("This value is struck out already.")) from refused
        return Response(LabOut(row).data)


class Risk(Endpoint):
    @described(
        name="patients_risk",
        summary="What is suggested for a patient's own risk",
        answers={200: RiskOut},
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        """The newest assessment; 404 before the first lab or fact was entered. Staff only."""
        patient = access.get_patient(request.user, patient_id)
        access.require(request.user, access.Permission.VIEW_PATIENTS, patient.clinic_id)
        self.note_seen(subject_type="patient", subject_id=patient.pk, patient=patient)
        run = known.current_run(patient)
        if run is None:
            raise NotFound
        return Response(RiskOut(run).data)
