"""Entering a report of a laboratory on one screen, and striking out what was wrong."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import Permission
from clinic.console.forms.risk.labs import LabsForm, PasteForm, StrikeForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.risk.document import rules
from clinic.rules.risk.pasting import read_lines
from clinic.services.risk import labs, pages

WRONG = 422


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def index(request: ConsoleRequest) -> HttpResponse:
    page = pages.open_due(clinic_slug=request.GET.get("clinic", ""), by=request.user, now=timezone.now())
    return render(request, "console/risk/due.html", {"desk": request.desk, "page": page})


@require_http_methods(["GET", "POST"])
@console_page(Permission.MANAGE_PATIENTS)
def enter(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    page = pages.open_labs(patient_id=patient_id, by=request.user, now=timezone.now())
    if request.method == "GET":
        form = LabsForm(units=page.units, initial={"taken_on": page.today})
        return _render(request, page, form=form)
    if "read" in request.POST:
        return _read(request, page)
    form = LabsForm(request.POST, units=page.units)
    if form.is_valid():
        source = "pasted" if request.POST.get("source") == "pasted" else "typed"
        try:
            stored = labs.enter(
                patient_id=patient_id,
                by=request.user,
                values=form.values(),
                source=source,
                now=timezone.now(),
            )
        except labs.WrongLabs as wrong:
            form.add_wrong(wrong.problems)
        else:
            count = len(stored)
            text = ngettext("%(count)s value is on record.", "%(count)s values are on record.", count)
            none = _("These values were on record already. Nothing was added.")
            messages.success(request, text % {"count": count} if count else none)
            return redirect("console_risk", patient_id)
    return _render(request, page, form=form, source=request.POST.get("source", ""), status=WRONG)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def strike(request: ConsoleRequest, patient_id: UUID, result_id: UUID) -> HttpResponse:
    form = StrikeForm(request.POST)
    pages.require_lab(patient_id=patient_id, result_id=result_id, by=request.user)
    if not form.is_valid():
        messages.error(request, _("Say why the value is wrong."))
        return redirect("console_risk", patient_id)
    try:
        labs.strike(
            patient_id=patient_id,
            result_id=result_id,
            by=request.user,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except labs.StrikeRefused:
        messages.error(request, _("This value is struck out already."))
    else:
        messages.success(request, _("Struck out. It stays on record and counts no more."))
    return redirect("console_risk", patient_id)


def _read(request: ConsoleRequest, page: pages.LabsPage) -> HttpResponse:
    paste = PasteForm(request.POST)
    if not paste.is_valid():
        form = LabsForm(units=page.units, initial={"taken_on": page.today})
        return _render(request, page, form=form, paste=paste, status=WRONG)
    pasted = read_lines(rules().document.labs, paste.cleaned_data["lines"].splitlines())
    form = LabsForm(units=page.units, initial=LabsForm.filled(pasted.labs, page.today))
    return _render(request, page, form=form, source="pasted", pasted=pasted)


def _render(
    request: ConsoleRequest,
    page: pages.LabsPage,
    *,
    form: LabsForm,
    paste: PasteForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"desk": request.desk, "page": page, "form": form, "paste": paste or PasteForm(), **more}
    return render(request, "console/risk/labs.html", context, status=status)
