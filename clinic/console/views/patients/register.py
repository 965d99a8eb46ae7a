"""The patient list, one patient's page, and enrolling."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import Permission, clinics_with, get_risk_lowering
from clinic.console.forms.patients import diseases
from clinic.console.forms.patients.care_team import InviteForm
from clinic.console.forms.patients.clinic_transfers import OfferForm
from clinic.console.forms.patients.fact_corrections import CorrectForm
from clinic.console.forms.patients.home_check_baseline import HomeCheckBaselineForm
from clinic.console.forms.patients.life_events import LifeEventForm, TakeBackForm
from clinic.console.forms.patients.monitoring import PauseForm
from clinic.console.forms.patients.preparation import (
    SecondCaregiverForm,
    StartForm,
    UsualValuesForm,
)
from clinic.console.forms.patients.register import EnrolForm, FactsForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.models.patient import PatientStatus
from clinic.queries.patients import deletions
from clinic.queries.patients.look_alikes import SamePerson
from clinic.queries.reports import trends
from clinic.rules.patients.facts import WrongFacts
from clinic.services.desk import record_access
from clinic.services.patients import enrolment, identity, risk_lowerings, windows
from clinic.services.protocols.versions import NoProtocol

WRONG = 422

# Who is cared for stands before who is not any more.
_STATUSES = [
    (status.value, status.label)
    for status in (
        *(PatientStatus.PREPARING, PatientStatus.ACTIVE, PatientStatus.PAUSED, PatientStatus.ADMITTED),
        *(PatientStatus.ENDED, PatientStatus.DIED),
    )
]


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def index(request: ConsoleRequest) -> HttpResponse:
    search = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    page = record_access.open_patient_list(
        words=search,
        cursor=request.GET.get("after", ""),
        status=request.GET.get("status", ""),
        by=request.user,
        now=timezone.now(),
    )
    context = {
        "desk": request.desk,
        "page": page,
        "deletions": deletions.waiting_for_somebody(user=request.user, now=timezone.now())
        if request.desk.may_delete
        else (),
        "search": search,
        "statuses": _STATUSES,
    }
    return render(request, "console/patients/patients.html", context)


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def detail(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    return show_patient(request, patient_id)


@require_http_methods(["GET", "POST"])
@console_page(Permission.MANAGE_PATIENTS)
def enrol(request: ConsoleRequest) -> HttpResponse:
    now = timezone.now()
    form = EnrolForm(
        request.POST or None,
        clinics=clinics_with(request.user, Permission.MANAGE_PATIENTS).order_by("name"),
        today=timezone.localdate(now),
    )
    if not form.is_valid():
        status = WRONG if form.is_bound else 200
        return render(
            request, "console/patients/patient_new.html", {"desk": request.desk, "form": form}, status=status
        )
    same_people: tuple[SamePerson, ...] = ()
    try:
        patient = enrolment.enrol(
            clinic=form.clinic(),
            by=request.user,
            enrolment=form.enrolment(),
            now=now,
            known_others=known_others(request),
        )
    except WrongFacts as wrong:
        form.add_wrong(wrong)
    except windows.TooShort as short:
        form.add_too_short(short)
    except enrolment.TooYoung as young:
        form.add_too_young(young.minimum_age)
    except NoProtocol:
        words = _(
            "This clinic has no protocol yet, so nothing could be asked. Have one published, then enroll."
        )
        form.add_error(None, words)
    except identity.NumberTaken:
        form.add_number_taken()
    except identity.MayBeSame as found:
        same_people = found.people
    if form.errors or same_people:
        context = {"desk": request.desk, "form": form, "same_people": same_people}
        return render(request, "console/patients/patient_new.html", context, status=WRONG)
    messages.success(request, _("%(name)s is enrolled. Now invite the family.") % {"name": patient.full_name})
    return redirect("console_patient", patient_id=patient.pk)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def change_facts(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    form = FactsForm(request.POST)
    if not form.is_valid():
        return show_patient(request, patient_id, facts_form=form, status=WRONG)
    try:
        waits = enrolment.change_facts(
            patient_id=patient_id,
            by=request.user,
            facts=form.facts(),
            now=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
    except enrolment.MaskTooLong:
        form.add_error("masked_until", _("Check the date: this day is too far away."))
        return show_patient(request, patient_id, facts_form=form, status=WRONG)
    except risk_lowerings.LoweringRefused as refused:
        form.add_error("reason", lowering_refusal(refused.code))
        return show_patient(request, patient_id, facts_form=form, status=WRONG)
    if waits is None:
        messages.success(request, _("Saved. It counts from the next report on."))
    else:
        messages.warning(
            request,
            _("The lower risk waits for a second nurse or physician. Until then the higher counts."),
        )
    return redirect("console_patient", patient_id=patient_id)


@require_POST
@console_page(Permission.LOWER_RISKS)
def decide_lowering(request: ConsoleRequest, lowering_id: UUID) -> HttpResponse:
    """The second clinician confirms or refuses; whoever proposed it takes it back."""
    confirms = request.POST.get("answer") == "confirm"
    act = risk_lowerings.confirm if confirms else risk_lowerings.refuse
    patient_id = get_risk_lowering(request.user, lowering_id).patient_id
    try:
        act(lowering_id=lowering_id, by=request.user, now=timezone.now())
    except risk_lowerings.LoweringRefused as refused:
        messages.error(request, lowering_refusal(refused.code))
    else:
        done = _("Confirmed. The lower risk counts from the next report on.")
        messages.success(request, done if confirms else _("Nothing has changed: the higher risk counts."))
    return redirect("console_patient", patient_id=patient_id)


def lowering_refusal(code: str) -> str:
    """Why a risk is not lowered, in words."""
    return {
        "no_reason": _("Write why the risk is lower now. A second person reads it before they confirm."),
        "waiting_already": _("A lower risk waits for a second person already. Decide on that first."),
        "second_person": _("You proposed it, so somebody else has to confirm."),
        "closed": _("Somebody has decided already."),
        "overtaken": _("Something has changed since, so nothing was lowered. Look, and propose it again."),
    }[code]


def correct_form_of(
    on_file: Mapping[str, Any], clinic_id: UUID, data: QueryDict | None = None
) -> CorrectForm:
    """What is on file, to be put right."""
    return CorrectForm(
        data,
        initial={**on_file, **diseases.on_file(on_file["disease"])},
        clinic_id=clinic_id,
        language=on_file["language"],
        today=timezone.localdate(),
    )


def known_others(request: ConsoleRequest) -> frozenset[UUID]:
    """The people whom this page has shown as being on record, and who are others all the same."""
    try:
        return frozenset(UUID(each) for each in request.POST.getlist("known_others"))
    except ValueError:
        return frozenset()


def show_patient(request: ConsoleRequest, patient_id: UUID, status: int = 200, **more: Any) -> HttpResponse:
    """The patient's page, with a form that was filled in wrongly in place of an empty one."""
    panel = record_access.open_patient(
        patient_id=patient_id,
        older_than=request.GET.get("older", ""),
        days=trends.chosen_days(request.GET.get("days", "")),
        kind=request.GET.get("show", ""),
        by=request.user,
        now=timezone.now(),
    )
    if "correct_form" not in more:
        more["correct_form"] = correct_form_of(panel.on_file, panel.patient.clinic_id)
    context = {
        "desk": request.desk,
        "panel": panel,
        "invite_form": InviteForm(
            initial={"language": panel.patient.language}, clinic_id=panel.patient.clinic_id
        ),
        "pause_form": PauseForm(),
        "event_form": LifeEventForm(
            kinds=panel.recordable,
            protocols=panel.protocols,
            initial={
                "at": timezone.localtime(),
                "minutes_to_centre": panel.stored["minutes_to_centre"],
            },
        ),
        "back_form": TakeBackForm(),
        "offer_form": OfferForm(clinics=panel.offer.clinics),
        "facts_form": FactsForm(initial=panel.stored),
        "start_form": StartForm(),
        "second_form": SecondCaregiverForm(initial={"reason": panel.patient.single_caregiver_reason}),
        "usual_form": UsualValuesForm(items=panel.baseline_items),
        "baseline_form": HomeCheckBaselineForm(initial={"language": panel.patient.language}),
        **more,
    }
    return render(request, "console/patients/patient.html", context, status=status)
