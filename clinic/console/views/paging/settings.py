"""How the clinic pages: the ladder, everybody's own channels, and what was held back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import Permission
from clinic.console.forms.paging.settings import CallCodeForm, CallsForm, ChannelOrderForm, LadderForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.paging import settings as query
from clinic.rules.paging.channels import BadOrder
from clinic.services.paging import call_codes, ladders

WRONG = 422


@require_GET
@console_page(Permission.WATCH_CONSOLE)
def index(request: ConsoleRequest) -> HttpResponse:
    return _render(request, _settings(request))


@require_POST
@console_page(Permission.WATCH_CONSOLE)
def set_channel_order(request: ConsoleRequest) -> HttpResponse:
    page = _settings(request)
    form = ChannelOrderForm(request.POST, page=page)
    if not form.is_valid():
        return _render(request, page, WRONG, order_form=form)
    try:
        ladders.set_channel_order(
            clinic_id=page.clinic.pk, by=request.user, turns=form.turns(), now=timezone.now()
        )
    except BadOrder:
        form.add_error(None, _("Choose each way once. A text or a call must be among them."))
        return _render(request, page, WRONG, order_form=form)
    messages.success(request, _("You are paged in this order from now on."))
    return _redirect_back(page)


@require_POST
@console_page(Permission.MANAGE_PAGING)
def change_ladder(request: ConsoleRequest) -> HttpResponse:
    page = _settings(request)
    form = LadderForm(request.POST, page=page)
    if not form.is_valid():
        return _render(request, page, WRONG, ladder_form=form)
    ladders.change(clinic=page.clinic, by=request.user, to=form.ladder(), now=timezone.now())
    messages.success(request, _("Saved. What opens from now on is paged this way; what runs stays as it is."))
    return _redirect_back(page)


@require_POST
@console_page(Permission.WATCH_CONSOLE)
def code(request: ConsoleRequest) -> HttpResponse:
    page = _settings(request)
    form = CallCodeForm(request.POST)
    if not form.is_valid():
        return _render(request, page, WRONG, code_form=form)
    try:
        call_codes.set_own(by=request.user, code=form.cleaned_data["code"], now=timezone.now())
    except call_codes.WeakCode:
        form.add_error("code", _("Four digits, not all the same and not in a row."))
        return _render(request, page, WRONG, code_form=form)
    messages.success(request, _("Your code for calls is set."))
    return _redirect_back(page)


@require_POST
@console_page(Permission.MANAGE_PAGING)
def calls(request: ConsoleRequest) -> HttpResponse:
    page = _settings(request)
    form = CallsForm(request.POST)
    required = form.is_valid() and form.cleaned_data["required"]
    call_codes.ask_in_calls(clinic=page.clinic, by=request.user, required=required, now=timezone.now())
    messages.success(request, _("Saved. It holds from the next call on."))
    return _redirect_back(page)


def _settings(request: ConsoleRequest) -> query.PagingSettings:
    return query.of_clinic(user=request.user, clinic_slug=request.GET.get("clinic", ""), now=timezone.now())


def _render(
    request: ConsoleRequest, page: query.PagingSettings, status: int = 200, **more: Any
) -> HttpResponse:
    extra = {
        "order_form": ChannelOrderForm(page=page),
        "ladder_form": LadderForm(page=page),
        "code_form": CallCodeForm(),
        "calls_form": CallsForm(initial={"required": page.clinic.call_code_required}),
        **more,
    }
    return render(
        request, "console/paging/settings.html", {"desk": request.desk, "page": page, **extra}, status=status
    )


def _redirect_back(page: query.PagingSettings) -> HttpResponse:
    address = redirect("console_paging")
    address["Location"] += f"?clinic={page.clinic.slug}"
    return address
