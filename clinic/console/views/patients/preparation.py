"""Getting a patient ready for home: what is proven, and the start of monitoring."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clinic.access import Permission, get_patient
from clinic.console.forms.patients.preparation import SecondCaregiverForm, StartForm, UsualValuesForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.views.patients.register import WRONG, show_patient
from clinic.queries.patients.facts import baseline_items
from clinic.services.patients import go_home_drills, preparation
from clinic.services.patients.invitations import CareOver


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def start(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    form = StartForm(request.POST)
    if not form.is_valid():
        return show_patient(request, patient_id, start_form=form, status=WRONG)
    reason = form.cleaned_data["reason"]
    try:
        preparation.start_monitoring(
            patient_id=patient_id, by=request.user, reason=reason, now=timezone.now()
        )
    except preparation.NotReady:
        form.add_error("reason", _("Not everything is done. Do it, or give a reason to start without it."))
        return show_patient(request, patient_id, start_form=form, status=WRONG)
    except preparation.NotPreparing:
        messages.info(request, _("Monitoring had started already."))
    else:
        messages.success(request, _("Monitoring has started."))
    return redirect("console_patient", patient_id=patient_id)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def drop_override(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    try:
        preparation.drop_override(patient_id=patient_id, by=request.user, now=timezone.now())
    except preparation.NotReady:
        messages.error(request, _("Not everything is done yet."))
    else:
        messages.success(request, _("The flag is gone."))
    return redirect("console_patient", patient_id=patient_id)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def second_caregiver(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    form = SecondCaregiverForm(request.POST)
    if not form.is_valid():
        return show_patient(request, patient_id, second_form=form, status=WRONG)
    preparation.explain_single_caregiver(
        patient_id=patient_id, by=request.user, now=timezone.now(), **form.cleaned_data
    )
    messages.success(request, _("Saved."))
    return redirect("console_patient", patient_id=patient_id)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def trial_texts(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    try:
        count = preparation.send_trial_texts(patient_id=patient_id, by=request.user, now=timezone.now())
    except preparation.NoPhone:
        messages.error(request, _("Nobody in the family has joined with a phone yet."))
    except CareOver:
        messages.error(request, _("Monitoring is over, so no test text is sent."))
    else:
        sent = ngettext("%(count)d test text is being sent.", "%(count)d test texts are being sent.", count)
        messages.success(request, sent % {"count": count})
    return redirect("console_patient", patient_id=patient_id)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def baseline(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_id)
    form = UsualValuesForm(
        request.POST, items=baseline_items(patient=patient, language=request.user.language)
    )
    if not form.is_valid():
        return show_patient(request, patient_id, usual_form=form, status=WRONG)
    preparation.store_baseline(
        patient_id=patient_id, by=request.user, values=form.values(), now=timezone.now()
    )
    messages.success(request, _("Saved."))
    return redirect("console_patient", patient_id=patient_id)


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def answer_drill(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    try:
        go_home_drills.answer(escalation_id=escalation_id, by=request.user, now=timezone.now())
    except go_home_drills.DrillAlreadyAnswered:
        messages.info(request, _("Somebody has answered this test already."))
    else:
        messages.success(request, _("The family can see that the test has arrived."))
    return redirect("console_worklist")
