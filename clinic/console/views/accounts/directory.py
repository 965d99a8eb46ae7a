"""The way to the hospital's directory and back. Everything else of allauth's stays shut.

The token is read only under one of the directory's published keys (`TokenAdapter`). State and PKCE are
looked at by allauth; PKCE stands for a nonce, so that a code which somebody slips in is worth nothing
(RFC 9700, 2.1.1).
"""

from collections.abc import Callable
from functools import wraps

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect import views as openid
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from clinic.console.directory import TokenAdapter, refuse
from clinic.models.audit_event import current_source
from clinic.services.core import rate_limits

View = Callable[[HttpRequest, str], HttpResponse]
TOO_MANY = 429


def _where_there_is_one(view: View) -> View:
    """404 without a directory; a page that says so where it does not answer, or answers nonsense."""

    @never_cache
    @require_GET
    @wraps(view)
    def guarded(request: HttpRequest, provider_id: str) -> HttpResponse:
        if not settings.OIDC_ISSUER or provider_id != settings.DIRECTORY:
            raise Http404
        # Each visit asks the directory something.
        if rate_limits.count_use(kind="directory", subject=current_source()):
            return HttpResponse(status=TOO_MANY)
        try:
            return view(request, provider_id)
        except (RequestException, ValueError, KeyError):
            return refuse(request, "no_answer")

    return guarded


@_where_there_is_one
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Only from our own pages: another site must not sign anybody out and in again."""
    if request.headers.get("Sec-Fetch-Site", "") in {"cross-site", "same-site"}:
        return redirect("account_login")
    # Allauth would take more from the address: linking, scopes, parameters for the directory.
    wanted = QueryDict(mutable=True)
    if "next" in request.GET:
        wanted["next"] = request.GET["next"]
    request.GET = wanted  # type: ignore[assignment]
    response: HttpResponse = openid.login(request, provider_id)
    return response


@login_not_required
@_where_there_is_one
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    view = OAuth2CallbackView.adapter_view(TokenAdapter(request, provider_id))
    response: HttpResponse = view(request)
    return response
