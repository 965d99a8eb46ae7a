"""One escalation: its panel, and what a person does about it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import Permission
from clinic.console.forms.escalations import NoteForm, ResolveForm
from clinic.console.pages import ConsoleRequest, console_page, wants_part
from clinic.queries import escalations as query
from clinic.services import escalations, viewing
from clinic.services.escalations import AlreadyResolved, AlreadyTaken, NotAcknowledged, OutcomeNeeded

CONFLICT = 409
WRONG = 422


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def panel(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    found = viewing.escalation(escalation_id=escalation_id, by=request.user, now=timezone.now())
    return _render(request, found)


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def live(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    """All of the panel but its forms, so that a refetch never touches what somebody is typing."""
    found = query.panel(user=request.user, escalation_id=escalation_id, now=timezone.now())
    return render(request, "console/_panel_live.html", {"desk": request.desk, "panel": found})


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def forms(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    found = query.panel(user=request.user, escalation_id=escalation_id, now=timezone.now())
    return render(request, "console/_panel_forms.html", _context(request, found))


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def acknowledge(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    try:
        escalations.acknowledge(escalation_id=escalation_id, by=request.user, now=timezone.now())
    except AlreadyTaken as taken:
        return _show(request, escalation_id, taken=taken, status=CONFLICT)
    return _done(request, escalation_id)


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def add_note(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _show(request, escalation_id, note_form=form, status=WRONG)
    try:
        escalations.add_note(
            escalation_id=escalation_id, by=request.user, text=form.cleaned_data["text"], now=timezone.now()
        )
    except AlreadyResolved:
        form.add_error(None, _("This is closed already, so the note was not saved. Copy it if you need it."))
        return _show(request, escalation_id, note_form=form, status=CONFLICT)
    return _done(request, escalation_id, _("The note is saved. It stands under “What has happened”."))


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def resolve(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    asked = query.to_confirm(user=request.user, escalation_id=escalation_id)
    form = ResolveForm(request.POST, to_confirm=asked)
    if not form.is_valid():
        return _show(request, escalation_id, resolve_form=form, status=WRONG)
    try:
        escalations.resolve(
            escalation_id=escalation_id, by=request.user, now=timezone.now(), **form.cleaned_data
        )
    except OutcomeNeeded:
        form.add_error("outcome", _("Choose what came of it."))
        return _show(request, escalation_id, resolve_form=form, status=WRONG)
    except NotAcknowledged:
        form.add_error(None, _("A newer report made this worse, so it is waiting again. Take it first."))
        return _show(request, escalation_id, resolve_form=form, status=CONFLICT)
    except AlreadyResolved:
        form.add_error(None, _("Somebody closed this already. What you wrote was not saved."))
        return _show(request, escalation_id, resolve_form=form, status=CONFLICT)
    return _done(request, escalation_id)


def _done(request: ConsoleRequest, escalation_id: UUID, said: str = "") -> HttpResponse:
    if request.htmx:
        return _show(request, escalation_id, said=said)
    if said:
        messages.success(request, said)
    return redirect("console_escalation", escalation_id=escalation_id)


def _show(request: ConsoleRequest, escalation_id: UUID, status: int = 200, **more: Any) -> HttpResponse:
    found = query.panel(user=request.user, escalation_id=escalation_id, now=timezone.now())
    return _render(request, found, status, **more)


def _render(
    request: ConsoleRequest, found: query.EscalationPanel, status: int = 200, **more: Any
) -> HttpResponse:
    """The panel alone for a refetch; for everything else the page, with the list beside it."""
    template = "console/_panel.html" if wants_part(request) else "console/escalation.html"
    return render(request, template, _context(request, found, **more), status=status)


def _context(request: ConsoleRequest, found: query.EscalationPanel, **more: Any) -> dict[str, Any]:
    extra = {"note_form": NoteForm(), "resolve_form": ResolveForm(to_confirm=found.to_confirm), **more}
    extra["resolve_form"].ask_for_outcome(found.needs_outcome)
    return {"desk": request.desk, "panel": found, **extra}
