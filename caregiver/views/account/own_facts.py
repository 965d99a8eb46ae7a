"""Somebody's own name, clock and number, in the settings."""

from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from caregiver.forms.account.own_facts import NameForm, NewNumberCodeForm, NewNumberForm
from caregiver.queries.account import reminders
from caregiver.queries.household import today
from caregiver.services.account import codes, number
from caregiver.views.account import shared_phone
from caregiver.views.account.sign_in import wrong_words
from caregiver.views.core.gate import CaregiverRequest, View, caregiver_page, render_for_clinics
from clinic.access import NotVisible
from clinic.models.audit_event import current_source
from clinic.services.patients import number_changes, own_facts
from notifications.rules.recipients import Refusal

CODE_ID, NUMBER = "new_number_code", "new_number"
_WHY_NOT: dict[Refusal, str | Promise] = {
    Refusal.COUNTRY: gettext_lazy("We cannot text to this country. Please call the clinic."),
}
_NO_TEXTS = gettext_lazy("Texts do not reach this number. Type a cell phone number.")


def _for_family(view: View) -> View:
    """Staff have their names and numbers from their clinic. Below caregiver_page."""

    @wraps(view)
    def wrapped(request: CaregiverRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.phone is None:
            raise NotVisible("user")
        return view(request, *args, **kwargs)

    return wrapped


@require_POST
@caregiver_page
@_for_family
def change_name(request: CaregiverRequest) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Type your name."))
        return redirect("caregiver_settings")
    own_facts.set_name(by=request.user, name=form.cleaned_data["name"], now=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("caregiver_settings")


@require_POST
@caregiver_page
@_for_family
def change_clock(request: CaregiverRequest) -> HttpResponse:
    """The form has only choices, so a wrong one is no person's mistake and changes nothing."""
    try:
        own_facts.set_zone(by=request.user, zone=request.POST.get("time_zone", ""), now=timezone.now())
    except own_facts.UnknownZone:
        return redirect("caregiver_settings")
    messages.success(request, _("Saved. We will text you by this clock."))
    return redirect("caregiver_settings")


@require_http_methods(["GET", "HEAD", "POST"])
@caregiver_page
@_for_family
def ask_number(request: CaregiverRequest) -> HttpResponse:
    form = NewNumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"].as_e164
        try:
            asked = number.ask_code(
                by=request.user, phone=phone, source=current_source() or "", now=timezone.now()
            )
        except number_changes.SameNumber:
            form.add_error("phone", _("You already use this number."))
        except number_changes.CannotBeTexted as refused:
            form.add_error("phone", str(_WHY_NOT.get(refused.reason, _NO_TEXTS)))
        except codes.TooManyCodes:
            form.add_error("phone", _("You asked for several codes. Wait 15 minutes, then ask again."))
        else:
            request.session[CODE_ID], request.session[NUMBER] = str(asked.code_id), phone
            return redirect("caregiver_number_code")
    return _render(request, "number", form)


@require_http_methods(["GET", "HEAD", "POST"])
@caregiver_page
@_for_family
def prove_number(request: CaregiverRequest) -> HttpResponse:
    if CODE_ID not in request.session:
        return redirect("caregiver_number")
    chosen = reminders.of_caregiver(by=request.user)
    gets_them = chosen is not None and chosen.standing == "on"
    form = NewNumberCodeForm(request.POST or None, initial={"reminders": gets_them})
    if request.method == "POST" and form.is_valid():
        try:
            _confirm(request, form)
        except codes.WrongCode as wrong:
            form.add_error("code", wrong_words(wrong.tries_left))
        except codes.DeadCode:
            form.add_error("code", _("This code does not work anymore. Ask for a new one."))
        except (number_changes.NumberOfStranger, number_changes.CannotBeTexted, number_changes.SameNumber):
            form.add_error(None, _("We cannot change to this number here. Please call the clinic."))
        else:
            return redirect("caregiver_settings")
    return _render(request, "number_code", form, phone=request.session.get(NUMBER, ""))


def _confirm(request: CaregiverRequest, form: NewNumberCodeForm) -> None:
    number.confirm(
        by=request.user,
        code_id=UUID(request.session[CODE_ID]),
        code=form.cleaned_data["code"],
        wants_reminders=form.cleaned_data["reminders"],
        now=timezone.now(),
    )
    for key in (CODE_ID, NUMBER):
        request.session.pop(key, None)
    shared_phone.note_proven_number(request)
    messages.success(request, _("Your new number is saved. You stay signed in."))


def _render(
    request: CaregiverRequest, template: str, form: NewNumberForm | NewNumberCodeForm, phone: str = ""
) -> HttpResponse:
    people = today.of_caregiver(by=request.user, now=timezone.now())
    return render_for_clinics(
        request,
        f"caregiver/account/{template}.html",
        clinics=[one.patient.clinic for one in people],
        status=422 if form.errors else 200,
        form=form,
        phone=phone,
    )
