"""Correcting facts on a patient's page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import Permission, get_patient
from clinic.console.forms.patients.fact_corrections import CorrectForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.views.patients.register import WRONG, correct_form_of, known_others, show_patient
from clinic.queries.patients.facts import on_file
from clinic.queries.patients.look_alikes import SamePerson
from clinic.rules.patients.facts import WrongFacts
from clinic.services.patients import enrolment, fact_corrections, identity, windows


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def correct(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_id)
    form = correct_form_of(on_file(patient), patient.clinic_id, request.POST)
    same_people: tuple[SamePerson, ...] = ()
    if form.is_valid():
        try:
            _correct(request, patient_id, form)
        except identity.MayBeSame as found:
            same_people = found.people
            form.add_error(None, _("Somebody of this name and date of birth is on record here."))
        if not form.errors:
            messages.success(request, _("Saved. What hangs on it follows."))
            return redirect("console_patient", patient_id=patient_id)
    return show_patient(request, patient_id, correct_form=form, same_people=same_people, status=WRONG)


def _correct(request: ConsoleRequest, patient_id: UUID, form: CorrectForm) -> None:
    """What is refused stands at its field. MayBeSame."""
    try:
        fact_corrections.correct(
            patient_id=patient_id,
            by=request.user,
            facts=form.facts(),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
            known_others=known_others(request),
        )
    except WrongFacts as wrong:
        form.add_wrong(wrong)
    except windows.TooShort as short:
        form.add_too_short(short)
    except enrolment.TooYoung as young:
        form.add_too_young(young.minimum_age)
    except identity.NumberTaken:
        form.add_number_taken()
