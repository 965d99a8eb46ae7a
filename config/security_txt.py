"""Whom to tell of a hole, where those who find one look first (RFC 9116)."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

PATH = ".well-known/security.txt"
# Worked out at each answer, so it never lapses while somebody runs this; the standard wants less than a year.
_HOLDS = timedelta(days=180)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """404 while nobody has said whom to tell (SECURITY_CONTACT): a file without a contact is none."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    lines = (
        *(f"Contact: {one}" for one in settings.SECURITY_CONTACT),
        f"Expires: {_expires(timezone.now()):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, es",
        f"Canonical: {settings.PUBLIC_BASE_URL}/{PATH}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _expires(now: datetime) -> datetime:
    """The same for a whole day, so that caches agree."""
    return datetime.combine(now.astimezone(UTC).date() + _HOLDS, time(), tzinfo=UTC)
