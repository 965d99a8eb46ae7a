"""What comes in by telephone: noting a call, and entering a report for a family."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import Permission
from clinic.console.forms.patients.telephone import (
    CallForm,
    ToldReportForm,
    posted_version,
    told_so_far,
)
from clinic.console.gate import ConsoleRequest, console_page
from clinic.models import Patient
from clinic.models.patient import PatientStatus
from clinic.queries.patients import care_team, look_alikes
from clinic.services.escalations import phone_calls
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
            form.add_error(None, _("This page has been used already. Open it anew for another call."))
        else:
            messages.success(request, _("The call is on record."))
            if form.cleaned_data["for_alert"] and noted.contact is None:
                messages.info(request, _("The alert was closed meanwhile, so the call is not in its log."))
            return redirect("console_patient", patient_id=patient_id)
    return _render(request, "note_call", patient, status=WRONG if form.errors else 200, form=form)


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
    if told.patient.status == PatientStatus.DIED:
        messages.error(request, _("This patient has died: nothing is asked any more. Note the call instead."))
        return redirect("console_patient", patient_id=patient_id)
    return _render_report(request, _report_form(request, told))


@require_GET
@console_page(Permission.ACT_ON_ESCALATIONS)
def advice(request: ConsoleRequest, patient_id: UUID, report_id: UUID) -> HttpResponse:
    told = told_reports.open_advice(
        patient_id=patient_id, report_id=report_id, by=request.user, now=timezone.now()
    )
    return _render(request, "told_advice", told.patient, told=told, advice=told.advice)


def _enter(request: ConsoleRequest, told: told_reports.ToldForm) -> HttpResponse:
    now = timezone.now()
    so_far = told_so_far(request.POST, told.protocol).answers
    told = told_reports.open_form(
        patient_id=told.patient.pk, by=request.user, now=now, version=told.version, answers=so_far
    )
    form = _report_form(request, told)
    pressing = None
    if form.is_valid():
        try:
            stored = told_reports.enter(
                patient_id=told.patient.pk, by=request.user, entry=form.entry(), now=now
            )
        except told_reports.NotStoredYet as asked:
            _add_asked(form, asked)
            pressing = asked.advice
        except told_reports.SeenAhead:
            form.add_error("seen_at", _("This is still to come. Check the day and the time."))
        except told_reports.NothingTold:
            form.add_error(None, _("No question is answered yet. Ask them, or tick “Nothing else is new”."))
        except tellers.NobodyNamed:
            form.add_error("person", _("This person has no access any more. Choose “Somebody else”."))
        except (intake.ReportConflict, intake.InvalidAnswers):
            form.add_error(None, _("This page has been used already. Open it anew for another report."))
        else:
            return redirect("console_told_advice", patient_id=told.patient.pk, report_id=stored.report.pk)
    elif so_far:
        pressing = intake.advise_on_answers(patient=told.patient, answers=so_far, now=now)
    return _render_report(request, form, pressing=pressing, status=WRONG)


def _add_asked(form: ToldReportForm, asked: told_reports.NotStoredYet) -> None:
    if isinstance(asked, told_reports.ReadingsRefused):
        form.add_problems(asked.problems, unlikely=isinstance(asked, told_reports.ReadingsUnlikely))
    else:
        form.add_error(None, _("Not stored yet: what they said calls for one more question below."))


def _report_form(request: ConsoleRequest, told: told_reports.ToldForm) -> ToldReportForm:
    return ToldReportForm(
        request.POST or None,
        told=told,
        caregivers=care_team.caregivers(patient=told.patient),
        language=request.user.language,
        unit=request.user.temperature_unit,
    )


def _render_report(
    request: ConsoleRequest,
    form: ToldReportForm,
    *,
    pressing: intake.FilledAdvice | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = pressing if pressing and pressing.level.is_pressing else None
    return _render(request, "told_report", form.told.patient, status=status, form=form, advice=shown)


def _render(
    request: ConsoleRequest, template: str, patient: Patient, *, status: int = 200, **more: object
) -> HttpResponse:
    marks = look_alikes.marks_of([patient])
    context = {"desk": request.desk, "patient": patient, "mark": marks.get(patient.pk), **more}
    return render(request, f"console/patients/{template}.html", context, status=status)
