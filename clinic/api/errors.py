"""One shape for every error of the API."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler


def respond(exception: Exception, context: dict[str, Any]) -> Response | None:
    """The API's exception handler."""
    return exception_handler(exception, context)
