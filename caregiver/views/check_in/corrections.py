"""Putting a sent report right."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from caregiver.services.check_in import corrections
from caregiver.views.core.gate import CaregiverRequest, caregiver_page


@require_POST
@caregiver_page
def correct(request: CaregiverRequest, report_id: UUID) -> HttpResponse:
    try:
        draft = corrections.begin(by=request.user, report_id=report_id, now=timezone.now())
    except corrections.TooLate:
        messages.info(request, _("This report can no longer be changed. Send a new one."))
    except corrections.UnfinishedFirst:
        messages.info(
            request, _("You have a check-in that is not sent. Send it or start over, then change this.")
        )
    else:
        return redirect("caregiver_check_in_review", draft.patient_id)
    return redirect("caregiver_result", report_id)
