"""The rota: a week of it, and what administrators change."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import Permission, get_clinic_named, get_colleague
from clinic.console.forms.rota.shifts import LayersForm, ShiftForm, WeeklyForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.models import Clinic
from clinic.queries.rota import week as query
from clinic.services.protocols.versions import NoProtocol
from clinic.services.rota import shifts, test_pages
from clinic.services.watch import weekly_test

WRONG = 422


@require_GET
@console_page(Permission.WATCH_CONSOLE)
def index(request: ConsoleRequest) -> HttpResponse:
    found = query.week(
        user=request.user,
        clinic_slug=request.GET.get("clinic", ""),
        day=request.GET.get("week", ""),
        now=timezone.now(),
    )
    with timezone.override(ZoneInfo(found.clinic.time_zone)):
        return render(request, "console/rota/week.html", {"desk": request.desk, "week": found})


@require_http_methods(["GET", "POST"])
@console_page(Permission.MANAGE_STAFF)
def add_shift(request: ConsoleRequest) -> HttpResponse:
    clinic, now = _clinic(request), timezone.now()
    with timezone.override(ZoneInfo(clinic.time_zone)):
        form = ShiftForm(request.POST or None, people=query.shift_candidates(clinic, now))
        if form.is_valid() and _save_shift(shifts.add_shift, request, form, clinic, **form.times()):
            messages.success(request, _("The shift is on the rota."))
            return redirect(f"{_rota_url(clinic)}&week={form.cleaned_data['starts_at']:%Y-%m-%d}")
        return _form(request, form, clinic, _("Add a shift"))


@require_http_methods(["GET", "POST"])
@console_page(Permission.MANAGE_STAFF)
def add_weekly(request: ConsoleRequest) -> HttpResponse:
    clinic, now = _clinic(request), timezone.now()
    with timezone.override(ZoneInfo(clinic.time_zone)):
        people, today = query.shift_candidates(clinic, now), timezone.localdate(now)
        form = WeeklyForm(request.POST or None, people=people, today=today)
        if form.is_valid() and _save_shift(shifts.add_pattern, request, form, clinic, times=form.times()):
            messages.success(request, _("The weekly shift is on the rota."))
            return redirect(_rota_url(clinic))
        return _form(request, form, clinic, _("Add a weekly shift"))


@require_POST
@console_page(Permission.MANAGE_STAFF)
def cancel_shift(request: ConsoleRequest, shift_id: int) -> HttpResponse:
    shifts.cancel_shift(shift_id=shift_id, by=request.user, now=timezone.now())
    messages.success(request, _("The shift is taken off. The week holds again."))
    return redirect("console_rota")


@require_POST
@console_page(Permission.MANAGE_STAFF)
def end_weekly(request: ConsoleRequest, pattern_id: int) -> HttpResponse:
    shifts.end_pattern(pattern_id=pattern_id, by=request.user, now=timezone.now())
    messages.success(request, _("The weekly shift ends. One that has begun goes to its end."))
    return redirect("console_rota")


@require_POST
@console_page(Permission.MANAGE_STAFF)
def set_layers(request: ConsoleRequest) -> HttpResponse:
    clinic, form = _clinic(request), LayersForm(request.POST)
    layers = form.cleaned_data["layers"] if form.is_valid() else []
    shifts.set_filled_layers(clinic=clinic, layers=layers, by=request.user, now=timezone.now())
    messages.success(request, _("Saved. The console warns two weeks ahead of a time in which nobody is on."))
    return redirect(_rota_url(clinic))


@require_POST
@console_page(Permission.MANAGE_STAFF)
def end_rota(request: ConsoleRequest) -> HttpResponse:
    clinic = _clinic(request)
    try:
        shifts.end_rota(clinic=clinic, by=request.user, now=timezone.now())
    except shifts.ShiftsLeft:
        messages.error(request, _("Somebody is still on a shift. End the weekly shifts first."))
    else:
        messages.success(request, _("Pages go down the standing list from now on, day and night."))
    return redirect(_rota_url(clinic))


@require_POST
@console_page(Permission.WATCH_CONSOLE)
def send_test(request: ConsoleRequest, staff_id: int) -> HttpResponse:
    drill = test_pages.send(staff_id=staff_id, by=request.user, now=timezone.now())
    messages.success(request, _("A test page is being sent to %(name)s.") % {"name": drill.staff.user.name})
    return redirect("console_my_shifts" if drill.staff.user_id == request.user.pk else "console_rota")


@require_POST
@console_page(Permission.MANAGE_STAFF)
def send_weekly_test(request: ConsoleRequest) -> HttpResponse:
    clinic = _clinic(request)
    try:
        weekly_test.send(clinic=clinic, by=request.user, now=timezone.now())
    except weekly_test.TestStillOpen:
        messages.error(request, _("The last test has not been answered yet. Take it on the worklist."))
    except NoProtocol:
        messages.error(request, _("This clinic has not published a protocol, so nothing can be tested."))
    else:
        messages.success(
            request, _("The test has begun. Whoever is on call is paged next and takes it on the worklist.")
        )
    return redirect(_rota_url(clinic))


def _save_shift(save: Any, request: ConsoleRequest, form: Any, clinic: Clinic, **times: Any) -> bool:
    """Whether the service took it; if not, the form says why."""
    staff = get_colleague(request.user, form.cleaned_data["person"])
    try:
        save(
            clinic=clinic,
            staff=staff,
            layer=form.cleaned_data["layer"],
            by=request.user,
            now=timezone.now(),
            **times,
        )
    except shifts.NotReachable:
        form.refuse_person(staff.user.name)
    except shifts.WrongRole:
        form.refuse_role()
    except shifts.BadTimes:
        form.add_error(
            None, _("The end must come after the beginning and must not be over. Two weeks at most.")
        )
    return not form.errors


def _form(request: ConsoleRequest, form: Any, clinic: Clinic, title: str) -> HttpResponse:
    context = {
        "desk": request.desk,
        "form": form,
        "clinic": clinic,
        "title": title,
        "back": _rota_url(clinic),
    }
    return render(request, "console/rota/shift_form.html", context, status=WRONG if form.is_bound else 200)


def _rota_url(clinic: Clinic) -> str:
    return f"{reverse('console_rota')}?clinic={clinic.slug}"


def _clinic(request: ConsoleRequest) -> Clinic:
    """The clinic that the form is about; the first of the person's own where none is named."""
    slug = request.POST.get("clinic") or request.GET.get("clinic") or ""
    return get_clinic_named(request.user, slug, Permission.MANAGE_STAFF)
