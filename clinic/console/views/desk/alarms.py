"""Clearing an alarm that a person has dealt with."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinic.access import Permission
from clinic.console.gate import ConsoleRequest, console_page
from clinic.services.core import alarms


@require_POST
@console_page(Permission.WATCH_CONSOLE)
def clear(request: ConsoleRequest, alarm_id: int) -> HttpResponse:
    """Cleared twice is cleared: two nurses who press at once both see it gone."""
    alarms.dismiss(alarm_id=alarm_id, by=request.user, now=timezone.now())
    return redirect("console_worklist_fragment" if request.htmx else "console_worklist")
