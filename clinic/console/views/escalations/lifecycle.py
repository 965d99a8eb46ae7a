"""One escalation: its panel, taking it, writing about it and closing it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import Permission
from clinic.console.forms.escalations.acts import NoteForm, ResolveForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.views.escalations.panel import (
    CONFLICT,
    WRONG,
    panel_context,
    render_panel,
    show_after_act,
    show_panel,
)
from clinic.models.escalation import EscalationState
from clinic.models.staff import Role
from clinic.queries.escalations import panel as query
from clinic.services.desk import record_access
from clinic.services.escalations import contacts, lifecycle
from clinic.services.escalations.contacts import CallsNeeded
from clinic.services.escalations.known import NotExpectable
from clinic.services.escalations.lifecycle import (
    AlreadyResolved,
    AlreadyTaken,
    AnswerMissing,
    CallOrWordsNeeded,
    NotAcknowledged,
    NotHolder,
    OutcomeNeeded,
)


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def panel(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    found = record_access.open_escalation(escalation_id=escalation_id, by=request.user, now=timezone.now())
    return render_panel(request, found)


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def live(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    """All of the panel but its forms, so that a refetch never touches what somebody is typing."""
    found = query.panel(user=request.user, escalation_id=escalation_id, now=timezone.now())
    return render(request, "console/escalations/_panel_live.html", {"desk": request.desk, "panel": found})


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def forms(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    found = query.panel(user=request.user, escalation_id=escalation_id, now=timezone.now())
    return render(request, "console/escalations/_panel_forms.html", panel_context(request, found))


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def acknowledge(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    try:
        lifecycle.acknowledge(escalation_id=escalation_id, by=request.user, now=timezone.now())
    except AlreadyTaken as taken:
        response = show_panel(request, escalation_id, taken=taken, status=CONFLICT)
    else:
        response = show_after_act(request, escalation_id)
    if request.htmx:
        # Taken from the list: the address is that of the panel, never that of the act.
        response["HX-Push-Url"] = reverse("console_escalation", args=[escalation_id])
    return response


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def add_note(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    """A call to the family, or a note alone."""
    found = query.panel(user=request.user, escalation_id=escalation_id, now=timezone.now())
    form = NoteForm(request.POST, caregivers=found.caregivers)
    if not form.is_valid():
        return render_panel(request, found, WRONG, note_form=form)
    facts: dict[str, Any] = {"escalation_id": escalation_id, "by": request.user, "now": timezone.now()}
    try:
        call = form.call()
        if call:
            contacts.log(**facts, **call)
        else:
            lifecycle.add_note(**facts, text=form.cleaned_data["text"])
    except AlreadyResolved:
        form.add_error(None, _("This is closed already, so the note was not saved. Copy it if you need it."))
        return show_panel(request, escalation_id, note_form=form, status=CONFLICT)
    return show_after_act(
        request, escalation_id, _("The note is saved. It stands under “What has happened”.")
    )


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def resolve(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    now = timezone.now()
    asked = query.closing(user=request.user, escalation_id=escalation_id)
    form = ResolveForm(request.POST, to_confirm=asked.to_confirm, nameable=asked.nameable)
    if not form.is_valid():
        return show_panel(request, escalation_id, resolve_form=form, status=WRONG)
    try:
        closed = lifecycle.resolve(escalation_id=escalation_id, by=request.user, now=now, **form.act(now))
    except OutcomeNeeded:
        form.add_error("outcome", _("Choose what came of it."))
        return show_panel(request, escalation_id, resolve_form=form, status=WRONG)
    except NotExpectable:
        form.add_error("expected", _("A newer report has changed this. Look at it and choose again."))
        return show_panel(request, escalation_id, resolve_form=form, status=CONFLICT)
    except CallOrWordsNeeded:
        form.add_error(
            "note", _("The family asked to be called. Log the call first, or write why there was none.")
        )
        return show_panel(request, escalation_id, resolve_form=form, status=WRONG)
    except (NotAcknowledged, NotHolder, AlreadyResolved, CallsNeeded, AnswerMissing) as refused:
        form.add_error(None, _refusal_text(refused))
        return show_panel(request, escalation_id, resolve_form=form, status=CONFLICT)
    if closed.state == EscalationState.OPEN:
        said = _("This stays open. It waits again, and the next person is being paged.")
        return show_after_act(request, escalation_id, said)
    return show_after_act(request, escalation_id)


def _refusal_text(refused: Exception) -> str:
    if isinstance(refused, CallsNeeded):
        words = _("Log two calls in a row that nobody answered, then try again. On record so far: %(n)s.")
        return words % {"n": refused.logged}
    if isinstance(refused, AnswerMissing):
        role = Role(refused.role).label
        return _("The other role must answer before this can be closed: %(role)s.") % {"role": role}
    if isinstance(refused, NotHolder):
        words = _("%(name)s has it, so only they close it. Take it over first, with a reason.")
        return words % {"name": refused.holder}
    if isinstance(refused, NotAcknowledged):
        return _("It is waiting again: the time ran out, or a newer report made it worse. Take it first.")
    return _("Somebody closed this already. What you wrote was not saved.")
