"""Emergency access: a record beyond one's role, for an hour, and what a lead says about it afterwards."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import Permission, get_emergency_to_review
from clinic.console.forms.accounts.emergency import EndForm, OpenForm, ReviewForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.desk import emergency as query
from clinic.queries.reports import trends
from clinic.services.accounts import emergency_access

WRONG = 422


def refusal(code: str) -> str:
    """Why it cannot be done, in words."""
    return {
        "no_reason": _("Write why you must see this record now."),
        "too_often": _("You have tried too often. Call the 24-hour line of that clinic."),
        "nobody": _("Nobody was found with exactly these facts. Check them, or call that clinic's line."),
        "own": _("Nobody reviews themselves. Another lead does."),
        "no_finding": _("Choose what you found."),
        "still_open": _("It is still open. End it first."),
        "reviewed": _("Somebody has reviewed it already."),
    }[code]


@require_http_methods(["GET", "POST"])
@console_page(Permission.OPEN_IN_EMERGENCY)
def index(request: ConsoleRequest) -> HttpResponse:
    page = query.page(user=request.user, now=timezone.now())
    form = OpenForm(request.POST or None, clinics=page.clinics, initial={"clinic": page.own_clinic})
    if form.is_valid():
        try:
            opened = emergency_access.open_record(
                who=form.who(), reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
            )
        except emergency_access.SeenAnyway as seen:
            messages.info(request, _("Your role shows you this patient: nothing had to be opened."))
            return redirect("console_patient", patient_id=seen.patient_id)
        except emergency_access.EmergencyRefused as refused:
            form.add_error(None, refusal(refused.code))
        else:
            return redirect("console_emergency_record", access_id=opened.pk)
    context = {"desk": request.desk, "page": page, "form": form}
    status = WRONG if form.is_bound else 200
    return render(request, "console/emergency/emergency.html", context, status=status)


@require_GET
@console_page(Permission.OPEN_IN_EMERGENCY)
def record(request: ConsoleRequest, access_id: UUID) -> HttpResponse:
    now = timezone.now()
    access, panel = emergency_access.view_record(
        access_id=access_id,
        older_than=request.GET.get("older", ""),
        days=trends.chosen_days(request.GET.get("days", "")),
        kind=request.GET.get("show", ""),
        by=request.user,
        now=now,
    )
    context = {
        "desk": request.desk,
        "access": access,
        "panel": panel,
        "on_call": query.on_call_at(access, now=now),
        "form": EndForm(),
    }
    return render(request, "console/emergency/record.html", context)


@require_POST
@console_page(Permission.OPEN_IN_EMERGENCY)
def end(request: ConsoleRequest, access_id: UUID) -> HttpResponse:
    form = EndForm(request.POST)
    account = form.cleaned_data["account"] if form.is_valid() else ""
    emergency_access.end(access_id=access_id, account=account, by=request.user, now=timezone.now())
    messages.success(request, _("Ended. The leads of the clinic look at it."))
    return redirect("console_emergency")


@require_http_methods(["GET", "POST"])
@console_page(Permission.VIEW_AUDIT)
def review(request: ConsoleRequest, access_id: UUID) -> HttpResponse:
    """A lead reads what happened, ends it, and says whether it was right."""
    now = timezone.now()
    if request.method == "POST" and request.POST.get("answer") == "end":
        emergency_access.end_as_lead(access_id=access_id, by=request.user, now=now)
        messages.success(request, _("Ended. They see this record no more."))
        return redirect("console_emergency_review", access_id=access_id)
    form = ReviewForm(request.POST or None)
    if form.is_valid():
        try:
            emergency_access.review(access_id=access_id, by=request.user, now=now, **form.cleaned_data)
        except emergency_access.EmergencyRefused as refused:
            form.add_error(None, refusal(refused.code))
        else:
            messages.success(request, _("Kept, with your name."))
            return redirect("console_emergency")
    return _render_review(request, access_id, form)


def _render_review(request: ConsoleRequest, access_id: UUID, form: ReviewForm) -> HttpResponse:
    access = get_emergency_to_review(request.user, access_id)
    context: dict[str, Any] = {
        "desk": request.desk,
        "access": access,
        "is_open": access.ended_at is None and access.ends_at > timezone.now(),
        "is_mine": access.user_id == request.user.pk,
        "form": form,
    }
    status = WRONG if form.is_bound else 200
    return render(request, "console/emergency/review.html", context, status=status)
