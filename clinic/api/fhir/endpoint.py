"""What every FHIR address has in common: its media type, its errors, who may ask."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import access
from clinic.api.authentication import TokenAuthentication
from clinic.api.endpoint import Endpoint, WhateverIsAccepted, caller_of
from clinic.api.errors import respond
from clinic.api.fhir.systems import SystemAuthentication, WithinScope
from clinic.models import Patient, SystemCaller
from clinic.rules.fhir.elements import operation_outcome
from clinic.rules.fhir.scopes import Allowed

# FHIR R4, issue-type.
_ISSUES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    413: "too-long",
    415: "not-supported",
    429: "throttled",
}


class FhirRenderer(JSONRenderer):
    media_type = "application/fhir+json"


class FhirEndpoint(Endpoint):
    """FHIR in JSON, for staff and for other systems. A refusal is an OperationOutcome."""

    authentication_classes = [SystemAuthentication, TokenAuthentication, SessionAuthentication]
    permission_classes = [IsAuthenticated, WithinScope]
    renderer_classes = [FhirRenderer]
    content_negotiation_class = WhateverIsAccepted
    schema = None

    def needed_scopes(self) -> tuple[Allowed, ...]:
        """What another system must hold, all of it; none where this is for people alone."""
        return ()

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        return _refuse


def base() -> str:
    return f"{settings.PUBLIC_BASE_URL}/fhir"


def record_of(request: Request, patient_id: UUID | str) -> Patient:
    """A patient whom the caller may see as staff. NotVisible, NotAllowed."""
    patient = access.get_patient(request.user, patient_id)
    access.require(request.user, access.Permission.VIEW_PATIENTS, patient.clinic_id)
    return patient


def _refuse(exception: Exception, context: dict[str, Any]) -> Response:
    told = respond(exception, context)
    error = told.data["error"]
    words = [f"{name}: {line}" for name, lines in error["fields"].items() for line in lines]
    if told.status_code == status.HTTP_404_NOT_FOUND:
        words = [_("There is nothing here, or nothing that you may see.")]
    if told.status_code == status.HTTP_403_FORBIDDEN and isinstance(
        caller_of(context["request"]), SystemCaller
    ):
        words = [_("The scopes of this token do not cover it.")]
    told.data = operation_outcome(_ISSUES.get(told.status_code, "exception"), words or [error["message"]])
    return told


def refused(name: str, words: str) -> ValidationError:
    """One search parameter that is not right."""
    return ValidationError({name: [words]})
