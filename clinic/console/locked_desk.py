"""What a locked session may still ask for: the list without names, the lock itself, and the way out."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from clinic.models import User
from clinic.services.desk import lock

# Everything else that a session opens shows names, or could change who gets in. Guidance shows nobody, and a
# text that is being written must not be lost to a lock.
OPEN_WHILE_LOCKED = ("/console/desk/", "/accounts/logout/", "/cms/", "/learn/", "/static/", "/health/")
MASKED_PATHS = ("/console/", "/console/worklist/")
LOCKED = 423


def is_locked(request: HttpRequest) -> bool:
    """Whether a member of staff's session hides names now. Families and tokens have no desk."""
    key = request.session.session_key
    if (
        not key
        or _is_by_token(request)
        or not isinstance(request.user, User)
        or not request.user.is_staff_member
    ):
        return False
    return lock.is_locked(session_key=key, now=timezone.now())


def is_hidden_while_locked(path: str) -> bool:
    """Whether a locked session is kept from this address."""
    return not (path in MASKED_PATHS or path.startswith(OPEN_WHILE_LOCKED))


def redirect_to_list(request: HttpRequest) -> HttpResponse:
    """A refetch is told that it is locked; a page becomes the list, which leads back after the unlock."""
    if request.headers.get("HX-Request") or request.path.startswith(settings.API_PATHS):
        return HttpResponse(status=LOCKED)
    wanted = request.get_full_path() if request.method == "GET" else ""
    query = f"?{urlencode({'next': wanted})}" if wanted.startswith("/console/") else ""
    return HttpResponseRedirect(reverse("console_worklist") + query)


def note_activity(request: HttpRequest) -> None:
    """Note a sign of the person on the console: a page they opened, a button they pressed. Not a refetch.

    Who has never opened the console has no desk to lock.
    """
    key = request.session.session_key
    if key and isinstance(request.user, User) and (request.method == "POST" or not _is_refetch(request)):
        lock.note_activity(session_key=key, user=request.user, now=timezone.now())


def note_activity_elsewhere(request: HttpRequest) -> None:
    """The same on other pages of staff, such as their account or the guidance editor."""
    key = request.session.session_key
    if key and not request.path.startswith(("/console/", *settings.API_PATHS)):
        lock.refresh_activity(session_key=key, now=timezone.now())


def _is_by_token(request: HttpRequest) -> bool:
    """The API then never asks the session, whether the token is good or not."""
    scheme = request.headers.get("Authorization", "").partition(" ")[0]
    return request.path.startswith(settings.API_PATHS) and scheme.lower() == "bearer"


def _is_refetch(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request"))
