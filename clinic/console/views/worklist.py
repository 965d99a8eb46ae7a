"""The worklist: the page, and the fragment that it refetches."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clinic.access import Permission
from clinic.console.pages import ConsoleRequest, console_page, wants_part
from clinic.queries import worklist as query


@require_GET
@console_page(Permission.WATCH_CONSOLE)
def worklist(request: ConsoleRequest) -> HttpResponse:
    if wants_part(request):
        # The list is on the page already; what is asked for is its empty neighbour: no panel.
        return HttpResponse("")
    return render(request, "console/desk.html", _context(request))


@require_GET
@console_page(Permission.WATCH_CONSOLE)
def fragment(request: ConsoleRequest) -> HttpResponse:
    return render(request, "console/_worklist.html", _context(request))


def _context(request: ConsoleRequest) -> dict[str, object]:
    clinic = request.GET.get("clinic", "")
    found = query.worklist(user=request.user, clinic_slug=clinic, now=timezone.now())
    return {"desk": request.desk, "worklist": found, "clinic_slug": clinic}
