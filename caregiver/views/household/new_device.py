"""A phone that is new here: what works, what waits, and who opens it."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from caregiver.queries.household import new_device
from caregiver.services.check_in import home
from caregiver.views.core.gate import caregiver_page, render_for_clinics


@never_cache
@caregiver_page
def show(request: HttpRequest, status: int = 200) -> HttpResponse:
    """In place of every page that waits."""
    found = new_device.of_caregiver(by=request.user)  # type: ignore[arg-type]
    alert = home.open_of_device(by=request.user, sent=found.sent, now=timezone.now())  # type: ignore[arg-type]
    return render_for_clinics(
        request,
        "caregiver/household/new_device.html",
        clinics=[one.clinic for one in found.patients],
        status=status,
        found=found,
        sent_and_open=alert,
    )
