"""Staff tap a care task as done, say that it is not needed, or take that back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic.access import Permission, get_care_task_entry, get_patient
from clinic.console.forms.risk.care_tasks import CloseForm, TakeBackForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.models.care_task import CareTaskAct
from clinic.services.risk import care_tasks

_REFUSED: dict[str, str | Promise] = {
    "not_asked": gettext_lazy("This is not asked for any more. Look at what is due now."),
    "no_reason": gettext_lazy("Say why, so that the next person knows."),
    "taken_back_already": gettext_lazy("Somebody has changed this meanwhile. Look at it again."),
}


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def close(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_id)
    form = CloseForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(_REFUSED["not_asked"]))
        return _back(request, patient_id, patient.clinic.slug)
    told: dict[str, Any] = form.cleaned_data
    try:
        entry = care_tasks.close(
            patient_id=patient_id,
            by=request.user,
            task=told["task"],
            day=told["day"],
            act=CareTaskAct(told["act"]),
            words=told["words"],
            now=timezone.now(),
        )
    except care_tasks.TaskRefused as refused:
        messages.error(request, str(_REFUSED[refused.code]))
    else:
        if entry.by_id == request.user.pk:
            messages.success(request, _("On record. It can be taken back on the patient's page."))
        else:
            text = _("%(name)s has put this on record already.")
            messages.success(request, text % {"name": entry.by.name})
    return _back(request, patient_id, patient.clinic.slug)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def take_back(request: ConsoleRequest, patient_id: UUID, entry_id: UUID) -> HttpResponse:
    entry = get_care_task_entry(request.user, patient_id, entry_id)
    form = TakeBackForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    try:
        care_tasks.take_back(
            patient_id=patient_id, entry_id=entry_id, by=request.user, words=words, now=timezone.now()
        )
    except care_tasks.TaskRefused as refused:
        messages.error(request, str(_REFUSED[refused.code]))
    else:
        messages.success(request, _("Taken back. It is asked for again where it still is."))
    return _back(request, patient_id, entry.patient.clinic.slug)


def _back(request: ConsoleRequest, patient_id: UUID, clinic_slug: str) -> HttpResponse:
    """To the list where it was tapped there, else to the card on the patient's page."""
    if request.POST.get("from") == "list":
        return redirect(f"{reverse('console_labs_due')}?{urlencode({'clinic': clinic_slug})}")
    return redirect(f"{reverse('console_risk', args=[patient_id])}#tasks")
