"""A clinic's holidays, its own terms and privacy notice, and who has agreed to them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import Permission, choose_clinic
from clinic.console.forms.core.clinic_settings import HolidayForm, RemoveHolidayForm, TermsForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.patients import terms
from clinic.services.accounts import clinic_terms, holidays

WRONG = 422


@require_http_methods(["GET", "POST"])
@console_page(Permission.MANAGE_CLINIC)
def holiday_list(request: ConsoleRequest) -> HttpResponse:
    clinic, clinics = choose_clinic(request.user, request.GET.get("clinic", ""), Permission.MANAGE_CLINIC)
    form = HolidayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            holidays.add(clinic_id=clinic.pk, **form.cleaned_data, by=request.user, now=timezone.now())
        except holidays.WrongHoliday as wrong:
            form.refuse(wrong.reason)
        else:
            messages.success(request, _("Saved. Families are told so from the next page on."))
            return redirect(f"{reverse('console_holidays')}?clinic={clinic.slug}")
    today = timezone.now().astimezone(clinic.opening.zone).date()
    ahead = [one for one in clinic.opening.holidays if one.last >= today]
    over = [one for one in clinic.opening.holidays if one.last < today]
    page = {"clinic": clinic, "clinics": clinics, "ahead": ahead, "over": over}
    context = {"desk": request.desk, "page": page, "form": form}
    return render(request, "console/core/holidays.html", context, status=WRONG if form.errors else 200)


@require_POST
@console_page(Permission.MANAGE_CLINIC)
def remove_holiday(request: ConsoleRequest) -> HttpResponse:
    clinic, _clinics = choose_clinic(request.user, request.GET.get("clinic", ""), Permission.MANAGE_CLINIC)
    form = RemoveHolidayForm(request.POST)
    if form.is_valid():
        first = form.cleaned_data["first"]
        holidays.remove(clinic_id=clinic.pk, first=first, by=request.user, now=timezone.now())
        messages.success(request, _("Removed. The usual hours hold on these days."))
    return redirect(f"{reverse('console_holidays')}?clinic={clinic.slug}")


@require_http_methods(["GET", "POST"])
@console_page(Permission.MANAGE_CLINIC)
def own_terms(request: ConsoleRequest) -> HttpResponse:
    page = terms.of_clinic(user=request.user, clinic_slug=request.GET.get("clinic", ""))
    form = TermsForm(request.POST or None, latest=page.latest, languages=page.languages)
    if request.method == "POST" and form.is_valid():
        try:
            _publish(request, page, form)
        except clinic_terms.PublishedMeanwhile:
            page = terms.of_clinic(user=request.user, clinic_slug=page.clinic.slug)
            form = _once_more(request, page)
        else:
            messages.success(request, _("Published. Families read it from the next page on."))
            return redirect(f"{reverse('console_clinic_terms')}?clinic={page.clinic.slug}")
    context = {"desk": request.desk, "page": page, "form": form}
    return render(request, "console/core/clinic_terms.html", context, status=WRONG if form.errors else 200)


@require_GET
@console_page(Permission.MANAGE_CLINIC)
def agreements(request: ConsoleRequest) -> HttpResponse:
    page = terms.agreements_of(user=request.user, clinic_slug=request.GET.get("clinic", ""))
    clinic_terms.note_agreements_read(clinic=page.clinic, by=request.user, now=timezone.now())
    return render(request, "console/core/terms_agreed.html", {"desk": request.desk, "page": page})


def _publish(request: ConsoleRequest, page: terms.TermsPage, form: TermsForm) -> None:
    clinic_terms.publish(
        clinic_id=page.clinic.pk,
        texts=form.texts,
        asks_again=form.asks_again,
        seen=form.cleaned_data["seen"],
        by=request.user,
        now=timezone.now(),
    )


def _once_more(request: ConsoleRequest, page: terms.TermsPage) -> TermsForm:
    """What was typed stays, and the next time it takes the place of the colleague's version."""
    number = page.latest.number if page.latest else 0
    typed = request.POST.copy()
    typed["seen"] = str(number)
    form = TermsForm(typed, latest=page.latest, languages=page.languages)
    told = _("A colleague published version %(number)d while you were writing. It stands below.")
    form.add_error(None, told % {"number": number})
    form.add_error(None, _("To put yours in its place, publish once more."))
    return form
