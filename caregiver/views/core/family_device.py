"""On which of a family's devices a request comes, and what waits where nobody has said that it is theirs.

Every address is shut on a device that waits unless OPEN names it, so a new page is shut by itself.
"""

from secrets import token_urlsafe

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from caregiver.views.core import held_forms
from clinic import device_scope
from clinic.device_scope import DeviceScope
from clinic.models import FamilyDevice, User
from clinic.services.core import known_devices
from clinic.services.patients import family_devices
from clinic.services.patients.family_devices import Arrival

# Browsers keep the first on https and on this machine itself.
COOKIE = "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"
COOKIE_AGE = 365 * 24 * 3600
_SESSION_KEY = "family_device"

# What is needed to report and to read what that led to; the advice of an emergency waits for nobody.
_TO_REPORT = {
    "caregiver_home",
    "caregiver_patient",
    "caregiver_check_in",
    "caregiver_check_in_step",
    "caregiver_check_in_review",
    "caregiver_start_over",
    "caregiver_correct",
    "caregiver_result",
    "caregiver_report_status",
    "caregiver_worry",
    "caregiver_worry_status",
    "caregiver_enrol_phone",
    "caregiver_phone_state",
    "api_report",
}
# What shows nobody's data, or knows a secret of its own and no session.
_OF_NOBODY = {
    "caregiver_terms",
    "caregiver_language",
    "caregiver_sign_in",
    "caregiver_sign_in_code",
    "caregiver_sign_in_who",
    "caregiver_sign_out",
    "caregiver_continue",
    "caregiver_join",
    "caregiver_join_resend",
    "caregiver_learn",
    "caregiver_guidance",
    "caregiver_guidance_read",
    "caregiver_guidance_answer",
    "caregiver_guidance_clear",
    "caregiver_guidance_versions",
    "caregiver_picture",
    "caregiver_learn_offline",
    "caregiver_guidance_offline",
    "caregiver_service_worker",
    "caregiver_manifest",
    "caregiver_offline",
    # Tells the phone to forget what it took along.
    "caregiver_pack",
    "caregiver_revoke_phone",
    "caregiver_held_reports",
    "caregiver_offline_report",
    "caregiver_offline_worry",
    "emergency_room",
    "console_calendar_feed",
    "console_push_worker",
    "account_login",
    "api_schema",
    "api_docs",
    "api_nothing_here",
    "twilio_status",
    "twilio_inbound",
    "twilio_voice",
    "keypad_incoming",
    "keypad_called",
    "keypad_turn",
    "health_live",
    "health_ready",
    "health_engine",
    "metrics",
    "browser_reports",
    "security_txt",
    # The demo's.
    "sent_messages",
}
OPEN = frozenset(_TO_REPORT | _OF_NOBODY)


def identify(request: HttpRequest) -> DeviceScope | None:
    """The device of a signed-in caregiver; None for anybody else. One that has ended is signed out."""
    user = request.user
    if not isinstance(user, User) or user.is_staff_member:
        return None
    now = timezone.now()
    device = family_devices.find(device_id=request.session.get(_SESSION_KEY), user=user)
    if device is None:
        # Signed in before devices were kept: what such a browser has seen is known to it.
        marks = known_devices.marks_in(request.COOKIES.get(known_devices.COOKIE, ""))
        return note_sign_in(request, user, arrival="mark" if known_devices.mark_of(user) in marks else "code")
    if device.ended_at is not None:
        logout(request)
        return None
    family_devices.note_seen(device=device, now=now)
    return _scope_of(device)


def note_sign_in(request: HttpRequest, user: User, *, arrival: Arrival = "code") -> DeviceScope:
    """Somebody is signed in here from now on; `arrival`: what shows that it is them."""
    secret = request.COOKIES.get(COOKIE, "")
    if not family_devices.is_secret(secret):
        secret = _new_secret(request)
    request.device_secret = secret  # type: ignore[attr-defined]
    device = family_devices.arrive(
        user=user,
        browser=secret,
        user_agent=request.headers.get("User-Agent", ""),
        arrival=arrival,
        now=timezone.now(),
    )
    request.session[_SESSION_KEY] = str(device.pk)
    scope = _scope_of(device)
    device_scope.enter(scope)
    return scope


def _new_secret(request: HttpRequest) -> str:
    """The same for requests of one session that come at once, before the first answer has brought it."""
    key = request.session.session_key
    return (
        salted_hmac("caregiver.family-device", key, algorithm="sha256").hexdigest()
        if key
        else token_urlsafe(32)
    )


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The browser keeps its secret; for another year with each sign-in."""
    secret = getattr(request, "device_secret", "")
    if secret:
        response.set_cookie(
            COOKIE,
            secret,
            max_age=COOKIE_AGE,
            secure=bool(settings.SESSION_COOKIE_SECURE),
            httponly=True,
            samesite="Lax",
        )
    return response


def waits(request: HttpRequest) -> bool:
    """Whether the signed-in person's device waits until somebody says that it is theirs."""
    user = getattr(request, "user", None)
    return user is not None and device_scope.waiting_device_of(user.pk) is not None


def opens_by_code(request: HttpRequest) -> bool:
    """Whether it waits for nothing but the code that goes to their number."""
    user = getattr(request, "user", None)
    device = device_scope.waiting_device_of(user.pk) if user is not None else None
    return device is not None and device.opens_by_code


def has_ended(request: HttpRequest) -> bool:
    """Whether this browser was somebody's device, and is nobody's any more."""
    secret = request.COOKIES.get(COOKIE, "")
    return family_devices.is_secret(secret) and family_devices.has_ended(browser=secret)


def is_shut(request: HttpRequest) -> bool:
    """Whether what is asked for waits. A call of the API by a token is the token's, whoever is signed in."""
    if not waits(request):
        return False
    is_by_token = request.path.startswith(settings.API_PATHS) and "Authorization" in request.headers
    match = request.resolver_match
    return not is_by_token and (match is None or match.view_name not in OPEN)


def refuse_program(request: HttpRequest) -> HttpResponse | None:
    """What a script or a program is told; None where a person reads the answer."""
    if request.path.startswith((*settings.API_PATHS, "/sync/")):
        message = _("This phone is new. Somebody who knows you must say that it is yours.")
        problem = {"code": "device_waits", "message": message, "fields": {}}
        return JsonResponse({"error": problem}, status=403)
    return HttpResponse(status=403) if held_forms.is_part_of_a_page(request) else None


def _scope_of(device: FamilyDevice) -> DeviceScope:
    return DeviceScope(
        id=device.pk,
        user_id=device.user_id,
        waits=not device.is_known,
        sent=frozenset(device.sent),
        opens_by_code=device.opens_by_code,
    )
