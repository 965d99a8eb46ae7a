"""How the caregiver bears it, where help is, and asking the family for help tonight."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caregiver.forms.household.strain import StrainForm
from caregiver.queries.household.today import day_of_patient
from caregiver.views.core.gate import CaregiverRequest, asks_family, caregiver_page, render_for_clinics
from clinic.access import get_cared_for
from clinic.queries.checkins import strain as queries
from clinic.rules.checkins.strain import Strain
from clinic.services.checkins import family_help, strain

WRONG = 422


@require_http_methods(["GET", "HEAD", "POST"])
@caregiver_page
@asks_family
def you(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    now = timezone.now()
    patient = get_cared_for(request.user, patient_id)
    can_share = queries.has_social_worker(patient)
    form = StrainForm(request.POST or None, can_share=can_share)
    if request.method == "POST" and form.is_valid():
        try:
            strain.answer(
                answer_id=form.cleaned_data["answer_id"],
                patient_id=patient_id,
                said=form.said(),
                is_shared=form.cleaned_data.get("is_shared", False),
                by=request.user,
                now=now,
            )
        except (strain.NotAsked, strain.NobodyReads) as not_now:
            raise Http404 from not_now
        return redirect("caregiver_you", patient_id)
    own = queries.own_answers(by=request.user, patient=patient)
    return render_for_clinics(
        request,
        "caregiver/household/you.html",
        patient=patient,
        day=day_of_patient(patient, now),
        form=form,
        is_asked=queries.is_due(by=request.user, patient=patient, now=now),
        can_share=can_share,
        last=own[0] if own else None,
        is_heavy=bool(own) and Strain(own[0].sleep, own[0].coping).is_heavy,
        help_tonight=queries.help_tonight(by=request.user, patient=patient, now=now),
        status=WRONG if form.is_bound else 200,
    )


@require_POST
@caregiver_page
def ask_family(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    try:
        family_help.ask(patient_id=patient_id, by=request.user, now=timezone.now())
    except family_help.NobodyElse as alone:
        raise Http404 from alone
    messages.success(request, _("Your family is asked who can help tonight."))
    return redirect("caregiver_you", patient_id)


@require_POST
@caregiver_page
def offer(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    try:
        request_id = int(request.POST.get("request", ""))
    except ValueError as nothing:
        raise Http404 from nothing
    family_help.offer(request_id=request_id, by=request.user, now=timezone.now())
    messages.success(request, _("Saved: your family can see that you help tonight."))
    return redirect("caregiver_patient", patient_id)
