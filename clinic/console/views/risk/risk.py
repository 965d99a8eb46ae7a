"""A patient's own risk: what is suggested and why, staff's answer to it, and the facts for the scores."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import Permission, get_patient
from clinic.console.forms.risk.answers import BelowForm
from clinic.console.forms.risk.facts import TITLES, FactsForm, first_values
from clinic.console.gate import ConsoleRequest, console_page
from clinic.rules.risk.fact_sheet import STEPS
from clinic.services.patients import risk_lowerings
from clinic.services.risk import answers, fact_sheets, pages

WRONG = 422
# What is proposed unless somebody chooses another day.
_USUAL_DAYS = timedelta(days=14)


@require_http_methods(["GET"])
@console_page(Permission.VIEW_PATIENTS)
def detail(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    return _show(request, patient_id)


@require_POST
@console_page(Permission.LOWER_RISKS)
def take_up(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    try:
        answers.take_up(
            patient_id=patient_id,
            run_id=request.POST.get("run", ""),
            by=request.user,
            now=timezone.now(),
        )
    except answers.AnswerRefused:
        messages.warning(request, _("What is suggested has changed. Look at it again, then answer."))
    else:
        messages.success(request, _("Set. It counts from the next report on."))
    return redirect("console_risk", patient_id)


@require_POST
@console_page(Permission.LOWER_RISKS)
def stay_below(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    now = timezone.now()
    page = pages.open_risk(patient_id=patient_id, by=request.user, now=now)
    form = BelowForm(request.POST, subjects=page.overview.answerable)
    if form.is_valid():
        try:
            answers.propose_below(patient_id=patient_id, by=request.user, now=now, **form.cleaned_data)
        except answers.AnswerRefused as refused:
            form.add_refused(refused.codes)
        except risk_lowerings.LoweringRefused as refused:
            form.add_refused([refused.code])
        else:
            messages.warning(
                request,
                _("This waits for a second nurse or physician. Until then what is suggested goes on."),
            )
            return redirect("console_patient", patient_id)
    return _render(request, page, form, status=WRONG)


@require_http_methods(["GET", "POST"])
@console_page(Permission.MANAGE_PATIENTS)
def facts(request: ConsoleRequest, patient_id: UUID, step: str) -> HttpResponse:
    if step not in STEPS:
        get_patient(request.user, patient_id)
        raise Http404
    now = timezone.now()
    page = pages.open_facts(patient_id=patient_id, by=request.user, now=now)
    sheet = page.sheet.facts if page.sheet else {}
    if request.method == "GET":
        seen = str(page.sheet.pk) if page.sheet else ""
        form = FactsForm(step=step, initial=first_values(step, sheet, seen))
        return _render_facts(request, page, form)
    form = FactsForm(request.POST, step=step)
    if form.is_valid():
        try:
            fact_sheets.save_step(
                patient_id=patient_id,
                by=request.user,
                step=step,
                told=form.told(sheet),
                seen=form.cleaned_data["seen"],
                now=now,
            )
        except fact_sheets.WrongFact:
            form.add_error(None, _("One of the days is still to come, or a grade does not exist."))
        except fact_sheets.Overtaken as other:
            text = _("%(name)s has changed this step meanwhile. Open it again.")
            form.add_error(None, text % {"name": str(other)})
        else:
            messages.success(request, _("Saved. The risk is computed again."))
            return redirect(*_onward(request, patient_id, step))
    return _render_facts(request, page, form, status=WRONG)


def _onward(request: ConsoleRequest, patient_id: UUID, step: str) -> tuple[Any, ...]:
    """The next step, or the page of the risk: where the button leads that was pressed."""
    steps = list(STEPS)
    place = steps.index(step) + 1
    if "next" in request.POST and place < len(steps):
        return ("console_risk_facts", patient_id, steps[place])
    return ("console_risk", patient_id)


def _show(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    page = pages.open_risk(patient_id=patient_id, by=request.user, now=timezone.now())
    initial = {
        "ends_on": page.today + _USUAL_DAYS,
        "subjects": [one.subject for one in page.overview.waiting],
    }
    return _render(request, page, BelowForm(subjects=page.overview.answerable, initial=initial))


def _render(
    request: ConsoleRequest, page: pages.RiskPage, form: BelowForm, status: int = 200
) -> HttpResponse:
    steps = [(TITLES[one.code], one) for one in page.overview.steps]
    context = {"desk": request.desk, "page": page, "risk": page.overview, "form": form, "steps": steps}
    return render(request, "console/risk/risk.html", context, status=status)


def _render_facts(
    request: ConsoleRequest, page: pages.FactsPage, form: FactsForm, status: int = 200
) -> HttpResponse:
    steps = list(STEPS)
    context = {
        "desk": request.desk,
        "page": page,
        "form": form,
        "title": TITLES[form.step],
        "number": steps.index(form.step) + 1,
        "steps": [(code, TITLES[code]) for code in steps],
        "is_last": form.step == steps[-1],
    }
    return render(request, "console/risk/facts.html", context, status=status)
