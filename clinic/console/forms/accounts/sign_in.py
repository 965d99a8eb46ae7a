"""The forms of django-allauth that staff see, with our labels."""

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as factors
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from clinic.console.accounts import limit_session


class WithLabels(forms.Form):
    """Allauth says each label twice: the second stands inside the field, and is gone once somebody types."""

    labels: ClassVar[dict[str, Any]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)


class LoginForm(WithLabels, account.LoginForm):
    """Allauth would also stretch the session to that of families."""

    labels: ClassVar = {"login": _("E-mail"), "password": _("Password")}

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        response: HttpResponse = super().login(request, redirect_url=redirect_url)
        limit_session(request)
        return response


class ReauthenticateForm(WithLabels, account.ReauthenticateForm):
    labels: ClassVar = {"password": _("Password")}


class ChangePasswordForm(WithLabels, account.ChangePasswordForm):
    labels: ClassVar = {
        "oldpassword": _("The password that you have now"),
        "password1": _("New password"),
        "password2": _("The new password again"),
    }


class SecondFactorForm(WithLabels, factors.AuthenticateForm):
    labels: ClassVar = {"code": _("Code")}


class SecondFactorAgainForm(WithLabels, factors.ReauthenticateForm):
    labels: ClassVar = {"code": _("Code")}


class AppForm(WithLabels, totp.ActivateTOTPForm):
    labels: ClassVar = {"code": _("Code from the app")}


class AddKeyForm(WithLabels, webauthn.AddWebAuthnForm):
    labels: ClassVar = {"name": _("Name of the key")}


class RenameKeyForm(WithLabels, webauthn.EditWebAuthnForm):
    labels: ClassVar = {"name": _("Name of the key")}
