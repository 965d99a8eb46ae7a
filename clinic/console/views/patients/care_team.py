"""The family side of a patient: inviting, taking an invitation back, ending access."""

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic.access import Permission, get_patient
from clinic.console.forms.patients.care_team import InviteForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.mobile_numbers import WHY_NOT
from clinic.console.views.patients.register import WRONG, show_patient
from clinic.models import Patient
from clinic.services.patients import care_team, invitations, invitees, text_consent

# The outbox has it, the phone company not yet.
_SENDING = gettext_lazy(
    "The link is being sent to %(name)s. Whether it arrived stands under “What has happened”."
)

_CARE_OVER = gettext_lazy("Monitoring is over, so nobody is invited to help.")


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def invite(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_id)
    form = InviteForm(request.POST, clinic_id=patient.clinic_id)
    if not form.is_valid():
        return show_patient(request, patient_id, invite_form=form, status=WRONG)
    answers = form.facts()
    try:
        if request.POST.get("way") == "print":
            return _render_printed(request, patient, answers)
        invitations.invite(patient=patient, by=request.user, now=timezone.now(), **answers)
    except invitations.CareOver:
        messages.error(request, _CARE_OVER)
        return redirect("console_patient", patient_id=patient_id)
    except invitees.NumberKnown as known:
        form.ask_who(known.people)
        return show_patient(request, patient_id, invite_form=form, status=WRONG)
    messages.success(request, _SENDING % {"name": answers["name"]})
    return redirect("console_patient", patient_id=patient_id)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def send_again(request: ConsoleRequest, patient_id: UUID, invitation_id: UUID) -> HttpResponse:
    try:
        sent = invitations.send_again(invitation_id=invitation_id, by=request.user, now=timezone.now())
    except invitations.InvitationUsed:
        messages.error(request, _("This link has been used already."))
    except invitations.CareOver:
        messages.error(request, _CARE_OVER)
    except invitations.CannotBeTexted as refused:
        messages.error(request, WHY_NOT[refused.reason])
    else:
        messages.success(request, _SENDING % {"name": sent.name})
    return redirect("console_patient", patient_id=patient_id)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def sign_out(request: ConsoleRequest, patient_id: UUID, member_id: int) -> HttpResponse:
    member = care_team.sign_out_everywhere(member_id=member_id, by=request.user, now=timezone.now())
    messages.success(request, _("%(name)s is signed out on every phone.") % {"name": member.user.name})
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
def record_reminders_choice(request: ConsoleRequest, patient_id: UUID, member_id: int) -> HttpResponse:
    """What a caregiver said about reminders when somebody asked them."""
    write_down = (
        text_consent.record_agreement if request.POST.get("wanted") == "yes" else text_consent.record_refusal
    )
    member = write_down(member_id=member_id, by=request.user, now=timezone.now())
    messages.success(request, _("Noted for %(name)s.") % {"name": member.user.name})
    return redirect("console_patient", patient_id=patient_id)


def _render_printed(request: ConsoleRequest, patient: Patient, answers: dict[str, Any]) -> HttpResponse:
    """The only copy of the link, as a code to scan. Loading the page again makes a new one."""
    printed = invitations.print_out(patient=patient, by=request.user, now=timezone.now(), **answers)
    # With a view box in place of a size, so that the page shrinks it and cuts nothing off.
    code = segno.make(printed.url, error="m").svg_inline(border=4, light="#fff", omitsize=True)
    context = {
        "desk": request.desk,
        "invitation": printed.invitation,
        "patient_id": patient.pk,
        "url": printed.url,
        # Made of our own address by segno: nothing that anybody typed is in it.
        "code": mark_safe(code),  # noqa: S308
        "clinic": patient.clinic,
    }
    return render(request, "console/patients/invitation_print.html", context)
