"""Check-ins by the keypad of a telephone: a caregiver's code, and whether they are called."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from clinic.access import Permission
from clinic.console.gate import ConsoleRequest, console_page
from clinic.services.patients import keypad_codes


@never_cache
@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def give_code(request: ConsoleRequest, patient_id: UUID, member_id: int) -> HttpResponse:
    """The code stands on this one page; loading it again makes another."""
    try:
        member, code = keypad_codes.give(member_id=member_id, by=request.user, now=timezone.now())
    except keypad_codes.NoNumber:
        return _no_number(request, patient_id)
    context = {"desk": request.desk, "member": member, "code": " ".join([code[:3], code[3:]])}
    return render(request, "console/patients/keypad_code.html", context)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def choose_calls(request: ConsoleRequest, patient_id: UUID, member_id: int) -> HttpResponse:
    wanted = request.POST.get("wanted") == "yes"
    try:
        member = keypad_codes.record_calls(
            member_id=member_id, by=request.user, wanted=wanted, now=timezone.now()
        )
    except keypad_codes.NoNumber:
        return _no_number(request, patient_id)
    messages.success(request, _("Noted for %(name)s.") % {"name": member.user.name})
    return redirect("console_patient", patient_id=patient_id)


def _no_number(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    messages.error(request, _("This person has no phone number of their own here."))
    return redirect("console_patient", patient_id=patient_id)
