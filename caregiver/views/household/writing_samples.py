"""The written sentence: sent as a picture, shown beside the first one."""

from uuid import UUID

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caregiver.forms.household.writing_samples import WritingForm
from caregiver.queries.household import writing_samples as queries
from caregiver.views.core.gate import CaregiverRequest, asks_family, caregiver_page, render_for_clinics
from clinic.services.reports import pictures, writing_samples

WRONG = 422


@require_http_methods(["GET", "HEAD", "POST"])
@caregiver_page
@asks_family
def sentence(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return _render(request, patient_id, WritingForm())
    form = WritingForm(request.POST, request.FILES)
    if not form.is_valid():
        return _render(request, patient_id, form, status=WRONG)
    sent = form.cleaned_data["picture"]
    try:
        # Of a file that is too large, no more is read than shows that it is.
        data = sent.read(pictures.LARGEST_BYTES + 1)
        writing_samples.keep(patient_id=patient_id, by=request.user, data=data, now=timezone.now())
    except pictures.TooLarge:
        form.add_error("picture", _("This picture is too large. Take a new photo."))
    except pictures.NotAPicture:
        form.add_error("picture", _("We cannot read this photo. Send a JPEG or PNG."))
    else:
        messages.success(request, _("The clinic has the picture. Compare the two."))
        return redirect("caregiver_writing", patient_id)
    return _render(request, patient_id, form, status=WRONG)


# Opened by itself it is a download in a sandbox: nothing in it could ever act as a page of ours.
@require_safe
@csp_update({"sandbox": True})
@caregiver_page
def picture(request: CaregiverRequest, sample_id: UUID) -> HttpResponse:
    """For the patient's family and staff alike; each look is on record."""
    sample = writing_samples.open_sample(sample_id=sample_id, by=request.user, now=timezone.now())
    response = HttpResponse(bytes(sample.picture), content_type="image/jpeg")
    response["Content-Disposition"] = f'attachment; filename="{sample.pk}.jpg"'
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _render(
    request: CaregiverRequest, patient_id: UUID, form: WritingForm, *, status: int = 200
) -> HttpResponse:
    page = queries.of_patient(by=request.user, patient_id=patient_id, now=timezone.now())
    return render_for_clinics(
        request,
        "caregiver/household/writing.html",
        patient=page.patient,
        day=page.day,
        status=status,
        page=page,
        form=form,
    )
