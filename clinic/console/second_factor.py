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


def is_enrolled(user: AnyUser) -> bool:
    """Whether the person has an authenticator app or a security key."""
    return bool(is_mfa_enabled(user, FACTORS))


def is_owed(user: AnyUser, session: Mapping[str, Any]) -> bool:
    """Whether this session may see nothing yet. In the demo, and for family, nothing is owed.

    It is not enough that the person has a factor: this very session must have shown it, or have
    enrolled it. Else a session stolen before the enrolment would be lifted by it.
    """
    if settings.DEMO or not isinstance(user, User) or not user.is_staff_member:
        return False
    return not (_shown_in(session) and is_enrolled(user))


def _shown_in(session: Mapping[str, Any]) -> bool:
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return bool(session.get(_ENROLLED_HERE)) or any(record["method"] == "mfa" for record in records)


@receiver(authenticator_added)
def remember_enrolment(sender: object, request: HttpRequest, **kwargs: object) -> None:
    """Whoever enrols has just shown the factor."""
    request.session[_ENROLLED_HERE] = True
