"""The check-in, a page at a time. Works without JavaScript; every post ends in a redirect."""

from dataclasses import replace
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caregiver.forms.check_in.steps import CheckInStepForm
from caregiver.rules.check_in.moments import read_moment
from caregiver.services.check_in import drafts as service
from caregiver.services.check_in import steps
from caregiver.services.check_in.drafts import PostedStep, SavedStep
from caregiver.services.check_in.steps import OpenStep
from caregiver.views.account import shared_phone
from caregiver.views.check_in.review_lines import review_lines
from caregiver.views.core.gate import (
    CaregiverRequest,
    asks_family,
    caregiver_page,
    render_after_death,
    render_for_clinics,
)
from clinic.models.patient import PatientStatus
from clinic.rules.reports.posted_answers import read_answers
from clinic.services.reports.intake import FilledAdvice

# Longer than any level.
_LONGEST_LEVEL = 40


@require_http_methods(["GET", "HEAD", "POST"])
@caregiver_page
def step(request: CaregiverRequest, patient_id: UUID, page_key: str | None = None) -> HttpResponse:
    following = "follow" in request.GET
    try:
        step = steps.open_step(
            by=request.user, patient_id=patient_id, page_key=page_key, following=following, now=timezone.now()
        )
    except service.NoSuchStep as unknown:
        raise Http404 from unknown
    if request.method == "POST":
        save = _save_first_step if step.is_first else _save_step
        return save(request, step, following)
    if step.patient.status == PatientStatus.DIED:
        return render_after_death(request, step.patient, advice=step.advice)
    if step.is_too_soon:
        return redirect("caregiver_check_in", patient_id)
    return _render_step(request, step, _step_form(request, step), following)


