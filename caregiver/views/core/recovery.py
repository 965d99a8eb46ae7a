"""When a form cannot be taken as it came: nothing typed is lost, and whom to call is said."""

import logging
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from caregiver.queries.household import call_numbers
from caregiver.views.core import held_forms
from caregiver.views.core.gate import render_for_clinics
from caregiver.views.core.remembered_clinics import remembered_clinics
from clinic.access import patients_cared_for_by
from clinic.models import Clinic
from clinic.services.patients import invitations

logger = logging.getLogger(__name__)

# A secret is never written into a page; those forms are short and are filled in again.
_SECRETS = ("password", "code", "otp", "csrfmiddlewaretoken")


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is stale: show everything again behind one button. Only to our own pages.

    A browser that keeps no cookies, as those inside other apps do, can send nothing at all: it is told so,
    and the way out. An emergency is shown first: whom to call waits for no token.
    """
    if not _is_from_here(request):
        return HttpResponse(_("This request came from another site and was refused."), status=403)
    fields = [
        (key, value)
        for key in request.POST
        if not any(secret in key.lower() for secret in _SECRETS)
        for value in request.POST.getlist(key)
    ]
    has_secret = any(secret in key.lower() for key in request.POST for secret in _SECRETS[:3])
    path = request.get_full_path()
    context: dict[str, Any] = {"path": path, "fields": fields, "has_secret": has_secret}
    if not request.COOKIES.keys() & {settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_NAME}:
        context |= {"keeps_no_cookies": True, "address": request.build_absolute_uri(path)}
    return render_for_clinics(
        request,
        "caregiver/core/send_again.html",
        status=403,
        clinics=_clinics_of(request),
        **context,
        **held_forms.call_now_context(request),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke, or the database takes nothing. An emergency in what was sent is answered first.

    Whatever cannot be read any more, of the rules or of the numbers, is left out; this page comes always.
    """
    context: dict[str, Any] = {}
    try:
        context = held_forms.call_now_context(request, without_database=True)
        if context:
            context["contacts"] = ()
            remembered = remembered_clinics(request)
            context["contacts"] = call_numbers.for_visitor(remembered=remembered, now=timezone.now())
    except Exception:
        logger.exception("the page about a failure does with less")
    return HttpResponse(render_to_string("500.html", context), status=500)


@never_cache
@require_safe
def continue_form(request: HttpRequest) -> HttpResponse:
    """After signing in: the form that came without a session, ready to go on with one tap."""
    form = held_forms.held_form(request)
    if form is None and held_forms.drop_if_too_old(request):
        messages.info(request, held_forms.TOO_OLD)
    if form is None or not request.user.is_authenticated:
        return redirect("caregiver_home")
    return render_for_clinics(
        request,
        "caregiver/core/continue.html",
        clinics=[one.clinic for one in patients_cared_for_by(request.user).select_related("clinic")],
        path=form["path"],
        fields=form["fields"],
    )


def _clinics_of(request: HttpRequest) -> list[Clinic]:
    """Of an invitation whose link is in the address; anybody else sees the numbers of every visitor."""
    match = request.resolver_match
    token = match.kwargs.get("token") if match and match.url_name == "caregiver_join" else None
    clinic = invitations.clinic_of(token=token) if token else None
    return [clinic] if clinic else []


def _is_from_here(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(origin).netloc == request.get_host()
