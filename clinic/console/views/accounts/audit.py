"""Who did or saw what, for the leads of a clinic: a page with filters, and all of it as a file."""

from typing import Any
from zoneinfo import ZoneInfo

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from clinic.access import Permission
from clinic.console.forms.accounts.audit import AuditForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.services.core import streams
from clinic.services.watch import audit_reading


@require_GET
@console_page(Permission.VIEW_AUDIT)
def index(request: ConsoleRequest) -> HttpResponse:
    form = AuditForm(request.GET)
    wanted = form.wanted()
    page = audit_reading.open_page(
        clinic_slug=request.GET.get("clinic", ""),
        wanted=wanted,
        before=request.GET.get("before", ""),
        by=request.user,
        now=timezone.now(),
    )
    context = {
        "desk": request.desk,
        "page": page,
        "form": form,
        "wanted": wanted,
        "keep": _address(page.clinic.slug, wanted),
    }
    with timezone.override(ZoneInfo(page.clinic.time_zone)):
        return render(request, "console/accounts/audit.html", context)


@require_GET
@console_page(Permission.VIEW_AUDIT)
def download(request: ConsoleRequest) -> StreamingHttpResponse:
    parts = audit_reading.export(
        clinic_slug=request.GET.get("clinic", ""),
        wanted=AuditForm(request.GET).wanted(),
        by=request.user,
        now=timezone.now(),
    )
    is_async = isinstance(request, ASGIRequest)
    return StreamingHttpResponse(
        streams.without_waiting(parts) if is_async else parts,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
    )


def _address(slug: str, wanted: Any) -> str:
    """The filters as they stand in an address, for the next page and for the download."""
    named = {"clinic": slug, **vars(wanted)}
    return urlencode({name: str(value) for name, value in named.items() if value})
