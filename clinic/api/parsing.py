"""Reads JSON bodies so strictly that nothing behind it can be surprised by one."""

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from clinic.rules.core import strict_json

# A report with every question answered has about 2 KB.
LARGEST_BODY = 256 * 1024


class TooLarge(APIException):
    """The body is longer than anything we ask for."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = "The body is larger than 256 KB."


class StrictJSONParser(BaseParser):
    """What clinic/rules/core/strict_json.py takes, of a size that we ask for."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise TooLarge
        try:
            return strict_json.parse(body)
        except strict_json.NotJson as error:
            raise ParseError(_("The body is not JSON that can be read.")) from error
        except strict_json.NotStrict as error:
            raise ParseError(_why(error.reason)) from error


def _why(reason: str) -> str:
    return {
        "too_deep": _("The body is nested too deeply."),
        "unstorable": _("The body holds a character or number that cannot be stored."),
        "not_a_number": _("The body holds a character or number that cannot be stored."),
    }.get(reason, _("The body is not JSON that can be read."))
