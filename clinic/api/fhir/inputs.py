"""What a FHIR search may say. What is unknown is refused: a filter that is ignored finds too much."""

from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from clinic.api.fields import StrictSerializer
from clinic.queries.fhir.searching import Position

MOST = 200
_SALT = "clinic.api.fhir"


class _PageIn(StrictSerializer):
    cursor = serializers.CharField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        count = serializers.IntegerField(required=False, min_value=1, max_value=MOST)
        return {**super().get_fields(), "_count": count}


class PatientSearchIn(_PageIn):
    """Which patients."""

    identifier = serializers.CharField(required=False, max_length=100)
    name = serializers.CharField(required=False, max_length=100)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {**super().get_fields(), "_id": serializers.UUIDField(required=False)}


class RecordSearchIn(_PageIn):
    """Whose resources, as an id or as `Patient/<id>`."""

    patient = serializers.RegexField(
        r"^(Patient/)?[0-9a-fA-F-]{36}\Z", error_messages={"invalid": _("Give the id of a patient.")}
    )


class AnswersSearchIn(RecordSearchIn):
    """When it was observed; may be given twice."""

    authored = serializers.CharField(required=False)


class ReadingsSearchIn(RecordSearchIn):
    """When it was measured; may be given twice."""

    date = serializers.CharField(required=False)


class CursorRefused(ValueError):
    """It is not one of ours."""


def encode(position: Position) -> str:
    """Signed, because its values go into a query."""
    return signing.dumps([position.source, position.row, position.place], salt=_SALT)


def decode(cursor: str) -> Position:
    """CursorRefused."""
    try:
        source, row, place = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise CursorRefused(cursor) from error
    return Position(source, tuple(row), place)
