"""What may be taken away as a file."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from clinic.access import NotAllowed, Permission, clinics_with
from clinic.api.endpoint import Endpoint, WhateverIsAccepted, described
from clinic.api.inputs import AuditExportIn, TableExportIn
from clinic.queries.watch.accesses import Wanted
from clinic.services.core import streams
from clinic.services.patients import handing_out
from clinic.services.watch import audit_reading, table_exports


class AuditExport(Endpoint):
    content_negotiation_class = WhateverIsAccepted
    query_in = {"GET": AuditExportIn}

    @described(
        name="exports_audit",
        summary="The audit as CSV",
        query=AuditExportIn,
        answers={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Who did or saw what at one clinic; for its administrators. The download is a row of it, too."""
        user = request.user
        if not clinics_with(user, Permission.VIEW_AUDIT).exists():
            raise NotAllowed(Permission.VIEW_AUDIT)
        parts = audit_reading.export(
            clinic_slug=self.query.get("clinic", ""),
            wanted=Wanted(**{name: value for name, value in self.query.items() if name != "clinic"}),
            by=user,  # type: ignore[arg-type]
            now=timezone.now(),
        )
        return _download(request, parts, "text/csv; charset=utf-8", "audit.csv")


class TableExport(Endpoint):
    content_negotiation_class = WhateverIsAccepted
    query_in = {"GET": TableExportIn}

    @described(
        name="exports_table",
        summary="A clinic's table as CSV",
        query=TableExportIn,
        answers={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, table: str) -> StreamingHttpResponse:
        """`reports`, `answers`, `escalations`, `messages`, and `codebook`, which says what stands in them.

        For those who may hand records out. Without names, numbers and notes; the download is in the audit.
        """
        user: Any = request.user
        if not clinics_with(user, Permission.HAND_OUT_RECORDS).exists():
            raise NotAllowed(Permission.HAND_OUT_RECORDS)
        if table not in table_exports.KINDS:
            raise NotFound
        parts = table_exports.export(
            kind=table,
            clinic_slug=self.query.get("clinic", ""),
            since=self.query.get("since"),
            until=self.query.get("until"),
            by=user,
            now=timezone.now(),
        )
        return _download(request, parts, "text/csv; charset=utf-8", f"{table}.csv")


class RecordExport(Endpoint):
    content_negotiation_class = WhateverIsAccepted

    @described(
        name="patients_record",
        summary="One patient's whole record as a ZIP file",
        answers={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, patient_id: UUID) -> StreamingHttpResponse:
        """PDF to print, HTML to read, JSON, FHIR R4, pictures. The download is in the audit."""
        user: Any = request.user
        parts = handing_out.record(patient_id=patient_id, by=user, now=timezone.now())
        return _download(request, parts, "application/zip", "record.zip")


def _download(
    request: Request, parts: Iterator[str] | Iterator[bytes], content_type: str, name: str
) -> StreamingHttpResponse:
    is_async = isinstance(request._request, ASGIRequest)
    return StreamingHttpResponse(
        streams.without_waiting(parts) if is_async else parts,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
