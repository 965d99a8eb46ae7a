"""Whether a member of staff still owes a second factor in this session."""

from collections.abc import Mapping
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest

from clinic.access import AnyUser
from clinic.models import User

# Recovery codes alone are no factor: they come with one and go with it.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
_ENROLLED_HERE = "second_factor_enrolled_here"
_PROVED_BY_DIRECTORY = "second_factor_proved_by_directory"


def is_enrolled(user: AnyUser) -> bool:
    """Whether the person has an authenticator app or a security key."""
    return bool(is_mfa_enabled(user, FACTORS))


def is_owed(user: AnyUser, session: Mapping[str, Any]) -> bool:
    """Whether this session may see nothing yet. In the demo, and for family, nothing is owed.

    It is not enough that the person has a factor: this very session must have shown it, or have
    enrolled it. Else a session stolen before the enrolment would be lifted by it. Where the hospital's
    directory asked for a factor at this sign-in, ours is not asked for.
    """
    if settings.DEMO or not isinstance(user, User) or not user.is_staff_member:
        return False
    if session.get(_PROVED_BY_DIRECTORY) == str(user.pk):
        return False
    return not (_shown_in(session) and is_enrolled(user))


def mark_as_proved(request: HttpRequest, user: User) -> None:
    """The directory has just asked this person for a second factor; holds for the sign-in under way."""
    request.proved_by_directory = user.pk  # type: ignore[attr-defined]


def is_proved(request: HttpRequest | None, user: AnyUser) -> bool:
    """Whether that is so of this very request."""
    return getattr(request, "proved_by_directory", None) == user.pk is not None


def remember_proof(request: HttpRequest, user: User) -> None:
    """Called as the session begins: it holds for this one and this person, and for no later one."""
    request.session.pop(_PROVED_BY_DIRECTORY, None)
    if is_proved(request, user):
        request.session[_PROVED_BY_DIRECTORY] = str(user.pk)


def _shown_in(session: Mapping[str, Any]) -> bool:
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return bool(session.get(_ENROLLED_HERE)) or any(record["method"] == "mfa" for record in records)


@receiver(authenticator_added)
def remember_enrolment(sender: object, request: HttpRequest, **kwargs: object) -> None:
    """Whoever enrols has just shown the factor."""
    request.session[_ENROLLED_HERE] = True
