"""How an escalation's panel is drawn: after a look, after an act, and with what was wrong."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic.console.forms.escalations import acts as forms
from clinic.console.gate import ConsoleRequest, wants_part
from clinic.queries.escalations import panel as query

CONFLICT = 409
WRONG = 422


def show_after_act(request: ConsoleRequest, escalation_id: UUID, notice: str = "") -> HttpResponse:
    """It is done: the panel as it is now, and what to say about it."""
    if request.htmx:
        return show_panel(request, escalation_id, said=notice)
    if notice:
        messages.success(request, notice)
    return redirect("console_escalation", escalation_id=escalation_id)


def show_panel(request: ConsoleRequest, escalation_id: UUID, status: int = 200, **more: Any) -> HttpResponse:
    """The panel as it is now, with the form that was wrong or what must be said."""
    found = query.panel(user=request.user, escalation_id=escalation_id, now=timezone.now())
    return render_panel(request, found, status, **more)


def render_panel(
    request: ConsoleRequest, found: query.EscalationPanel, status: int = 200, **more: Any
) -> HttpResponse:
    """The panel alone for a refetch; for everything else the page, with the list beside it."""
    template = (
        "console/escalations/_panel.html" if wants_part(request) else "console/escalations/escalation.html"
    )
    return render(request, template, panel_context(request, found, **more), status=status)


def panel_context(request: ConsoleRequest, found: query.EscalationPanel, **more: Any) -> dict[str, Any]:
    """Every form that may fit; the template shows those that do."""
    extra = {
        "note_form": forms.NoteForm(caregivers=found.caregivers),
        "resolve_form": forms.ResolveForm(to_confirm=found.reports_to_confirm, nameable=found.nameable),
        "transfer_form": forms.TransferForm(colleagues=found.colleagues),
        "opinion_form": forms.AskOpinionForm(colleagues=found.colleagues),
        "answer_form": forms.GiveOpinionForm(),
        "snooze_form": forms.SnoozeForm(longest=found.longest_snooze),
        "lower_form": forms.LowerForm(levels=found.lower_levels, pages_now=found.pages_staff),
        "over_form": forms.TakeOverForm(),
        **more,
    }
    extra["resolve_form"].ask_for_outcome(found.needs_outcome)
    wrong = [form for name, form in extra.items() if name.endswith("_form") and form.errors]
    return {"desk": request.desk, "panel": found, "wrong_form": wrong[0] if wrong else None, **extra}
