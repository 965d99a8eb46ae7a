"""Small gates that every request passes: its size, its language, a second factor."""

import time
from collections.abc import Callable
from typing import cast

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from caregiver.views.core import family_device as device_of_family
from caregiver.views.household import new_device
from clinic import device_scope, row_scope
from clinic.console import locked_desk as desk
from clinic.console.second_factor import is_enrolled, is_owed
from clinic.models import User
from clinic.services.core import known_devices

GetResponse = Callable[[HttpRequest], HttpResponse]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What somebody needs in order to enrol a second factor, and what shows nobody's data.
BEFORE_SECOND_FACTOR = (
    "/accounts/2fa/",
    "/accounts/login/",
    "/accounts/oidc/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
    "/static/",
    "/health/",
    settings.REPORTS_PATH,
    "/.well-known/",
)


ADMIN = "/admin/"
# Signed by the provider, or counts without anybody in them.
FOR_ALL_CLINICS = ("/hooks/", "/health/", "/metrics")
_ADMIN_SEEN_AT = "admin_seen_at"


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's, but a request under an old session key takes nobody's new one away.

    Signing in changes the key. What the phone had asked for just before (the service worker fetches the
    shell meanwhile) arrives under the key that is gone, and Django answers it by deleting the cookie, which
    on a slow network is by then the new one. Only a request that ended a session itself deletes it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        answered = super().process_response(request, response)
        if not request.session.modified and not request.session.session_key:
            answered.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        return answered


def length_is_a_number(get_response: GetResponse) -> GetResponse:
    """Refuse a length that is none: not every server does, and libraries read it as a number."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if not (length.isascii() and length.isdigit() and len(length) < 20):
            return HttpResponse(status=400)
        return get_response(request)

    return middleware


def compressed_pages(get_response: GetResponse) -> GetResponse:
    """Pages for phones on bad networks go out compressed; programs that call the API need no such thing.

    Tokens in pages are masked anew for each answer, and Django pads the length against BREACH.
    """
    compressing = GZipMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(settings.API_PATHS):
            return get_response(request)
        return cast(HttpResponse, compressing(request))

    return middleware


def browser_rules(get_response: GetResponse) -> GetResponse:
    """Which abilities of a device pages may use, and where the browser reports what it refused.

    On every answer, files and errors too. The content policy names the same place; config/browser_reports.py.
    """
    policy = ", ".join(f"{name}=({allowed})" for name, allowed in settings.PERMISSIONS_POLICY.items())

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", policy)
        response.headers["Reporting-Endpoints"] = f'{settings.REPORTS_NAME}="{settings.REPORTS_PATH}"'
        return response

    return middleware


def fetch_metadata(get_response: GetResponse) -> GetResponse:
    """Refuse a changing request that a browser says another site started (Fetch Metadata).

    The vendor's webhooks come from no browser and send no such header.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        site = request.headers.get("Sec-Fetch-Site", "")
        if request.method not in SAFE_METHODS and site in {"cross-site", "same-site"}:
            return HttpResponse(_("This request came from another site and was refused."), status=403)
        return get_response(request)

    return middleware


def family_device(get_response: GetResponse) -> GetResponse:
    """Which of a family's devices this is. Whoever is signed in on one that has ended is not any more."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = device_scope.enter(None)
        try:
            device_scope.enter(device_of_family.identify(request))
            return device_of_family.remember(request, get_response(request))
        finally:
            device_scope.leave(token)

    return middleware


class NewFamilyDevice:
    """On a device that nobody has said is theirs, whatever is not open is answered with what waits, and why.

    Last of all, so that the page speaks the person's language; before any view.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if not device_of_family.is_shut(request):
            return None
        return device_of_family.refuse_program(request) or new_device.show(request, status=403)


