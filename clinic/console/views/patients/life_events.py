"""Recording what happens in a patient's life, with a last look before a death; taking a mistake back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic.access import Permission, get_patient
from clinic.console.forms.patients.life_events import LifeEventForm, TakeBackForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.views.patients.register import WRONG, show_patient
from clinic.models import Patient
from clinic.queries.patients import life_events as queries
from clinic.queries.protocols.versions import published_codes
from clinic.rules.patients.facts import WrongFacts
from clinic.rules.patients.life_events import Kind
from clinic.services.escalations import life_events
from clinic.services.patients import windows

_DONE: dict[Kind, Promise] = {
    Kind.ADMITTED: gettext_lazy(
        "On record. Until a discharge, no reminders are sent and a missed check-in raises no alarm."
    ),
    Kind.DISCHARGED: gettext_lazy(
        "On record. Silence counts from now. Ask who helps at home now, and whether their numbers still hold."
    ),
    Kind.RELAPSED: gettext_lazy("On record. Monitoring goes on as before."),
    Kind.INFUSED: gettext_lazy("On record. Days, check-ins and times to stay near count from this infusion."),
    Kind.ENDED: gettext_lazy("On record. Nothing is planned any more, and nobody is reminded."),
    Kind.DIED: gettext_lazy("On record. Nothing more is sent to the family. See that somebody calls them."),
}


_BEGUN_ANEW: Promise = gettext_lazy(
    "On record. Days count from this infusion. Prepare the patient to go home again: invite the family, then "
    "start monitoring."
)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def record(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_id)
    # Whatever does not fit any more is refused by the service, which says why.
    form = LifeEventForm(request.POST, kinds=queries.recordable(), protocols=published_codes(patient.clinic))
    if not form.is_valid():
        return show_patient(request, patient_id, event_form=form, status=WRONG)
    facts = form.facts()
    if facts["kind"] is Kind.DIED and "confirmed" not in request.POST:
        return _look_before_death(request, patient, form)
    try:
        event = life_events.record(
            patient_id=patient_id,
            by=request.user,
            now=timezone.now(),
            given=form.given(),
            way=form.way(),
            **facts,
        )
    except life_events.Refused as refused:
        form.add_error(queries.FIELDS.get(refused.reason, "kind"), str(queries.WHY_NOT[refused.reason]))
    except WrongFacts as wrong:
        form.add_wrong(wrong)
    except windows.TooShort as short:
        form.add_too_short(short)
    if form.errors:
        return show_patient(request, patient_id, event_form=form, status=WRONG)
    is_begun_anew = event.kind == Kind.INFUSED and event.status_before != event.status_after
    messages.success(request, str(_BEGUN_ANEW if is_begun_anew else _DONE[facts["kind"]]))
    return redirect("console_patient", patient_id=patient_id)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def take_back(request: ConsoleRequest, patient_id: UUID, event_id: UUID) -> HttpResponse:
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        get_patient(request.user, patient_id)
        messages.error(request, _("Say why it was a mistake."))
        return redirect("console_patient", patient_id=patient_id)
    try:
        life_events.take_back(
            patient_id=patient_id,
            event_id=event_id,
            by=request.user,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except life_events.AlreadyTakenBack:
        messages.error(request, _("This has been taken back already."))
    except life_events.TakenOver:
        messages.error(request, str(queries.TAKEN_OVER))
    except life_events.NotLast:
        messages.error(request, _("Take back first what came after it."))
    else:
        messages.success(
            request,
            _("Taken back. Monitoring goes on as before. Links to join that were open must be sent again."),
        )
    return redirect("console_patient", patient_id=patient_id)


def _look_before_death(request: ConsoleRequest, patient: Patient, form: LifeEventForm) -> HttpResponse:
    """What is planned and on its way, and what becomes of it, before it is said that somebody has died."""
    if refusal := queries.refusal_now(patient, **form.facts(), now=timezone.now()):
        form.add_error(queries.FIELDS.get(refusal, "kind"), str(queries.WHY_NOT[refusal]))
        return show_patient(request, patient.pk, event_form=form, status=WRONG)
    context = {
        "desk": request.desk,
        "patient": patient,
        "form": form,
        "facts": form.facts(),
        "waiting": queries.waiting_for(patient, now=timezone.now()),
    }
    return render(request, "console/patients/death.html", context)
