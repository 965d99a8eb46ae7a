"""The languages that a clinic offers its families."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import Permission
from clinic.console.forms.core.languages import ApprovalForm, OfferForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.core import languages as query
from clinic.services.core import languages

WRONG = 422


@require_GET
@console_page(Permission.MANAGE_CLINIC)
def index(request: ConsoleRequest) -> HttpResponse:
    return _render(request)


@require_POST
@console_page(Permission.MANAGE_CLINIC)
def offer(request: ConsoleRequest, clinic_id: UUID, language: str) -> HttpResponse:
    form = OfferForm(request.POST, auto_id=_ids(clinic_id, language))
    if not form.is_valid():
        return _render(request, form)
    try:
        languages.offer(
            clinic_id=clinic_id, language=language, accepts_draft=True, by=request.user, now=timezone.now()
        )
    except languages.UnknownLanguage as unknown:
        raise Http404 from unknown
    messages.success(request, _("Families can choose this language now."))
    return redirect("console_languages")


@require_POST
@console_page(Permission.MANAGE_CLINIC)
def approve(request: ConsoleRequest, clinic_id: UUID, language: str) -> HttpResponse:
    form = ApprovalForm(request.POST, auto_id=_ids(clinic_id, language))
    if not form.is_valid():
        return _render(request, form)
    try:
        languages.approve(
            clinic_id=clinic_id,
            language=language,
            name=form.cleaned_data["name"],
            by=request.user,
            now=timezone.now(),
        )
    except languages.UnknownLanguage as unknown:
        raise Http404 from unknown
    messages.success(request, _("Families no longer see the warning."))
    return redirect("console_languages")


@require_POST
@console_page(Permission.MANAGE_CLINIC)
def withdraw(request: ConsoleRequest, clinic_id: UUID, language: str) -> HttpResponse:
    try:
        languages.withdraw(clinic_id=clinic_id, language=language, by=request.user, now=timezone.now())
    except languages.UnknownLanguage as unknown:
        raise Http404 from unknown
    messages.success(request, _("No new family can choose this language."))
    return redirect("console_languages")


def _render(request: ConsoleRequest, wrong: OfferForm | ApprovalForm | None = None) -> HttpResponse:
    """Every clinic's languages, each with the form that fits it; the one filled in wrongly as it was."""
    clinics = [
        {"clinic": clinic, "lines": [_line(clinic.clinic_id, one, wrong) for one in clinic.offers]}
        for clinic in query.of_clinics(user=request.user)
    ]
    context = {"desk": request.desk, "clinics": clinics, "form": wrong}
    return render(request, "console/core/languages.html", context, status=WRONG if wrong else 200)


def _line(
    clinic_id: UUID, one: query.LanguageOffer, wrong: OfferForm | ApprovalForm | None
) -> dict[str, Any]:
    ids = _ids(clinic_id, one.code)
    form = wrong if wrong and wrong.auto_id == ids else None
    if form is None:
        form = ApprovalForm(auto_id=ids) if one.offered else OfferForm(auto_id=ids)
    return {"language": one, "form": form}


def _ids(clinic_id: UUID, language: str) -> str:
    """The same fields stand on the page once for each clinic and language."""
    return f"{clinic_id}-{language}-%s"
