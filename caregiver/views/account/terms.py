"""The terms of use. Nothing else waits for them: an emergency has no terms."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from caregiver.services.account import terms
from caregiver.views.core.gate import CaregiverRequest, caregiver_page, render_for_visitor


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """For everybody: one reads them before joining."""
    return render_for_visitor(
        request, "caregiver/account/terms.html", terms=terms.status_for(by=request.user)
    )


@require_POST
@caregiver_page
def accept(request: CaregiverRequest) -> HttpResponse:
    terms.agree_to_current(by=request.user, shown=request.POST.getlist("terms"), now=timezone.now())
    messages.success(request, _("Thank you. Saved."))
    return redirect("caregiver_home")
