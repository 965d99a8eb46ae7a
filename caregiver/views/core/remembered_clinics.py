"""A signed cookie that names the clinics of this phone, so that their numbers show without a sign-in."""

from collections.abc import Iterable

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from clinic.models import Clinic

COOKIE = "__Host-clinic" if settings.SESSION_COOKIE_SECURE else "clinic"
COOKIE_AGE = 365 * 24 * 3600


def remembered_clinics(request: HttpRequest) -> list[str]:
    """Ids of the clinics that this phone has been signed in at."""
    try:
        return str(request.get_signed_cookie(COOKIE, max_age=COOKIE_AGE)).split(".")
    except (KeyError, signing.BadSignature):
        return []


def remember_clinics(request: HttpRequest, response: HttpResponse, clinics: Iterable[Clinic]) -> HttpResponse:
    """Keep them for a year; unchanged ones are not sent again."""
    ids = sorted({str(clinic.pk) for clinic in clinics})
    if ids and ids != remembered_clinics(request):
        response.set_signed_cookie(
            COOKIE,
            ".".join(ids),
            max_age=COOKIE_AGE,
            secure=bool(settings.SESSION_COOKIE_SECURE),
            httponly=True,
            samesite="Lax",
        )
    return response
