"""What a report led to, and all reports so far."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from caregiver.levels import LEVEL_WORDS, WORDS_OF_THEN
from caregiver.queries.household import course
from caregiver.queries.household import reports as queries
from caregiver.queries.household.today import day_of_patient
from caregiver.services.check_in import results
from caregiver.views.core.gate import CaregiverRequest, caregiver_page, render_for_clinics


@require_safe
@caregiver_page
def result(request: CaregiverRequest, report_id: UUID) -> HttpResponse:
    now = timezone.now()
    found = results.open_result(by=request.user, report_id=report_id, now=now)
    if found.report.is_drill:
        # Its advice would send a family to the emergency number for a test.
        return redirect("caregiver_go_home_drill", found.report.patient_id)
    return render_for_clinics(
        request,
        "caregiver/check_in/result.html",
        patient=found.report.patient,
        day=day_of_patient(found.report.patient, now),
        result=found,
        status=200,
        report_status=found.status,
        level_word=(WORDS_OF_THEN if found.is_past else LEVEL_WORDS)[found.advice.level],
    )


@require_safe
@caregiver_page
def status(request: CaregiverRequest, report_id: UUID) -> HttpResponse:
    """The fragment that the result page asks for again and again."""
    found = queries.progress_by_id(by=request.user, report_id=report_id)
    return render(request, "caregiver/household/_status.html", {"report_status": found})


@require_safe
@caregiver_page
def history(request: CaregiverRequest) -> HttpResponse:
    page = queries.history(by=request.user, cursor=request.GET.get("before", ""), now=timezone.now())
    clinics = [line.patient.clinic for line in page.reports]
    several = len({line.patient.pk for line in page.reports}) > 1
    days = course.chosen_days(request.GET.get("days", ""))
    courses = course.of_caregiver(by=request.user, days=days, now=timezone.now())
    return render_for_clinics(
        request,
        "caregiver/household/history.html",
        clinics=clinics or [one.patient.clinic for one in courses],
        history=page,
        several=several,
        names={one.patient.pk: one.name for one in courses},
        courses=courses,
        course_days=courses[0].days if courses else None,
        course_spans=course.SPANS,
        all_died=bool(courses) and all(one.has_died for one in courses),
    )
