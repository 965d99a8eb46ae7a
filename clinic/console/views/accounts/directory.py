"""The way to the hospital's directory and back. Everything else of allauth's stays shut.

The token is read only under one of the directory's published keys (`TokenAdapter`). State and PKCE are
looked at by allauth; PKCE stands for a nonce, so that a code which somebody slips in is worth nothing
(RFC 9700, 2.1.1).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import jwt
from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect import views as openid
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from clinic.console.directory import refuse
from clinic.models.audit_event import current_source
from clinic.services.core import rate_limits

View = Callable[[HttpRequest, str], HttpResponse]
TOO_MANY = 429
# Of a pair of keys. With one of a shared secret, anybody could sign who reads the published key.
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
# OpenID Connect Core 1.0, section 2: what each token says.
ALWAYS_SAID = ["iss", "sub", "aud", "exp", "iat"]
# Seconds that its clock and ours may differ.
CLOCKS_APART = 60


class TokenAdapter(openid.OpenIDConnectOAuth2Adapter):
    """Allauth trusts a token that it fetched by itself; here its signature counts as well."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """What the directory has signed for us. OAuth2Error: another key, audience, issuer or time."""
        try:
            return jwt.decode(
                id_token,
                self._key_of(id_token),
                algorithms=SIGNED_BY,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCKS_APART,
                options={"require": ALWAYS_SAID},
            )
        # TypeError: the token names a way to sign that its key is not made for.
        except (jwt.PyJWTError, TypeError) as error:
            raise OAuth2Error("a token that the directory has not signed for us") from error

    def _key_of(self, id_token: str) -> Any:
        """Read anew at each sign-in: a key that the directory has withdrawn opens nothing."""
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
            published = jwt.PyJWKSet.from_dict(response.json()).keys
        named = jwt.get_unverified_header(id_token).get("kid")
        fitting = [one for one in published if named in (None, one.key_id)]
        # A token need not name its key where there is but one (Core 1.0, 10.1).
        if len(fitting) != 1:
            raise OAuth2Error("a key that the directory has not published")
        return fitting[0].key


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
