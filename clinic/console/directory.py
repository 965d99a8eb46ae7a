"""Sign-in by the hospital's directory through allauth: who is let in, and what a refusal says."""

import logging
from typing import Any

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinic.console.second_factor import mark_as_proved
from clinic.rules.accounts import directory
from clinic.services.accounts import directory_sign_ins
from clinic.services.accounts.directory_sign_ins import DirectoryRefused

logger = logging.getLogger(__name__)

REFUSED, AWAY = 403, 503
# Of a pair of keys. With one of a shared secret, anybody could sign who reads the published key.
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
# OpenID Connect Core 1.0, section 2: what each token says.
ALWAYS_SAID = ["iss", "sub", "aud", "exp", "iat"]
# Seconds that its clock and ours may differ.
CLOCKS_APART = 60


class DirectoryAdapter(DefaultSocialAccountAdapter):
    """Nobody registers by it: who gets in is decided by `services/accounts/directory_sign_ins.py`."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Before anybody is signed in. What the directory told is used here and not kept."""
        account = sociallogin.account
        claims, account.extra_data = account.extra_data, {}
        linked = account.user if account.pk else None
        if linked is not None:
            account.save(update_fields=["extra_data"])
        try:
            identity = directory.identity_of(
                claims,
                groups_claim=settings.OIDC_GROUPS_CLAIM,
                proofs=settings.OIDC_PROOFS,
                email_is_verified=settings.OIDC_EMAIL_IS_VERIFIED,
            )
            user = directory_sign_ins.enter(identity=identity, linked=linked, now=timezone.now())
        except directory.ClaimsDiffer as differ:
            raise ImmediateHttpResponse(refuse(request, "no_answer")) from differ
        except DirectoryRefused as refused:
            raise ImmediateHttpResponse(refuse(request, refused.code)) from refused
        if linked is None:
            sociallogin.connect(request, user)
        if identity.proves_factor:
            mark_as_proved(request, user)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, **others: Any
    ) -> None:
        code = "cancelled" if error == AuthError.CANCELLED else "no_answer"
        raise ImmediateHttpResponse(refuse(request, code))


class TokenAdapter(OpenIDConnectOAuth2Adapter):
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


def refuse(request: HttpRequest, code: str) -> HttpResponse:
    """A page that says why, and which other door there is. Codes: those of DirectoryRefused, "cancelled",
    "no_answer"."""
    if code == "no_answer":
        logger.warning("the hospital's directory gave no answer that can be used")
    status = AWAY if code == "no_answer" else REFUSED
    context = {"code": code, "directory": settings.OIDC_NAME}
    return render(request, "account/directory_refused.html", context, status=status)
