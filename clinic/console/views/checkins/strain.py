"""The social worker's queue: caregivers who have shared how they bear it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import Permission
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.checkins import strain as queries
from clinic.services.checkins import strain


@require_GET
@console_page(Permission.SEE_STRAIN)
def index(request: ConsoleRequest) -> HttpResponse:
    items = queries.queue(by=request.user, now=timezone.now())
    return render(request, "console/checkins/strain.html", {"desk": request.desk, "items": items})


@require_POST
@console_page(Permission.SEE_STRAIN)
def close(request: ConsoleRequest, answer_id: UUID) -> HttpResponse:
    strain.close(answer_id=answer_id, by=request.user, now=timezone.now())
    messages.success(request, _("Noted: you have spoken to them."))
    return redirect("console_strain")
