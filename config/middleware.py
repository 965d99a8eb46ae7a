"""Three small gates that every request passes: where it comes from, its language, a second factor."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

GetResponse = Callable[[HttpRequest], HttpResponse]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def fetch_metadata(get_response: GetResponse) -> GetResponse:
    """Refuse a changing request that a browser says another site started (Fetch Metadata).

    The vendor's webhooks come from no browser and send no such header.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        site = request.headers.get("Sec-Fetch-Site", "")
        if request.method not in SAFE_METHODS and site in {"cross-site", "same-site"}:
            return HttpResponse(_("This request came from another site and was refused."), status=403)
        return get_response(request)

    return middleware


def own_language(get_response: GetResponse) -> GetResponse:
    """Speak the signed-in person's stored language; visitors keep the one their browser asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return get_response(request)

    return middleware


def staff_second_factor(get_response: GetResponse) -> GetResponse:
    """Staff see nothing before they have enrolled a second factor; the demo lets a password do.

    Verification at each sign-in is allauth's; it does not force enrolment, so this does.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if settings.DEMO or not user.is_authenticated or not user.is_staff_member:
            return get_response(request)
        if request.path.startswith(("/accounts/", "/static/", "/health/")) or is_mfa_enabled(user):
            return get_response(request)
        return redirect("mfa_index")

    return middleware
