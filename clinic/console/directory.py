"""Sign-in by the hospital's directory through allauth: who is let in, and what a refusal says."""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError
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


def refuse(request: HttpRequest, code: str) -> HttpResponse:
    """A page that says why, and which other door there is. Codes: those of DirectoryRefused, "cancelled",
    "no_answer"."""
    if code == "no_answer":
        logger.warning("the hospital's directory gave no answer that can be used")
    status = AWAY if code == "no_answer" else REFUSED
    context = {"code": code, "directory": settings.OIDC_NAME}
    return render(request, "account/directory_refused.html", context, status=status)
