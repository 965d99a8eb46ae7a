"""Reads JSON bodies so strictly that nothing behind it can be surprised by one."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

# A report with every question answered has about 2 KB.
LARGEST_BODY = 256 * 1024
DEEPEST = 12


class TooLarge(APIException):
    """The body is longer than anything we ask for."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = "The body is larger than 256 KB."


class StrictJSONParser(BaseParser):
    """UTF-8 JSON (RFC 8259) without what it leaves open: NaN, doubled keys, bottomless nesting.

    NUL and lone surrogates are legal in JSON, but PostgreSQL stores neither.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise TooLarge
        try:
            data = json.loads(
                body.decode("utf-8"), object_pairs_hook=_without_doubles, parse_constant=_refuse_constant
            )
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not JSON that can be read.")) from error
        _check(data)
        return data


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _check(data: Any) -> None:
    """Walk without recursion: how deep it goes is the client's choice."""
    todo = [(data, 0)]
    while todo:
        value, depth = todo.pop()
        if depth > DEEPEST:
            raise ParseError(_("The body is nested too deeply."))
        if isinstance(value, dict):
            todo += [(each, depth + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list):
            todo += [(each, depth + 1) for each in value]
        elif not _storable(value):
            raise ParseError(_("The body holds a character or number that cannot be stored."))


def _storable(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    return True
