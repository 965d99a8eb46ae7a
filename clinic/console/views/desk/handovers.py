"""Handing a shift over: the sheet before it is given, the one that was given, and its signatures."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import Permission
from clinic.console.forms.desk.handovers import HandoverForm
from clinic.console.gate import ConsoleRequest, console_page, wants_part
from clinic.console.words import clock
from clinic.queries.desk import handovers as query
from clinic.services.desk import handovers

CONFLICT, WRONG = 409, 422


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def index(request: ConsoleRequest) -> HttpResponse:
    page = query.overview(user=request.user, now=timezone.now())
    return render(request, "console/desk/handovers.html", {"desk": request.desk, "page": page})


@require_http_methods(["GET", "POST"])
@console_page(Permission.ACT_ON_ESCALATIONS)
def new(request: ConsoleRequest) -> HttpResponse:
    """Made from what is true when it is handed over; what came up since it was shown is shown first."""
    now = timezone.now()
    draft = query.draft(user=request.user, clinic_slug=request.GET.get("clinic", ""), now=now)
    if draft.open_id:
        return redirect("console_handover_sheet", handover_id=draft.open_id)
    form = HandoverForm(request.POST or None, lines=draft.lines, colleagues=draft.colleagues)
    if not form.is_valid():
        return _render_draft(request, draft, form, WRONG if form.is_bound else 200)
    try:
        handover = handovers.hand_over(
            clinic_id=draft.clinic.pk,
            by=request.user,
            to_staff_id=form.cleaned_data["to"],
            notes=form.notes(),
            seen=form.seen_line_keys(),
            now=now,
        )
    except handovers.AlreadyGiven as before:
        return redirect("console_handover_sheet", handover_id=before.handover_id)
    except handovers.NotAColleague:
        form.add_error("to", _("Choose who takes over."))
        return _render_draft(request, draft, form, WRONG)
    except handovers.SheetChanged:
        return _render_draft(request, draft, form, CONFLICT, fresh=form.seen_line_keys())
    notice = _("Handed over. Your colleague is texted and signs each line.")
    response = _show_after_act(request, handover.pk, notice)
    if request.htmx:
        response["HX-Push-Url"] = reverse("console_handover_sheet", args=[handover.pk])
    return response


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def sheet(request: ConsoleRequest, handover_id: UUID) -> HttpResponse:
    return _render_sheet(request, handover_id)


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def sign(request: ConsoleRequest, handover_id: UUID, item_id: int) -> HttpResponse:
    try:
        handovers.sign(handover_id=handover_id, item_id=item_id, by=request.user, now=timezone.now())
    except (
        handovers.AlreadySigned,
        handovers.LineEnded,
        handovers.HandoverNotOpen,
        handovers.OwnHandover,
    ) as refused:
        return _render_sheet(request, handover_id, CONFLICT, refused=_refusal_text(refused))
    return _show_after_act(request, handover_id)


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def withdraw(request: ConsoleRequest, handover_id: UUID) -> HttpResponse:
    try:
        handovers.withdraw(handover_id=handover_id, by=request.user, now=timezone.now())
    except (handovers.NotGiver, handovers.HandoverNotOpen) as refused:
        return _render_sheet(request, handover_id, CONFLICT, refused=_refusal_text(refused))
    return _show_after_act(request, handover_id)


def _show_after_act(request: ConsoleRequest, handover_id: UUID, notice: str = "") -> HttpResponse:
    if request.htmx:
        return _render_sheet(request, handover_id, said=notice)
    if notice:
        messages.success(request, notice)
    return redirect("console_handover_sheet", handover_id=handover_id)


def _render_sheet(request: ConsoleRequest, handover_id: UUID, status: int = 200, **more: Any) -> HttpResponse:
    """The sheet alone for a refetch; for everything else the page, with the list beside it."""
    found = query.sheet(user=request.user, handover_id=handover_id, now=timezone.now())
    template = (
        "console/desk/_handover_sheet.html" if wants_part(request) else "console/desk/handover_sheet.html"
    )
    return render(request, template, {"desk": request.desk, "sheet": found, **more}, status=status)


def _render_draft(
    request: ConsoleRequest,
    draft: query.HandoverDraft,
    form: HandoverForm,
    status: int,
    fresh: frozenset[str] | None = None,
) -> HttpResponse:
    """`fresh` are the lines that were shown before; what is not among them is marked, and now seen."""
    context = {
        "desk": request.desk,
        "draft": draft,
        "form": form,
        "parts": form.with_notes(draft.groups, fresh),
        "changed": fresh is not None,
        "seen": " ".join(line.key for line in draft.lines),
    }
    template = "console/desk/_handover_new.html" if wants_part(request) else "console/desk/handover_new.html"
    return render(request, template, context, status=status)


def _refusal_text(refused: Exception) -> str:
    if isinstance(refused, handovers.AlreadySigned):
        words = _("%(name)s signed this line at %(at)s, just before you.")
        return words % {"name": refused.by_name, "at": clock(refused.at)}
    if isinstance(refused, handovers.LineEnded):
        return _("This has ended meanwhile. There is nothing to sign.")
    if isinstance(refused, handovers.OwnHandover):
        return _("You hand this over yourself. A colleague signs it.")
    if isinstance(refused, handovers.NotGiver):
        return _("Only the person who hands over can take it back.")
    return _("This handover is closed already. Nothing was changed.")
