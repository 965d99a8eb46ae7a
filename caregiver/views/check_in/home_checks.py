"""The guided thinking check, a step at a time. Works without JavaScript; nothing is stored before its end."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from caregiver.forms.check_in.home_checks import (
    AsleepForm,
    HomeCheckStartForm,
    HomeCheckStepForm,
    results_so_far,
)
from caregiver.services.check_in import home_checks as service
from caregiver.services.check_in.home_checks import HomeCheckGuide
from caregiver.views.core.gate import CaregiverRequest, asks_family, caregiver_page, render_for_clinics
from clinic.rules.reports.home_checks import STEPS, TASKS
from clinic.services.reports.home_checks import NoBaseline

WRONG = 422


@dataclass(frozen=True)
class StepWords:
    """What the caregiver does, and what they say to the patient in the patient's language."""

    title: str | Promise
    do: str | Promise
    say: tuple[str | Promise, ...]


WORDS = {
    "orientation": StepWords(
        _("Time and place"),
        _("Ask one at a time. Do not help."),
        (
            _("What year is it?"),
            _("What month is it?"),
            _("What town are we in?"),
            _("What is your clinic called?"),
        ),
    ),
    "naming": StepWords(
        _("Three things"),
        _("Show three things, one at a time, such as a cup, a key and a shoe. Do not name them."),
        (_("What is this?"),),
    ),
    "command": StepWords(
        _("One thing to do"),
        _("Only say it. Do not show it."),
        (_("Close your eyes and lift one hand."),),
    ),
    "sentence": StepWords(
        _("The sentence"),
        _("Give them paper and the same pen as always."),
        (_("Please write your sentence."),),
    ),
    "counting": StepWords(
        _("Counting"),
        _("Listen without helping."),
        (_("Please count down from 100 by tens."),),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@caregiver_page
@asks_family
def home_check(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    guide = service.open_guide(by=request.user, patient_id=patient_id, now=timezone.now())
    if not guide.can_start:
        return render_for_clinics(
            request, "caregiver/check_in/home_check_no_baseline.html", patient=guide.patient, day=guide.day
        )
    if request.method != "POST":
        return _render_start(request, guide, HomeCheckStartForm(initial={"language": guide.patient.language}))
    start = HomeCheckStartForm(request.POST)
    if not start.is_valid():
        return _render_start(request, guide, start, status=WRONG)
    return _next_step(request, guide, start.cleaned_data["language"])


@require_safe
@caregiver_page
@asks_family
def result(request: CaregiverRequest, patient_id: UUID, check_id: UUID) -> HttpResponse:
    found = service.open_result(by=request.user, patient_id=patient_id, check_id=check_id, now=timezone.now())
    return render_for_clinics(
        request,
        "caregiver/check_in/home_check_done.html",
        patient=found.patient,
        day=found.day,
        done=found,
        advice=found.advice,
    )


def _next_step(request: CaregiverRequest, guide: HomeCheckGuide, language: str) -> HttpResponse:
    step, action = request.POST.get("step", ""), request.POST.get("action", "")
    if step == "asleep" or action == "asleep":
        return _asleep_step(request, guide, language)
    number = next((place for place, one in enumerate(STEPS) if one.code == step), -1)
    if action == "back":
        return _render_step(request, guide, language, max(0, number - 1))
    if number >= 0 and not (form := HomeCheckStepForm(request.POST, step=STEPS[number])).is_valid():
        return _render_step(request, guide, language, number, form, status=WRONG)
    if number + 1 < len(STEPS):
        return _render_step(request, guide, language, number + 1)
    return _finish_check(request, guide, language)


def _finish_check(request: CaregiverRequest, guide: HomeCheckGuide, language: str) -> HttpResponse:
    answers = results_so_far(request.POST)
    missing = next((place for place, one in enumerate(STEPS) if not set(one.tasks) <= answers.keys()), None)
    if missing is not None:
        form = HomeCheckStepForm(request.POST, step=STEPS[missing])
        return _render_step(request, guide, language, missing, form, status=WRONG)
    try:
        finished = service.finish(
            by=request.user,
            patient_id=guide.patient.pk,
            language=language,
            results=answers,
            now=timezone.now(),
        )
    except NoBaseline:
        # The infusion day began while the pages were open.
        return redirect("caregiver_home_check", guide.patient.pk)
    return _redirect_onward(guide, finished)


def _asleep_step(request: CaregiverRequest, guide: HomeCheckGuide, language: str) -> HttpResponse:
    bound = request.POST if request.POST.get("step") == "asleep" else None
    form = AsleepForm(bound, options=guide.asleep_options, language=request.user.language)
    if bound is None or not form.is_valid():
        return render_for_clinics(
            request,
            "caregiver/check_in/home_check_asleep.html",
            patient=guide.patient,
            day=guide.day,
            status=WRONG if bound else 200,
            form=form,
            language=language,
        )
    finished = service.finish_asleep(
        by=request.user,
        patient_id=guide.patient.pk,
        language=language,
        alertness=form.cleaned_data["alertness"],
        now=timezone.now(),
    )
    return _redirect_onward(guide, finished)


def _redirect_onward(guide: HomeCheckGuide, finished: service.FinishedCheck) -> HttpResponse:
    if finished.sent_report is not None:
        return redirect("caregiver_result", finished.sent_report.pk)
    return redirect("caregiver_home_check_done", guide.patient.pk, finished.check.pk)


def _render_start(
    request: CaregiverRequest, guide: HomeCheckGuide, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    return render_for_clinics(
        request,
        "caregiver/check_in/home_check_start.html",
        patient=guide.patient,
        day=guide.day,
        status=status,
        guide=guide,
        form=form,
    )


def _render_step(
    request: CaregiverRequest,
    guide: HomeCheckGuide,
    language: str,
    number: int,
    form: forms.Form | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    step = STEPS[number]
    words = WORDS[step.code]
    kept: dict[str, Any] = {task: request.POST[task] for task in TASKS if task in request.POST}
    with translation.override(language):
        spoken = [str(line) for line in words.say]
    return render_for_clinics(
        request,
        "caregiver/check_in/home_check_step.html",
        patient=guide.patient,
        day=guide.day,
        status=status,
        guide=guide,
        step=step,
        number=number + 1,
        total=len(STEPS),
        words=words,
        spoken=spoken,
        language=language,
        other_language=language != request.user.language and dict(settings.LANGUAGES)[language],
        form=form or HomeCheckStepForm(step=step, initial=kept),
        kept=[(task, value) for task, value in kept.items() if task not in step.tasks],
    )
