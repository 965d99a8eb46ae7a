"""What every address of the API has in common, and how it is described in the OpenAPI document."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.access import Caller, Permission, can
from clinic.api.fields import StrictSerializer
from clinic.api.inputs import NothingIn
from clinic.api.outputs import ErrorOut
from clinic.api.parsing import StrictJSONParser
from clinic.models import Patient, SystemCaller
from clinic.services.core import audit, rate_limits

Handler = TypeVar("Handler", bound=Callable[..., Any])

ERRORS = {
    400: "Something that was sent is not right; fields says what.",
    401: "No token and no session, or one that is not good any more.",
    403: "The role may not do this, or a session call came without its CSRF token.",
    404: "There is nothing here that the caller may see.",
    405: "This address does not know the method.",
    406: "Only JSON can be had here.",
    413: "The body is larger than 256 KB.",
    415: "The body is not application/json.",
    429: "Too many bad tokens from one address, or calls of one person; wait as Retry-After says.",
    500: "Our fault.",
}


class WhateverIsAccepted(DefaultContentNegotiation):
    """The answer has one form, and a refusal its own, whichever of them a client says that it accepts."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Endpoint(APIView):
    """JSON in and out. Query parameters are checked like bodies: an unknown one is refused."""

    parser_classes = [StrictJSONParser]
    metadata_class = None
    query_in: dict[str, type[StrictSerializer]] = {}
    query: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.check_pace(request)
        # A HEAD is answered by what answers a GET.
        asked = "GET" if request.method == "HEAD" else request.method or ""
        shape = self.query_in.get(asked, NothingIn)
        self.query = read(shape, request.query_params.dict())

    def check_pace(self, request: Request) -> None:
        """A program that runs wild waits; a report is counted by itself and is never turned away here."""
        wait = rate_limits.count_call(by=request.user.pk)
        if wait:
            raise Throttled(wait=wait)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """What is about a person is kept by no cache on the way."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store, private"
        return final

    def note_seen(self, *, subject_type: str, subject_id: object, patient: Patient) -> None:
        """Staff looking at a patient's record leave a trace; family looking at their own do not."""
        if can(self.request.user, Permission.VIEW_PATIENTS, patient.clinic_id):
            audit.record(
                action=f"{subject_type}.viewed",
                by=self.request.user,  # type: ignore[arg-type]
                now=timezone.now(),
                clinic_id=patient.clinic_id,
                subject_type=subject_type,
                subject_id=subject_id,
                patient_id=patient.pk,
                detail={"over": "api"},
            )

    def note_listed(self, *, action: str, shown: Iterable[Any]) -> None:
        """A list leaves a trace as a record does, for the leads of the clinics whose rows it shows."""
        caller = caller_of(self.request)
        if isinstance(caller, SystemCaller) or caller.is_staff_member:  # type: ignore[union-attr]
            audit.record_at_clinics(
                action=action,
                by=caller,  # type: ignore[arg-type]
                now=timezone.now(),
                clinic_ids=dict.fromkeys(row.clinic_id for row in shown),
                detail={"over": "api"},
            )


class NothingHere(Endpoint):
    """Every other address below the API, so that a wrong one is told so in JSON."""

    authentication_classes = []
    permission_classes = []
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound


def caller_of(request: Request) -> Caller:
    """Who asks: a person, or at the FHIR address another system."""
    return request.user


def read(shape: type[StrictSerializer], data: Any) -> dict[str, Any]:
    """The checked values, or a ValidationError that names what is wrong."""
    serializer = shape(data=data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def described(
    *,
    summary: str,
    name: str,
    answers: Mapping[Any, Any],
    takes: type[StrictSerializer] | Mapping[str, Any] | None = None,
    query: type[StrictSerializer] | None = None,
) -> Callable[[Handler], Handler]:
    """How one method of an address appears in the OpenAPI document; every error has the one shape."""
    errors = {code: OpenApiResponse(ErrorOut, description=text) for code, text in ERRORS.items()}
    decorate: Callable[[Handler], Handler] = extend_schema(
        operation_id=name,
        summary=summary,
        request=takes,
        responses={**errors, **answers},
        parameters=[query] if query else [],
    )
    return decorate
