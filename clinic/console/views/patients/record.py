"""A patient's whole record as a file."""

from uuid import UUID

from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from clinic.access import Permission
from clinic.console.gate import ConsoleRequest, console_page
from clinic.services.core import streams
from clinic.services.patients import handing_out


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def download(request: ConsoleRequest, patient_id: UUID) -> StreamingHttpResponse:
    parts = handing_out.record(patient_id=patient_id, by=request.user, now=timezone.now())
    return StreamingHttpResponse(
        streams.without_waiting(parts) if isinstance(request, ASGIRequest) else parts,
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="record.zip"'},
    )