@require_http_methods(["GET", "HEAD", "POST"])
@caregiver_page
@asks_family
def review(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    if request.method == "POST":
        return _send_report(request, patient_id)
    return _render_review(request, patient_id)


@require_POST
@caregiver_page
def start_over(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    service.discard(by=request.user, patient_id=patient_id)
    return redirect("caregiver_check_in", patient_id)


def _step_form(request: CaregiverRequest, step: OpenStep, *, bound: bool = False) -> CheckInStepForm:
    data = request.POST if bound else None
    return CheckInStepForm(
        data, step=step, language=request.user.language, unit=request.user.temperature_unit
    )


def _save_first_step(request: CaregiverRequest, step: OpenStep, following: bool) -> HttpResponse:
    """On a shared phone it asks who is reporting. Whoever ticked a danger sign is asked nothing more."""
    before = request.user
    people = shared_phone.people_of(request, step.patient)
    chosen = shared_phone.hand_over(request, step.patient, request.POST.get("reporter", ""))
    if people and not chosen and not _has_ticked(request, step):
        form = _step_form(request, step, bound=True)
        return _render_step(request, step, form, following, status=422, reporter_missing=True)
    if request.user != before:
        step = steps.open_step(
            by=request.user,
            patient_id=step.patient.pk,
            page_key=step.definition.key,
            following=following,
            now=timezone.now(),
        )
    return _save_step(request, step, following, is_shared=bool(people))


def _has_ticked(request: CaregiverRequest, step: OpenStep) -> bool:
    return request.POST.get("action") == "alarm" or any(
        request.POST.getlist(one.key) for one in step.questions
    )


def _save_step(
    request: CaregiverRequest, step: OpenStep, following: bool, *, is_shared: bool = False
) -> HttpResponse:
    posted = _posted_step(request, step, following)
    if is_shared:
        own_id = service.own_report_id(by=request.user, page_id=posted.report_id)
        posted = replace(posted, report_id=own_id)
    if request.POST.get("action") == "alarm" and not any(posted.answers.values()):
        form = _step_form(request, step, bound=True)
        # Only the page of danger signs has the button, and the field to say it beside.
        form.add_error(
            step.questions[0].key if step.is_first else None,
            _("Mark what you see."),
        )
        # In the summary alone, as the link that it needs.
        form.add_error(None, format_html('<a href="#calls">{}</a>', _("If you are not sure, call now.")))
        return _render_step(request, step, form, following, status=422)
    try:
        saved = service.save_step(
            by=request.user,
            patient_id=step.patient.pk,
            page_key=step.definition.key,
            posted=posted,
            now=timezone.now(),
        )
    except service.ReadingsRefused as refused:
        form = _step_form(request, step, bound=True)
        form.add_problems(refused.problems, request.user.language)
        return _render_step(request, step, form, following, status=422, advice=refused.advice)
    return _redirect_onward(request, step, saved)


def _posted_step(request: CaregiverRequest, step: OpenStep, following: bool) -> PostedStep:
    fields = {key: request.POST.getlist(key) for key in request.POST}
    action = request.POST.get("action", "")
    if action.startswith("unit:"):
        fields["temp_unit"] = [action.removeprefix("unit:")]
    read = read_answers(step.questions, fields)
    return PostedStep(
        report_id=_report_id(request) or step.report_id,
        shown=tuple(question.key for question in step.questions),
        answers=read.answers,
        unsure=read.unsure,
        none_of_the_rest=action in {"none", "none_send"},
        is_follow_up=following,
        skip_refused=action == "skip",
        confirms_readings=action == "confirm",
        send_now=action == "none_send",
        level_on_phone=_level_on_phone(request, action),
    )


def _redirect_onward(request: CaregiverRequest, step: OpenStep, saved: SavedStep) -> HttpResponse:
    if saved.sent is not None:
        return redirect("caregiver_result", saved.sent.pk)
    if request.POST.get("action") == "guide":
        return redirect("caregiver_home_check", step.patient.pk)
    if saved.corrects is not None:
        messages.info(request, _("Your last report has gone out. What you change now goes in a new one."))
    here = reverse("caregiver_check_in_step", args=[step.patient.pk, step.definition.key])
    change = "change" in request.GET
    if saved.stays_here:
        return redirect(f"{here}?change" if change else here)
    if saved.has_follow_up:
        return redirect(f"{here}?follow&change" if change else f"{here}?follow")
    if change or saved.next_step is None:
        return redirect("caregiver_check_in_review", step.patient.pk)
    return redirect("caregiver_check_in_step", step.patient.pk, saved.next_step)


def _render_step(
    request: CaregiverRequest,
    step: OpenStep,
    form: CheckInStepForm,
    following: bool,
    *,
    status: int = 200,
    advice: FilledAdvice | None = None,
    reporter_missing: bool = False,
) -> HttpResponse:
    pressing = advice if advice is not None and advice.level.is_pressing else step.advice
    return render_for_clinics(
        request,
        "caregiver/check_in/start.html" if step.is_first else "caregiver/check_in/step.html",
        patient=step.patient,
        status=status,
        step=step,
        day=step.day,
        form=form,
        following=following,
        advice=pressing,
        phone_people=shared_phone.people_of(request, step.patient) if step.is_first else (),
        reporter_missing=reporter_missing,
        title=step.definition.title(request.user.language),
        back=_back_url(request, step),
        to_confirm=[(one, one.text(request.user.language)) for one in step.to_confirm],
    )


def _back_url(request: CaregiverRequest, step: OpenStep) -> str:
    if "change" in request.GET:
        return reverse("caregiver_check_in_review", args=[step.patient.pk])
    if step.previous is None:
        return reverse("caregiver_home")
    if step.number == 2:
        return reverse("caregiver_check_in", args=[step.patient.pk])
    return reverse("caregiver_check_in_step", args=[step.patient.pk, step.previous])


def _render_review(
    request: CaregiverRequest, patient_id: UUID, *, status: int = 200, when_needed: bool = False
) -> HttpResponse:
    try:
        found = steps.open_review(by=request.user, patient_id=patient_id, now=timezone.now())
    except service.NothingToSend:
        return redirect("caregiver_check_in", patient_id)
    return render_for_clinics(
        request,
        "caregiver/check_in/review.html",
        patient=found.patient,
        status=status,
        review=found,
        day=found.day,
        sections=review_lines(found, request.user.language),
        asks_when=found.needs_observed_time or when_needed,
        when_needed=when_needed,
    )


def _send_report(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    now = timezone.now()
    try:
        report = service.send(
            by=request.user,
            patient_id=patient_id,
            report_id=_report_id(request) or uuid4(),
            seen_when=request.POST.get("seen_when", ""),
            level_on_phone=_level_on_phone(request),
            device_now=read_moment(request.POST.get("device_now", ""), now=now),
            now=now,
        )
    except service.NothingToSend:
        messages.info(request, _("Nothing was sent. Please look over your answers and send again."))
        return redirect("caregiver_check_in_review", patient_id)
    except service.ObservedTimeNeeded:
        return _render_review(request, patient_id, status=422, when_needed=True)
    return redirect("caregiver_result", report.pk)


def _level_on_phone(request: CaregiverRequest, action: str = "") -> str:
    """What the phone made of the page as it stood; two buttons change what stands there."""
    if action == "skip" or action.startswith("unit:"):
        return ""
    return request.POST.get("level_on_phone", "")[:_LONGEST_LEVEL]


def _report_id(request: CaregiverRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("report_id", ""))
    except ValueError:
        return None
