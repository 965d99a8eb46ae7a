"""The family side of a patient: inviting, taking an invitation back, ending access."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import Permission, get_patient
from clinic.console.forms.care_team import InviteForm
from clinic.console.pages import ConsoleRequest, console_page
from clinic.console.views.patients import WRONG, show
from clinic.services import care_team, invitations, texts


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def invite(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_id)
    form = InviteForm(request.POST, clinic_id=patient.clinic_id)
    if not form.is_valid():
        return show(request, patient_id, invite_form=form, status=WRONG)
    answers = {**form.cleaned_data, "phone": form.cleaned_data["phone"].as_e164}
    invitations.invite(patient=patient, by=request.user, now=timezone.now(), **answers)
    messages.success(request, _("The link is on its way to %(name)s.") % {"name": answers["name"]})
    return redirect("console_patient", patient_id=patient_id)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def revoke(request: ConsoleRequest, patient_id: UUID, invitation_id: UUID) -> HttpResponse:
    try:
        invitations.revoke(invitation_id=invitation_id, by=request.user, now=timezone.now())
    except invitations.InvitationUsed:
        messages.error(request, _("This link has been used already. End the person's access instead."))
    else:
        messages.success(request, _("The link does not work any more."))
    return redirect("console_patient", patient_id=patient_id)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def end_access(request: ConsoleRequest, patient_id: UUID, member_id: int) -> HttpResponse:
    member = care_team.end_access(member_id=member_id, by=request.user, now=timezone.now())
    messages.success(request, _("%(name)s cannot see this patient any more.") % {"name": member.user.name})
    return redirect("console_patient", patient_id=patient_id)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def reminders(request: ConsoleRequest, patient_id: UUID, member_id: int) -> HttpResponse:
    """What a caregiver said about reminders when somebody asked them."""
    write_down = texts.start if request.POST.get("wanted") == "yes" else texts.stop
    member = write_down(member_id=member_id, by=request.user, now=timezone.now())
    messages.success(request, _("Noted for %(name)s.") % {"name": member.user.name})
    return redirect("console_patient", patient_id=patient_id)
