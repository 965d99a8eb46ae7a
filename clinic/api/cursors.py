"""Pages of a list by cursor: nothing is skipped or shown twice while rows are being added."""

from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.utils.urls import replace_query_param

_SALT = "clinic.api.cursors"


class SignedCursorPagination(CursorPagination):
    """The cursor is signed: its position goes into a query, and a made-up one must not get there."""

    page_size = 50

    def answer(self, rows: QuerySet[Any], request: Request, shape: type[BaseSerializer[Any]]) -> Response:
        """One page of the rows."""
        page = self.paginate_queryset(rows, request)
        return self.get_paginated_response(shape(page, many=True).data)

    def encode_cursor(self, cursor: Cursor) -> str:
        signed = signing.dumps([cursor.offset, cursor.reverse, cursor.position], salt=_SALT)
        return replace_query_param(str(self.base_url), self.cursor_query_param, signed)

    def decode_cursor(self, request: Request) -> Cursor | None:
        encoded = request.query_params.get(self.cursor_query_param)
        if encoded is None:
            return None
        try:
            return Cursor(*signing.loads(encoded, salt=_SALT))
        except (signing.BadSignature, ValueError, TypeError) as error:
            raise ValidationError(
                {"cursor": [_("This cursor is not one of ours. Start again without it.")]}
            ) from error


class OldestFirst(SignedCursorPagination):
    """By when they were added. Never by name: the cursor is part of an address, and addresses are logged."""

    ordering = ("created_at", "id")


class NewestOpenedFirst(SignedCursorPagination):
    """Escalations, newest first."""

    ordering = ("-opened_at", "id")


class WorstFirst(SignedCursorPagination):
    """Escalations as the worklist has them: the worst first, among equals the longest waiting."""

    ordering = ("-severity", "waiting_since", "id")


def page_of(row: type[BaseSerializer[Any]]) -> type[BaseSerializer[Any]]:
    """How a page of such rows looks, for the OpenAPI document."""
    name = f"PageOf{row.__name__}"
    page: type[BaseSerializer[Any]] = inline_serializer(
        name,
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": row(many=True),
        },
    ).__class__
    return page


class NewestRecordedFirst(SignedCursorPagination):
    """Forms about what became of somebody, by when they were written down."""

    ordering = ("-recorded_at", "-id")


class NewestHappenedFirst(SignedCursorPagination):
    """Life events, by when they happened."""

    ordering = ("-at", "-recorded_at", "-id")


class NewestTakenFirst(SignedCursorPagination):
    """Laboratory values, by the day of the sample."""

    ordering = ("-taken_on", "-taken_at", "lab", "-id")
