"""A patient is offered to another clinic on the patient's page, and answered on a page of its own."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import Permission, get_patient
from clinic.console.forms.patients.clinic_transfers import AcceptForm, DeclineForm, OfferForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.views.patients.register import WRONG, known_others, show_patient
from clinic.queries.patients import clinic_transfers as queries
from clinic.queries.patients.look_alikes import SamePerson
from clinic.queries.patients.wrong_facts import in_words
from clinic.rules.patients.facts import WrongFacts
from clinic.services.escalations import clinic_transfers
from clinic.services.escalations.clinic_transfers import Acceptance
from clinic.services.patients import identity
from clinic.services.protocols.versions import NoProtocol


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def offer(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_id)
    form = OfferForm(request.POST, clinics=queries.sent_for(patient).clinics)
    if not form.is_valid():
        return show_patient(request, patient.pk, offer_form=form, status=WRONG)
    try:
        clinic_transfers.offer(
            patient_id=patient.pk,
            to_clinic_id=UUID(form.cleaned_data["to_clinic"]),
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
    except clinic_transfers.CareOver:
        messages.error(request, _("Monitoring is over, so there is nothing to hand over."))
    except clinic_transfers.OfferedAlready:
        messages.error(request, _("An offer is open already. Withdraw it first."))
    else:
        messages.success(request, _("Offered. You monitor until the other clinic accepts."))
    return redirect("console_patient", patient_id=patient.pk)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def withdraw(request: ConsoleRequest, transfer_id: UUID) -> HttpResponse:
    try:
        found = clinic_transfers.withdraw(transfer_id=transfer_id, by=request.user, now=timezone.now())
    except clinic_transfers.NotOpen:
        messages.error(request, _("This offer has been answered meanwhile."))
        return redirect("console_clinic_transfer", transfer_id=transfer_id)
    messages.success(request, _("Withdrawn. The patient stays with you."))
    return redirect("console_patient", patient_id=found.patient_id)


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def detail(request: ConsoleRequest, transfer_id: UUID) -> HttpResponse:
    return _show(request, transfer_id)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def accept(request: ConsoleRequest, transfer_id: UUID) -> HttpResponse:
    offered = clinic_transfers.open_to_answer(transfer_id=transfer_id, by=request.user, now=timezone.now())
    if not offered.is_open:
        return _answered_already(request, transfer_id)
    form = AcceptForm(request.POST, family=offered.family)
    if not form.is_valid():
        return _show(request, transfer_id, accept_form=form, status=WRONG)
    acceptance = Acceptance(
        form.cleaned_data["time_zone"], form.links(), known_others(request), form.number()
    )
    same_people: tuple[SamePerson, ...] = ()
    try:
        patient = clinic_transfers.accept(
            transfer_id=transfer_id, acceptance=acceptance, by=request.user, now=timezone.now()
        )
    except (clinic_transfers.NotOpen, clinic_transfers.CareOver):
        return _answered_already(request, transfer_id)
    except NoProtocol:
        form.add_error(None, _("Your clinic has published no protocol yet."))
    except identity.NumberTaken:
        form.add_wrong_number(_("Another patient of this clinic has this number."))
    except WrongFacts as wrong:
        form.add_wrong_number(in_words(next(iter(wrong.problems.values()))))
    except identity.MayBeSame as found:
        same_people = found.people
    if form.errors or same_people:
        return _show(request, transfer_id, accept_form=form, same_people=same_people, status=WRONG)
    messages.success(request, _("Accepted. Monitoring is yours from now on. Look at the family’s numbers."))
    return redirect("console_patient", patient_id=patient.pk)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def decline(request: ConsoleRequest, transfer_id: UUID) -> HttpResponse:
    clinic_transfers.open_to_answer(transfer_id=transfer_id, by=request.user, now=timezone.now())
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _show(request, transfer_id, decline_form=form, status=WRONG)
    try:
        clinic_transfers.decline(
            transfer_id=transfer_id,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
    except clinic_transfers.NotOpen:
        messages.error(request, _("This offer is open no more."))
    else:
        messages.success(request, _("Declined. The other clinic goes on monitoring and sees why."))
    return redirect("console_clinic_transfer", transfer_id=transfer_id)


def _answered_already(request: ConsoleRequest, transfer_id: UUID) -> HttpResponse:
    messages.error(request, _("This offer is open no more."))
    return redirect("console_clinic_transfer", transfer_id=transfer_id)


def _show(request: ConsoleRequest, transfer_id: UUID, status: int = 200, **more: object) -> HttpResponse:
    offered = clinic_transfers.open_offer(transfer_id=transfer_id, by=request.user, now=timezone.now())
    initial = {
        "time_zone": offered.time_zone,
        "hospital_number": offered.number_there,
        "members": [str(one.link) for one in offered.family],
    }
    context = {
        "desk": request.desk,
        "offer": offered,
        "accept_form": AcceptForm(family=offered.family, initial=initial),
        "decline_form": DeclineForm(),
        **more,
    }
    return render(request, "console/patients/transfer.html", context, status=status)
