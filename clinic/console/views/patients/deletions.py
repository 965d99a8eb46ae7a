"""Deleting a patient or a caregiver: one administrator asks, another agrees. And the hold that forbids it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import Permission
from clinic.console.forms.patients.deletions import DeletionForm, HoldForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.patients import deletions as query
from clinic.services.patients import deletions, record_holds

WRONG = 422


def refusal(code: str) -> str:
    """Why it cannot be done, in words."""
    return {
        "held": _("A legal hold stands on this record: nothing of it may be deleted."),
        "not_over": _("This person is still monitored here. Record the end of monitoring first."),
        "open_alert": _("An alert is open. It must be closed first."),
        "unscored": _("A report has not been scored yet. Try again in a few minutes."),
        "is_staff": _(
            "This person has, or had, a role at a clinic. Whoever acted on records stays named there."
        ),
        "elsewhere": _("This sign-in is not used at your clinic alone. End their access here instead."),
        "no_ground": _("Choose why."),
        "asked_already": _("Somebody has asked already."),
        "second_person": _("A second administrator has to agree: not you."),
        "closed": _("This request is closed. Ask again if it is still needed."),
        "on_its_way": _("A message to this person is just leaving. Try again in a minute."),
        "no_reason": _("Write why nothing may be deleted."),
        "held_already": _("A legal hold stands already."),
        "not_held": _("No legal hold stands on this record."),
    }[code]


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def page(request: ConsoleRequest, patient_id: UUID, member_id: int | None = None) -> HttpResponse:
    return _render(request, patient_id, member_id, DeletionForm(), HoldForm())


@require_POST
@console_page(Permission.VIEW_PATIENTS)
def ask(request: ConsoleRequest, patient_id: UUID, member_id: int | None = None) -> HttpResponse:
    form = DeletionForm(request.POST)
    if not form.is_valid():
        return _render(request, patient_id, member_id, form, HoldForm(), WRONG)
    found = query.page(user=request.user, patient_id=patient_id, member_id=member_id, now=timezone.now())
    said = {**form.cleaned_data, "by": request.user, "now": timezone.now()}
    try:
        if found.member:
            deletions.ask_for_caregiver(member_id=found.member.pk, **said)
        else:
            deletions.ask_for_patient(patient_id=patient_id, **said)
    except deletions.DeletionRefused as refused:
        messages.error(request, refusal(refused.code))
    else:
        messages.success(request, _("Asked. Nothing has changed yet: another administrator has to agree."))
    return _back(patient_id, member_id)


@require_POST
@console_page(Permission.VIEW_PATIENTS)
def decide(request: ConsoleRequest, patient_id: UUID, member_id: int | None = None) -> HttpResponse:
    now = timezone.now()
    found = query.page(user=request.user, patient_id=patient_id, member_id=member_id, now=now)
    agrees = request.POST.get("answer") == "agree"
    try:
        if found.waiting is None:
            raise deletions.DeletionRefused("closed")
        act = deletions.agree if agrees else deletions.withdraw
        act(deletion_id=found.waiting.pk, by=request.user, now=now)
    except deletions.DeletionRefused as refused:
        messages.error(request, refusal(refused.code))
        return _back(patient_id, member_id)
    if not agrees:
        messages.success(request, _("The request is withdrawn."))
        return _back(patient_id, member_id)
    messages.success(request, _("Deleted. Their name and words are gone from this system."))
    return redirect("console_patient", patient_id=patient_id) if member_id else redirect("console_patients")


@require_POST
@console_page(Permission.VIEW_PATIENTS)
def hold(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    lifts, form = request.POST.get("answer") == "lift", HoldForm(request.POST)
    if not lifts and not form.is_valid():
        return _render(request, patient_id, None, DeletionForm(), form, WRONG)
    by, now = request.user, timezone.now()
    try:
        if lifts:
            record_holds.lift(patient_id=patient_id, by=by, now=now)
        else:
            reason = form.cleaned_data["reason"]
            record_holds.place(patient_id=patient_id, reason=reason, by=by, now=now)
    except record_holds.HoldRefused as refused:
        messages.error(request, refusal(refused.code))
    else:
        done = _("The legal hold is lifted.") if lifts else _("A legal hold stands. Nothing is deleted.")
        messages.success(request, done)
    return _back(patient_id, None)


def _back(patient_id: UUID, member_id: int | None) -> HttpResponse:
    if member_id is None:
        return redirect("console_deletion", patient_id=patient_id)
    return redirect("console_caregiver_deletion", patient_id=patient_id, member_id=member_id)


def _render(
    request: ConsoleRequest,
    patient_id: UUID,
    member_id: int | None,
    form: DeletionForm,
    hold_form: HoldForm,
    status: int = 200,
) -> HttpResponse:
    found = query.page(user=request.user, patient_id=patient_id, member_id=member_id, now=timezone.now())
    context = {
        "desk": request.desk,
        "page": found,
        "form": form,
        "hold_form": hold_form,
        "obstacle": refusal(found.obstacle) if found.obstacle else "",
    }
    return render(request, "console/patients/deletion.html", context, status=status)
