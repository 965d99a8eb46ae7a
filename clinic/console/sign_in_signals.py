"""What allauth tells of passwords, second factors and sign-outs: written to the audit, told to the owner."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from clinic import row_scope
from clinic.models import User
from clinic.services.accounts import own_notices, sign_ins
from clinic.services.accounts.own_notices import Changed


@receiver(user_logged_in)
def on_sign_in(user: User, request: HttpRequest | None = None, **_: Any) -> None:
    """For the rest of a request that began without them what is theirs is there; later ones begin with it."""
    if getattr(request, "rows_follow_sign_in", False):
        row_scope.enter_person(user.pk)


@receiver(user_logged_out)
def on_sign_out(user: User | None = None, **_: Any) -> None:
    if user is not None:
        sign_ins.record_own(action="sign_out.done", user=user, now=timezone.now())


@receiver([password_changed, password_set, password_reset])
def on_password(user: User, **_: Any) -> None:
    now = timezone.now()
    sign_ins.record_secret_changed(action="password.changed", because="password", user=user, now=now)
    own_notices.tell_changed(user=user, what=Changed.PASSWORD, now=now)


@receiver(authenticator_added)
def on_factor_added(user: User, authenticator: Authenticator, **_: Any) -> None:
    _record_factor("factor.added", user, authenticator)
    own_notices.tell_changed(user=user, what=Changed.FACTOR, now=timezone.now())


@receiver(authenticator_removed)
def on_factor_removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    sign_ins.record_secret_changed(
        action="factor.removed",
        because="factor",
        user=user,
        now=timezone.now(),
        detail={"type": str(authenticator.type)},
    )
    own_notices.tell_changed(user=user, what=Changed.FACTOR, now=timezone.now())


@receiver(authenticator_reset)
def on_factor_reset(user: User, authenticator: Authenticator, **_: Any) -> None:
    """Recovery codes were made anew."""
    _record_factor("factor.renewed", user, authenticator)
    own_notices.tell_changed(user=user, what=Changed.FACTOR, now=timezone.now())


@receiver(authenticator_used)
def on_factor_used(user: User, authenticator: Authenticator, **_: Any) -> None:
    """The sign-in that follows has a row of its own; that it took a recovery code is worth one."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _record_factor("factor.recovery_code_used", user, authenticator)


@receiver(authentication_failed)
def on_factor_failed(user: User, authenticator: Authenticator, **_: Any) -> None:
    sign_ins.record_attempt(
        action="factor.failed", user=user, now=timezone.now(), detail={"type": str(authenticator.type)}
    )


def _record_factor(action: str, user: User, authenticator: Authenticator) -> None:
    sign_ins.record_own(
        action=action, user=user, now=timezone.now(), detail={"type": str(authenticator.type)}
    )
