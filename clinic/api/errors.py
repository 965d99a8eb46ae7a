"""One shape for every error of the API: `{"error": {"code", "message", "fields"}}`."""

import logging
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied, ValidationError
from rest_framework.response import Response

from clinic.access import NotAllowed, NotVisible
from clinic.api.parsing import TooLarge
from clinic.queries.patients.life_events import WHY_NOT
from clinic.services.core.closed_records import RecordClosed
from clinic.services.desk import record_access

logger = logging.getLogger(__name__)

LONGEST_NAME = 80

CODES = {
    400: "invalid",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
}


class Conflict(APIException):
    """The request clashes with what is stored; `extra` says with what."""

    status_code = status.HTTP_409_CONFLICT

    def __init__(self, *, code: str, message: str, **extra: str | datetime | None) -> None:
        super().__init__(detail=message, code=code)
        self.code, self.extra = code, extra


class NotYours(NotFound):
    """There is nothing of that name for this person; what was sent may call for help all the same."""

    def __init__(self, **extra: Any) -> None:
        super().__init__()
        self.extra = extra


class NotTaken(APIException):
    """A report that is not stored, for a reason that is not in its answers; `extra` says whom to call."""

    def __init__(self, status_code: int, code: str, message: str, wait: int = 0, **extra: Any) -> None:
        super().__init__(detail=message, code=code)
        self.status_code, self.code, self.wait, self.extra = status_code, code, wait, extra


def respond(exception: Exception, context: dict[str, Any]) -> Response:
    """The API's exception handler. What nobody foresaw is logged and reported, and still has the shape."""
    if isinstance(exception, NotAllowed):
        _note_refusal(context)
    known = _as_api_exception(exception)
    if known is None:
        logger.error("an API call failed", exc_info=exception)
        got_request_exception.send(sender=None, request=context.get("request"))
        return error(500, "failed", _("Something went wrong here. It is not your fault; try again."))
    if isinstance(known, ValidationError):
        return error(400, "invalid", _("Some fields are not right."), fields=flat(known.detail))
    code = known.code if isinstance(known, Conflict | NotTaken) else _code(known)
    response = error(known.status_code, code, _message(known), **getattr(known, "extra", {}))
    for header, value in _headers(known).items():
        response[header] = value
    return response


def _note_refusal(context: dict[str, Any]) -> None:
    match, request = context["request"].resolver_match, context["request"]
    record_access.note_api_refusal(
        name=match.url_name or "",
        patient_id=match.kwargs.get("patient_id"),
        by=request.user,
        now=timezone.now(),
    )


def error(
    status_code: int, code: str, message: str, fields: dict[str, list[str]] | None = None, **extra: Any
) -> Response:
    """A response of the one shape."""
    body: dict[str, Any] = {"code": code, "message": message, **extra, "fields": fields or {}}
    return Response({"error": body}, status=status_code)


def flat(detail: Any, place: str = "") -> dict[str, list[str]]:
    """Nested problems under dotted names: `answers.pulse`."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)[:LONGEST_NAME]
            found |= flat(inner, ".".join(part for part in (place, own) if part))
        return found
    if isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        return flat({str(number): inner for number, inner in enumerate(detail) if inner}, place)
    lines = detail if isinstance(detail, list) else [detail]
    return {place or "body": [str(line) for line in lines]}


def _as_api_exception(exception: Exception) -> APIException | None:
    if isinstance(exception, APIException):
        return exception
    if isinstance(exception, NotVisible | Http404):
        return NotFound()
    if isinstance(exception, NotAllowed | DjangoPermissionDenied):
        return PermissionDenied(_("Your role may not do this."))
    if isinstance(exception, RecordClosed):
        return Conflict(code=exception.reason.value, message=str(WHY_NOT[exception.reason]))
    if isinstance(exception, RequestDataTooBig):
        return TooLarge()
    return None


def _code(exception: APIException) -> str:
    if exception.default_code == "parse_error":
        return "malformed"
    return CODES.get(exception.status_code, str(exception.default_code))


def _message(exception: APIException) -> str:
    if isinstance(exception, NotFound):
        return _("There is nothing here, or nothing that you may see. Addresses end with a slash.")
    return str(exception.detail)


def _headers(exception: APIException) -> dict[str, str]:
    headers = {}
    if getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = str(exception.auth_header)  # type: ignore[attr-defined]
    if getattr(exception, "wait", None):
        headers["Retry-After"] = str(int(exception.wait))  # type: ignore[attr-defined]
    return headers
