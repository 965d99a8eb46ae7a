"""How the clinic does: figures over some weeks, and the ledger of pages that were held back."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clinic.access import Permission
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.outcomes import figures
from clinic.queries.paging import ledger as pages_held_back


@require_GET
@console_page(Permission.WATCH_CONSOLE)
def insights(request: ConsoleRequest) -> HttpResponse:
    page = figures.of_clinic(
        user=request.user,
        clinic_slug=request.GET.get("clinic", ""),
        weeks=_number(request.GET.get("weeks", "")),
        now=timezone.now(),
    )
    return render(request, "console/outcomes/figures.html", {"desk": request.desk, "page": page})


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def ledger(request: ConsoleRequest) -> HttpResponse:
    page = pages_held_back.week(
        user=request.user,
        clinic_slug=request.GET.get("clinic", ""),
        week_of=_day(request.GET.get("week", "")),
        now=timezone.now(),
    )
    return render(request, "console/outcomes/ledger.html", {"desk": request.desk, "page": page})


def _number(typed: str) -> int:
    """What an address says; 0, which no span is, for what is no number."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0


def _day(typed: str) -> date | None:
    """A day such as 2026-11-23; none for anything else, so that a broken link still shows a week."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    # The calendar's own ends would leave no room for the week around them.
    return day if date(2000, 1, 1) <= day <= date(9000, 1, 1) else None