def rows_of_person(get_response: GetResponse) -> GetResponse:
    """The database gives out rows of this person's clinics alone, to a visitor none (clinic/row_scope.py).

    Operators look after all clinics on their own pages; callbacks and figures are of no clinic.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        is_operator = request.path.startswith(ADMIN) and user.is_authenticated and user.is_staff
        if is_operator or request.path.startswith(FOR_ALL_CLINICS):
            with row_scope.everything():
                return get_response(request)
        token = row_scope.enter_person(user.pk) if user.is_authenticated else row_scope.enter_nobody()
        # Read when somebody signs in (clinic/console/sign_in_signals.py).
        request.rows_follow_sign_in = True  # type: ignore[attr-defined]
        try:
            return get_response(request)
        finally:
            row_scope.leave(token)

    return middleware


def own_language(get_response: GetResponse) -> GetResponse:
    """Speak the signed-in person's stored language; visitors keep the one their browser asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return get_response(request)

    return middleware


def no_nul(get_response: GetResponse) -> GetResponse:
    """No page is there under an address with a NUL, which PostgreSQL neither stores nor compares.

    The API says by itself what is wrong with a parameter, and forms say it of a field.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        parameters = (text for pair in request.GET.lists() for text in (pair[0], *pair[1]))
        if not request.path.startswith(settings.API_PATHS) and "\x00" in request.path + "".join(parameters):
            raise Http404
        return get_response(request)

    return middleware


def known_device(get_response: GetResponse) -> GetResponse:
    """A page that somebody sees signed in makes the browser one of theirs (core/known_devices.py)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        user = request.user
        if not isinstance(user, User) or not _is_page(response):
            return response
        marks = known_devices.marks_in(request.COOKIES.get(known_devices.COOKIE, ""))
        mark = known_devices.mark_of(user)
        if mark not in marks and not is_owed(user, request.session):
            response.set_cookie(
                known_devices.COOKIE,
                known_devices.with_mark(marks, mark),
                max_age=known_devices.COOKIE_AGE,
                secure=True,
                httponly=True,
                samesite="Lax",
            )
        return response

    return middleware


def _is_page(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def staff_second_factor(get_response: GetResponse) -> GetResponse:
    """Staff see nothing before a second factor; the demo lets a password do.

    Asking for it at each sign-in is allauth's; it does not force enrolment, so this does.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(BEFORE_SECOND_FACTOR) or not is_owed(request.user, request.session):
            return get_response(request)
        message = _("Sign in with a second factor first.")
        if request.path.startswith(settings.API_PATHS):
            problem = {"code": "second_factor_needed", "message": message, "fields": {}}
            return JsonResponse({"error": problem}, status=403)
        if is_enrolled(request.user):
            # They have one, but came in by a door that does not ask for it.
            logout(request)
            return redirect_to_login(request.get_full_path())
        return redirect("mfa_index")

    return middleware


def idle_admin(get_response: GetResponse) -> GetResponse:
    """Whoever comes to the operators' admin after a rest, or long after they signed in, signs in again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ADMIN) or not request.user.is_authenticated:
            return get_response(request)
        now = time.time()
        seen_at = max(request.session.get(_ADMIN_SEEN_AT, 0), _signed_in_at(request))
        if now - seen_at > settings.ADMIN_IDLE_SECONDS:
            logout(request)
            return redirect_to_login(request.get_full_path() if request.method == "GET" else ADMIN)
        request.session[_ADMIN_SEEN_AT] = now
        return get_response(request)

    return middleware


def _signed_in_at(request: HttpRequest) -> float:
    """When this session last showed a password or a second factor."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    last = getattr(request.user, "last_login", None)
    without_records = last.timestamp() if last else 0
    return float(max((record.get("at", 0) for record in records), default=without_records))


def locked_desk(get_response: GetResponse) -> GetResponse:
    """A session that is locked sees the list without names, and nothing else until somebody unlocks it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.desk_locked = desk.is_locked(request)  # type: ignore[attr-defined]
        if request.desk_locked and desk.is_hidden_while_locked(request.path):  # type: ignore[attr-defined]
            return desk.redirect_to_list(request)
        if isinstance(request.user, User) and request.user.is_staff_member:
            desk.note_activity_elsewhere(request)
        return get_response(request)

    return middleware
