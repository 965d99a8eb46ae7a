"""Fields that take exactly what the schema says, where the framework's own are generous."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
LONGEST_ANSWER = 1000
LARGEST_NUMBER = 1_000_000_000


class SharedFields(serializers.Serializer[Any]):
    """Keeps its fields for the life of the process: copying them anew took longer than reading a report.

    No field may know of one request: neither context nor instance reaches it.
    """

    @property
    def fields(self) -> Any:
        """Those of the class, bound to a serializer that nobody uses."""
        return _fields_of(type(self))


@cache
def _fields_of(shape: type[SharedFields]) -> Any:
    return serializers.Serializer.fields.func(shape())  # type: ignore[attr-defined]


class StrictSerializer(SharedFields):
    """Refuses fields that it does not know, and names them."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = {str(name): [_("This field is not known.")] for name in data if name not in self.fields}
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class InstantField(serializers.DateTimeField):
    """A moment with its offset (RFC 3339). Without one nobody knows which moment is meant."""

    default_error_messages = {"invalid": _("Give a time with its offset, such as 2026-11-22T08:30:00-05:00.")}

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
            self.fail("invalid")
        try:
            parsed = parse_datetime(value.upper())
            # Year 1 or 9999 with an offset may have no place in UTC.
            return parsed.astimezone(UTC)  # type: ignore[union-attr]
        except (ValueError, OverflowError, AttributeError):
            self.fail("invalid")


class WholeNumberField(serializers.IntegerField):
    """A JSON integer, never a string or a truth value."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not (
            isinstance(data, int) or (isinstance(data, float) and data.is_integer())
        ):
            self.fail("invalid")
        return int(super().to_internal_value(int(data)))


class ReferenceField(serializers.UUIDField):
    """A UUID in its usual form."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not _UUID.fullmatch(data):
            self.fail("invalid", value=str(data)[:40])
        return UUID(data)


class PlainTextField(serializers.CharField):
    """A JSON string, never a number."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


@extend_schema_field(
    {
        "type": "object",
        "description": "Answers by key, as the checklist names them. What was not answered is left out.",
        "additionalProperties": {
            "oneOf": [
                {"type": "number", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER},
                {"type": "string", "maxLength": LONGEST_ANSWER},
                {"type": "boolean"},
                {"type": "null"},
                {"type": "array", "items": {"type": "string", "maxLength": LONGEST_ANSWER}},
            ]
        },
        "example": {"temp_value": 38.6, "temp_unit": "C", "confusion": 2, "red_flags": []},
    }
)
class AnswersField(serializers.Field[Any, Any, Any, Any]):
    """One flat object. Whether a key or value makes sense, the protocol decides, not this field."""

    default_error_messages = {
        "not_object": _("Answers are one object."),
        "value": _(
            "An answer is a number, a text, yes or no, or a list of texts, and not larger than needed."
        ),
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("not_object")
        wrong = {key: [self.error_messages["value"]] for key, value in data.items() if not _plain(value)}
        if wrong:
            raise serializers.ValidationError(wrong)
        return data

    def to_representation(self, value: Any) -> Any:
        return value


def _plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, str) and len(each) <= LONGEST_ANSWER for each in value)
    if isinstance(value, str):
        return len(value) <= LONGEST_ANSWER
    if isinstance(value, int | float):
        return abs(value) <= LARGEST_NUMBER
    return value is None
