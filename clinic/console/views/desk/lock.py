"""Locking a desk, opening it again, and one's own PIN."""

import json
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import Permission
from clinic.console.forms.desk.lock import PinForm, UnlockForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.staff_only import not_for_family
from clinic.console.views.desk.worklist import list_context, lock_context
from clinic.console.views.escalations.panel import show_panel
from clinic.services.desk import lock as desk_lock
from clinic.services.escalations import lifecycle

WRONG, CONFLICT = 422, 409


@require_POST
@console_page(Permission.WATCH_CONSOLE)
def lock(request: ConsoleRequest) -> HttpResponse:
    """Answered with the moment, so that a list from before it is not taken for an unlocked one."""
    now = timezone.now()
    desk_lock.lock(session_key=_key(request), user=request.user, now=now)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"at": now.isoformat()})
    return redirect("console_worklist")


@require_POST
@console_page(Permission.WATCH_CONSOLE)
def active(request: ConsoleRequest) -> HttpResponse:
    """The gate has noted that somebody is there."""
    return HttpResponse(status=204)


@require_GET
@console_page(Permission.WATCH_CONSOLE)
def bar(request: ConsoleRequest) -> HttpResponse:
    """The bar of the lock as it fits now: empty where nothing is locked."""
    return render(request, "console/desk/_lock_bar.html", lock_context(request))


@require_POST
@console_page(Permission.WATCH_CONSOLE)
def unlock(request: ConsoleRequest) -> HttpResponse:
    """Right, it goes on with what was wanted: taking an escalation, opening one, or a page."""
    key, has_pin = _key(request), desk_lock.has_pin(request.user)
    form = UnlockForm(request.POST, has_pin=has_pin)
    if not form.is_valid():
        return _render_refused(request, form)
    secret = form.cleaned_data["secret"]
    try:
        desk_lock.unlock(session_key=key, user=request.user, secret=secret, now=timezone.now())
    except desk_lock.WrongSecret:
        neither, not_it = _("This is neither your PIN nor your password."), _("This is not your password.")
        form.add_error("secret", neither if has_pin else not_it)
        return _render_refused(request, form)
    except desk_lock.SignInNeeded:
        return _render_refused(request, form)
    request.desk_locked = False
    response = _continue(request, form)
    # With the moment, so that a list from before it locks nothing again.
    response["HX-Trigger-After-Swap"] = json.dumps({"desk:unlocked": {"at": timezone.now().isoformat()}})
    return response


@never_cache
@require_http_methods(["GET", "POST"])
@not_for_family
@login_required
def pin(request: HttpRequest) -> HttpResponse:
    """With the password; who has none has signed in a moment ago, or does so again."""
    if request.user.has_usable_password():  # type: ignore[union-attr]
        return _pin(request)
    response: HttpResponse = reauthentication_required(_pin)(request)
    return response


def _pin(request: HttpRequest) -> HttpResponse:
    form = PinForm(request.POST or None, has_password=request.user.has_usable_password())  # type: ignore[union-attr]
    try:
        is_set = form.is_valid() and _set_pin(request, form)
    except desk_lock.SignInNeeded:
        logout(request)
        return redirect("account_login")
    if is_set:
        messages.success(request, _("Your PIN is set. It opens a locked desk where you are signed in."))
        return redirect("account_home")
    context = {"form": form, "has_pin": desk_lock.has_pin(request.user)}  # type: ignore[arg-type]
    return render(request, "account/pin.html", context, status=WRONG if form.is_bound else 200)


@require_POST
@not_for_family
@login_required
def remove_pin(request: HttpRequest) -> HttpResponse:
    desk_lock.remove_pin(by=request.user, now=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("Your PIN is removed. Your password opens a locked desk."))
    return redirect("account_home")


def _continue(request: ConsoleRequest, form: UnlockForm) -> HttpResponse:
    take, wanted = form.cleaned_data["take"], form.cleaned_data["open"]
    if take and request.desk.may_act:
        return _acknowledge(request, take)
    if wanted:
        return _panel(request, wanted)
    page = form.cleaned_data["next"]
    if page.startswith("/console/") and url_has_allowed_host_and_scheme(page, None):
        return HttpResponse(headers={"HX-Redirect": page}) if request.htmx else redirect(page)
    return HttpResponse("") if request.htmx else redirect("console_worklist")


def _acknowledge(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    try:
        lifecycle.acknowledge(escalation_id=escalation_id, by=request.user, now=timezone.now())
    except lifecycle.AlreadyTaken as taken:
        response = show_panel(request, escalation_id, taken=taken, status=CONFLICT)
        response["HX-Push-Url"] = reverse("console_escalation", args=[escalation_id])
        return response
    return _panel(request, escalation_id)


def _panel(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    if not request.htmx:
        return redirect("console_escalation", escalation_id=escalation_id)
    response = show_panel(request, escalation_id)
    response["HX-Push-Url"] = reverse("console_escalation", args=[escalation_id])
    return response


def _render_refused(request: ConsoleRequest, form: UnlockForm) -> HttpResponse:
    bar_of_form = lock_context(request, form)
    if not request.htmx:
        return render(request, "console/desk/desk.html", list_context(request) | bar_of_form, status=WRONG)
    response = render(request, "console/desk/_lock_bar.html", bar_of_form, status=WRONG)
    response["HX-Retarget"], response["HX-Reswap"] = "#lock-bar", "outerHTML"
    return response


def _set_pin(request: HttpRequest, form: PinForm) -> bool:
    cleaned = form.cleaned_data
    try:
        desk_lock.set_pin(
            by=request.user,  # type: ignore[arg-type]
            password=cleaned.get("password", ""),
            pin=cleaned["pin"],
            now=timezone.now(),
        )
    except desk_lock.WeakPin:
        form.add_error("pin", _("Choose four to eight digits, not all the same and not in a row."))
    except desk_lock.WrongSecret:
        form.add_error("password", _("This is not your password."))
    return not form.errors


def _key(request: HttpRequest) -> str:
    """The gate lets nobody in without a session."""
    return str(request.session.session_key)
