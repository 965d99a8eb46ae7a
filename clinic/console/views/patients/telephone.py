"""What comes in by telephone: noting a call, and entering a report for a family."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import Permission
from clinic.console.forms.patients.telephone import (
    CallForm,
    CorrectToldForm,
    ToldReportForm,
    WrongPersonForm,
    posted_version,
    told_so_far,
)
from clinic.console.gate import ConsoleRequest, console_page
from clinic.models import Patient, Report
from clinic.models.patient import PatientStatus
from clinic.queries.patients import care_team, look_alikes
from clinic.services.escalations import mistaken_reports, phone_calls
from clinic.services.protocols.versions import NoProtocol
from clinic.services.reports import intake, tellers, told_reports

WRONG = 422


@require_http_methods(["GET", "POST"])
@console_page(Permission.ACT_ON_ESCALATIONS)
def note_call(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    patient = phone_calls.patient_of(patient_id=patient_id, by=request.user)
    has_alert = phone_calls.open_alert_of(patient) is not None
    form = CallForm(
        request.POST or None,
        caregivers=care_team.caregivers(patient=patient),
        has_alert=has_alert,
        initial={"for_alert": has_alert},
    )
    if request.method == "POST" and form.is_valid():
        try:
            noted = phone_calls.note(
                patient_id=patient_id, by=request.user, call=form.note(), now=timezone.now()
            )
        except phone_calls.CallAhead:
            form.add_error("at", _("This is still to come. Check the day and the time."))
        except tellers.NobodyNamed:
            form.add_error("person", _("This person has no access any more. Choose “Somebody else”."))
        except phone_calls.CallConflict:
            form.add_error(None, _("This page has been used already. Open it again for another call."))
        else:
            messages.success(request, _("The call is on record."))
            if form.cleaned_data["for_alert"] and noted.contact is None:
                messages.info(request, _("The alert was closed meanwhile, so the call is not in its log."))
            return redirect("console_patient", patient_id=patient_id)
    return _render(
        request,
        "note_call",
        patient,
        status=WRONG if form.errors else 200,
        form=form,
        takes_reports=phone_calls.takes_reports(patient),
    )


@require_http_methods(["GET", "POST"])
@console_page(Permission.ACT_ON_ESCALATIONS)
def enter_report(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    now = timezone.now()
    try:
        told = told_reports.open_form(
            patient_id=patient_id, by=request.user, now=now, version=posted_version(request.POST)
        )
    except (NoProtocol, told_reports.NoSuchVersion):
        messages.error(request, _("This clinic has no protocol with these questions. Nothing was stored."))
        return redirect("console_patient", patient_id=patient_id)
    if request.method == "POST":
        return _enter(request, told)
    if not phone_calls.takes_reports(told.patient):
        words = (
            _("This patient has died: nothing is asked any more. Note the call instead.")
            if told.patient.status == PatientStatus.DIED
            else _("Another clinic has taken this patient over: it takes the report. Note the call instead.")
        )
        messages.error(request, words)
        return redirect("console_patient", patient_id=patient_id)
    return _render_report(request, _report_form(request, told))


@require_http_methods(["GET", "POST"])
@console_page(Permission.ACT_ON_ESCALATIONS)
def correct_report(request: ConsoleRequest, patient_id: UUID, told_id: UUID) -> HttpResponse:
    try:
        wrong = told_reports.open_wrong(patient_id=patient_id, report_id=told_id, by=request.user)
    except told_reports.CountsNoMore:
        # The same form sent twice: what it stored is to be read out.
        form_id = request.POST.get("report_id", "")
        if told_reports.is_stored_correction(told_id, form_id):
            return redirect("console_told_advice", patient_id=patient_id, report_id=UUID(form_id))
        messages.error(request, _("This report has been put right or marked already. Look at it again."))
        return redirect("console_patient", patient_id=patient_id)
    told = told_reports.open_form(
        patient_id=patient_id,
        by=request.user,
        now=timezone.now(),
        version=wrong.protocol_version.number,
        answers=wrong.answers,
    )
    if request.method == "POST":
        return _enter(request, told, wrong)
    return _render_report(request, _report_form(request, told, wrong), wrong=wrong)


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def mark_mistaken(request: ConsoleRequest, patient_id: UUID, told_id: UUID) -> HttpResponse:
    form = WrongPersonForm(request.POST)
    if not form.is_valid():
        wrong = told_reports.open_wrong(patient_id=patient_id, report_id=told_id, by=request.user)
        told = told_reports.open_form(
            patient_id=patient_id,
            by=request.user,
            now=timezone.now(),
            version=wrong.protocol_version.number,
            answers=wrong.answers,
        )
        fresh = CorrectToldForm(wrong=wrong, **_of_form(request, told))
        return _render_report(request, fresh, wrong=wrong, wrong_person_form=form, status=WRONG)
    try:
        mistaken_reports.mark(
            patient_id=patient_id,
            report_id=told_id,
            by=request.user,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except told_reports.CountsNoMore:
        messages.error(request, _("This report has been put right or marked already. Look at it again."))
    else:
        messages.success(
            request,
            _(
                "Marked as entered in error. What it answered is open again; an alert that it opened stays "
                "until somebody closes it. Enter the report for the right patient on their page."
            ),
        )
    return redirect("console_patient", patient_id=patient_id)


@require_GET
@console_page(Permission.ACT_ON_ESCALATIONS)
def advice(request: ConsoleRequest, patient_id: UUID, report_id: UUID) -> HttpResponse:
    told = told_reports.open_advice(
        patient_id=patient_id, report_id=report_id, by=request.user, now=timezone.now()
    )
    return _render(request, "told_advice", told.patient, told=told, advice=told.advice)


def _enter(request: ConsoleRequest, told: told_reports.ToldForm, wrong: Report | None = None) -> HttpResponse:
    """Stores the form, in place of what was entered wrongly if there is any."""
    now = timezone.now()
    so_far = told_so_far(request.POST, told.protocol).answers
    told = told_reports.open_form(
        patient_id=told.patient.pk, by=request.user, now=now, version=told.version, answers=so_far
    )
    form = _report_form(request, told, wrong)
    pressing = None
    if form.is_valid():
        try:
            stored = _store(request, form, wrong, now)
        except told_reports.NotStoredYet as asked:
            _add_asked(form, asked)
            pressing = asked.advice
        except told_reports.SeenAhead:
            form.add_error("seen_at", _("This is still to come. Check the day and the time."))
        except told_reports.NothingTold:
            form.add_error(None, _("No question is answered yet. Ask them, or check “Nothing else is new”."))
        except tellers.NobodyNamed:
            form.add_error("person", _("This person has no access any more. Choose “Somebody else”."))
        except told_reports.CountsNoMore:
            form.add_error(None, _("This report has been put right or marked already. Look at it again."))
        except (intake.ReportConflict, intake.InvalidAnswers):
            form.add_error(None, _("This page has been used already. Open it again for another report."))
        else:
            return redirect("console_told_advice", patient_id=told.patient.pk, report_id=stored.report.pk)
    elif so_far:
        pressing = intake.advise_on_answers(patient=told.patient, answers=so_far, now=now, corrects=wrong)
    return _render_report(request, form, pressing=pressing, wrong=wrong, status=WRONG)


def _store(
    request: ConsoleRequest, form: ToldReportForm, wrong: Report | None, now: datetime
) -> intake.StoredReport:
    patient_id = form.told.patient.pk
    if wrong is None:
        return told_reports.enter(patient_id=patient_id, by=request.user, entry=form.entry(), now=now)
    return told_reports.correct(
        patient_id=patient_id,
        report_id=wrong.pk,
        by=request.user,
        entry=form.entry(),
        reason=form.cleaned_data["reason"],
        now=now,
    )


def _add_asked(form: ToldReportForm, asked: told_reports.NotStoredYet) -> None:
    if isinstance(asked, told_reports.ReadingsRefused):
        form.add_problems(asked.problems, unlikely=isinstance(asked, told_reports.ReadingsUnlikely))
    else:
        form.add_error(None, _("Not stored yet: what they said calls for one more question below."))


def _report_form(
    request: ConsoleRequest, told: told_reports.ToldForm, wrong: Report | None = None
) -> ToldReportForm:
    if wrong is not None:
        return CorrectToldForm(request.POST or None, wrong=wrong, **_of_form(request, told))
    return ToldReportForm(request.POST or None, **_of_form(request, told))


def _of_form(request: ConsoleRequest, told: told_reports.ToldForm) -> dict[str, Any]:
    return {
        "told": told,
        "caregivers": care_team.caregivers(patient=told.patient),
        "language": request.user.language,
        "unit": request.user.temperature_unit,
    }


def _render_report(
    request: ConsoleRequest,
    form: ToldReportForm,
    *,
    pressing: intake.FilledAdvice | None = None,
    wrong: Report | None = None,
    wrong_person_form: WrongPersonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    more = {
        "form": form,
        "advice": pressing if pressing and pressing.level.is_pressing else None,
        "wrong": wrong,
        "wrong_person_form": wrong_person_form or WrongPersonForm(),
    }
    return _render(request, "told_report", form.told.patient, status=status, **more)


def _render(
    request: ConsoleRequest, template: str, patient: Patient, *, status: int = 200, **more: object
) -> HttpResponse:
    marks = look_alikes.marks_of([patient])
    context = {"desk": request.desk, "patient": patient, "mark": marks.get(patient.pk), **more}
    return render(request, f"console/patients/{template}.html", context, status=status)
