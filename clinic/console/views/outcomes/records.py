"""What became of a patient: what is due, one form, and the clinic's list of forms."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import Permission
from clinic.console.forms.outcomes.outcome import OutcomeForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.outcomes import words
from clinic.rules.outcomes.forms import Part
from clinic.services.outcomes import due, recording

WRONG, CONFLICT = 422, 409


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def of_patient(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    return _overview(request, patient_id)


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def due_forms(request: ConsoleRequest) -> HttpResponse:
    page = due.list_for(by=request.user, clinic_slug=request.GET.get("clinic", ""), now=timezone.now())
    return render(request, "console/outcomes/due.html", {"desk": request.desk, "page": page})


@require_http_methods(["GET", "POST"])
@console_page(Permission.VIEW_PATIENTS)
def record(request: ConsoleRequest, patient_id: UUID, course: int, day: int) -> HttpResponse:
    """Day 0 is the form about a death."""
    part = Part.FOLLOW_UP if day else Part.DEATH
    try:
        if request.method == "POST":
            return _store(request, patient_id, course, part, day)
        return _show(request, patient_id, course, part, day)
    except recording.NotAsked:
        return _overview(request, patient_id, is_not_asked=True)


def _overview(request: ConsoleRequest, patient_id: UUID, *, is_not_asked: bool = False) -> HttpResponse:
    page = recording.overview(patient_id=patient_id, by=request.user, now=timezone.now())
    context = {"desk": request.desk, "page": page, "is_not_asked": is_not_asked}
    return render(request, "console/outcomes/patient.html", context)


def _show(
    request: ConsoleRequest,
    patient_id: UUID,
    course: int,
    part: Part,
    day: int,
    form: OutcomeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    opened = recording.open_form(
        patient_id=patient_id, course=course, part=part, day=day, by=request.user, now=timezone.now()
    )
    initial = opened.answers | {"replaces": opened.record.pk if opened.record else ""}
    return render(
        request,
        "console/outcomes/record.html",
        {
            "desk": request.desk,
            "opened": opened,
            "name": words.form_name(part, day),
            "form": form or OutcomeForm(initial=initial, part=part, day=day),
            "answered": list(words.in_words(part, day, opened.answers)) if opened.record else (),
        },
        status=status,
    )


def _store(request: ConsoleRequest, patient_id: UUID, course: int, part: Part, day: int) -> HttpResponse:
    form, status = OutcomeForm(request.POST, part=part, day=day), WRONG
    if form.is_valid():
        try:
            recording.record(
                patient_id=patient_id,
                course=course,
                part=part,
                day=day,
                given=form.given,
                replaces=form.replaced_id,
                by=request.user,
                now=timezone.now(),
            )
        except recording.WrongAnswers as wrong:
            form.add_problems(wrong.problems)
        except recording.ChangedMeanwhile as changed:
            status = CONFLICT
            form.replace_next(changed.record.pk if changed.record else None)
            form.add_error(
                None,
                _(
                    "Somebody else has stored this form meanwhile. Nothing of yours is stored yet. "
                    "Compare with what is on record, then store again."
                ),
            )
        else:
            messages.success(request, _("%(form)s is on record.") % {"form": words.form_name(part, day)})
            return redirect("console_outcomes", patient_id)
    return _show(request, patient_id, course, part, day, form, status)
