"""What stands where no page is. Staff keep the console's bar, so that an old link leads on."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.defaults import page_not_found

from clinic.console.second_factor import is_owed
from clinic.models import User
from clinic.queries.desk import header

logger = logging.getLogger(__name__)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The bar asks for the person's roles alone; what fails there leaves the page that everybody gets."""
    try:
        desk = _desk_of(request)
        if desk is not None:
            page = render_to_string("console/core/not_found.html", {"desk": desk}, request)
            return HttpResponseNotFound(page, headers={"Cache-Control": "no-store"})
    except Exception:
        logger.exception("the page that is not found does without the bar")
    return page_not_found(request, exception)


def _desk_of(request: HttpRequest) -> header.DeskHeader | None:
    """As the gate found it, where the request came that far; None for whoever is not at work here."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_staff_member or is_owed(user, request.session):
        return None
    if request.path.startswith(settings.API_PATHS):
        return None
    desk: header.DeskHeader = getattr(request, "desk", None) or header.of_user(user=user, now=timezone.now())
    return desk if desk.permissions else None
