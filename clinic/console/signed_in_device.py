"""Which notified device a session belongs to, so that signing out there ends its notices too."""

from collections.abc import Sequence
from uuid import UUID

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from clinic.models import User
from clinic.services.accounts import sign_ins
from clinic.services.core import devices


def remember(request: HttpRequest, device_id: UUID) -> None:
    """The session that asked for the notices is the one whose end stops them."""
    request.session[devices.SESSION_KEY] = str(device_id)


@receiver(user_logged_out)
def forget(sender: object, request: HttpRequest | None, user: User | None, **kwargs: object) -> None:
    """A desk, or a phone, that somebody has signed out of rings for the next person only."""
    kept = _device_of(request)
    if user and kept:
        devices.remove(by=user, device_id=kept, now=timezone.now())


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Signing out everywhere else, as after losing a phone, ends notices there and all API tokens too."""

    def end_sessions(self, sessions: Sequence[UserSession]) -> None:
        super().end_sessions(sessions)
        sign_ins.end_elsewhere(
            user=self.request.user, keep_device_id=_device_of(self.request), now=timezone.now()
        )


def _device_of(request: HttpRequest | None) -> UUID | None:
    kept = request.session.get(devices.SESSION_KEY) if request and hasattr(request, "session") else None
    return UUID(kept) if kept else None
