"""Staff sign-in through django-allauth: who may use it, for how long, and where they land."""

import time
from datetime import timedelta
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.access import AnyUser, Permission, clinics_with
from clinic.console import second_factor
from clinic.models import User
from clinic.models.audit_event import current_source
from clinic.services.accounts import directory_sign_ins, new_browsers, sign_ins
from clinic.services.core import known_devices, secret_box

# "Signed in as …" tells nobody anything that the next page does not show.
_NOT_WORTH_SAYING = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})

_SEALED_FOR = {"salt": "clinic.console.accounts", "purpose": "second factor"}

# Tries with a wrong password; a right one takes its own back.
_PER_ADDRESS, _PER_PERSON = "10/m/ip", "5/300s/key"


class StaffAccountAdapter(DefaultAccountAdapter):
    """Nobody registers here: staff are added by their administrator. What is refused is said in our words."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("This account is closed. Ask the administrator of your clinic."),
        "email_password_mismatch": gettext_lazy("E-mail or password is not right."),
        "enter_current_password": gettext_lazy("This is not the password that you have now."),
        "incorrect_password": gettext_lazy("This password is not right."),
        "too_many_login_attempts": gettext_lazy(
            "Too many passwords that were not right. Wait five minutes, then try again."
        ),
        "rate_limited": gettext_lazy("Too many tries in a short time. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where no address is known, allauth refuses the sign-in."""
        return current_source() or super().get_client_ip(request)

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        second_factor.remember_proof(request, user)
        limit_session(request)
        now = timezone.now()
        sign_ins.record_own(action="sign_in.done", user=user, now=now)
        new_browsers.tell_if_new(
            user=user,
            marks=known_devices.marks_in(request.COOKIES.get(known_devices.COOKIE, "")),
            user_agent=request.headers.get("User-Agent", ""),
            source=current_source(),
            now=now,
        )

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Allauth's limits on wrong passwords, counted apart for a browser that the person has used before.

        Otherwise whoever knows an address could keep its owner out, from anywhere.
        """
        email = str(credentials.get("email") or "").strip().lower()
        marks = known_devices.marks_in(request.COOKIES.get(known_devices.COOKIE, ""))
        if sign_ins.is_known_device(email=email, marks=marks):
            self._login_failed_rl_usage = _count_try(request, _PER_PERSON, f"known:{email}")
        else:
            self._login_failed_rl_usage = _count_try(request, _PER_ADDRESS, email)
            if self._login_failed_rl_usage:
                of_person = _count_try(request, _PER_PERSON, email)
                if not of_person:
                    sign_ins.tell_of_guessing(email=email, now=timezone.now())
                    self._login_failed_rl_usage = None
                else:
                    self._login_failed_rl_usage.usage += of_person.usage
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = str(credentials.get("email") or credentials.get("username") or "")
        sign_ins.record_failure(email=email, now=timezone.now())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user)  # type: ignore[arg-type]

    def reauthenticate(self, user: User, password: str) -> bool:
        """Allauth looks for the address in its own table of e-mail addresses; ours is on the user."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Who has no password and no factor here shows once more at the directory that it is them."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if settings.OIDC_ISSUER and directory_sign_ins.is_linked(user=user):
            words = _("Sign in again with %(directory)s") % {"directory": settings.OIDC_NAME}
            url = reverse("openid_connect_login", args=[settings.DIRECTORY])
            methods.append({"id": settings.DIRECTORY, "description": words, "url": url})
        return methods

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has signed in a moment ago need not type the same password again to enrol a factor."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        if not get_reauthentication_flows(self.request.user):
            # Allauth takes who has neither password nor factor here as asked; the directory asks them again.
            raise ReauthenticationRequired
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in _NOT_WORTH_SAYING:
            super().add_message(request, level, message_template, *args, **kwargs)


class SealedSecretsAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps are encrypted at rest, under keys made from SECRET_KEY."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        # Of an app, a recovery code or a key.
        "incorrect_code": gettext_lazy("That did not match. Type the newest code, or use the key again."),
        "cannot_delete_authenticator": gettext_lazy("This second factor cannot be removed now."),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Set up an app or a key first: recovery codes stand in for one of them."
        ),
    }

    def is_mfa_enabled(self, user: AnyUser, types: Any = None) -> bool:
        """Not asked for at a sign-in for which the hospital's directory has just asked for a factor."""
        return not second_factor.is_proved(context.request, user) and super().is_mfa_enabled(user, types)

    def encrypt(self, text: str) -> str:
        return secret_box.seal(text, **_SEALED_FOR)

    def decrypt(self, encrypted_text: str) -> str:
        return secret_box.open_sealed(encrypted_text, **_SEALED_FOR)


def _count_try(request: HttpRequest, rate: str, key: str) -> Any:
    """What is taken back after a right password; None once there were too many."""
    return ratelimit.consume(
        request, app="allauth.account", action="login_failed", config={"login_failed": rate}, key=key
    )


def limit_session(request: HttpRequest) -> None:
    """Staff sessions end at a fixed moment after sign-in, however busy they are."""
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.STAFF_SESSION_AGE))


def home_of(user: User) -> str:
    """Where a person lands after sign-in."""
    if clinics_with(user, Permission.WATCH_CONSOLE).exists():
        return reverse("console_worklist")
    if clinics_with(user, Permission.SEE_STRAIN).exists():
        return reverse("console_strain")
    if user.is_staff and not user.staff_roles.filter(ended_at__isnull=True).exists():
        return reverse("admin:index")
    return reverse("account_home")
