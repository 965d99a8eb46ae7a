"""Language, temperature unit, reminders and word back."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from caregiver.forms.account.keypad import KeypadForm
from caregiver.forms.account.reminders import RemindersForm
from caregiver.forms.account.word_back import WordBackForm
from caregiver.queries.account import clocks
from caregiver.queries.account import keypad as keypad_of
from caregiver.queries.account import reminders as reminders_of
from caregiver.queries.account import word_back as word_back_of
from caregiver.queries.household import today
from caregiver.services.account import preferences
from caregiver.views.core.gate import CaregiverRequest, caregiver_page, render_for_clinics
from clinic.access import NotVisible
from clinic.services.patients import keypad_codes


@require_safe
@caregiver_page
def preferences_page(request: CaregiverRequest) -> HttpResponse:
    return _render_preferences(request)


def _render_preferences(request: CaregiverRequest, form: KeypadForm | None = None) -> HttpResponse:
    """The page; with the form of the keypad where something about it must be put right."""
    people = today.of_caregiver(by=request.user, now=timezone.now())
    return render_for_clinics(
        request,
        "caregiver/account/settings.html",
        clinics=[one.patient.clinic for one in people],
        people=people,
        clocks=clocks.choices(chosen=request.user.time_zone, now=timezone.now()),
        reminders=reminders_of.of_caregiver(by=request.user),
        word_back=word_back_of.of_caregiver(by=request.user),
        keypad=keypad_of.of_caregiver(by=request.user),
        form=form,
        status=422 if form else 200,
    )


@never_cache
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """For everybody: a visitor's choice stays on the phone, a person's goes with them."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return redirect("caregiver_home")
    if request.user.is_authenticated and not preferences.choose_language(by=request.user, language=chosen):
        return redirect("caregiver_home")
    translation.activate(chosen)
    response = HttpResponseRedirect(_back(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 24 * 3600,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )
    return response


@require_POST
@caregiver_page
def choose_unit(request: CaregiverRequest) -> HttpResponse:
    preferences.choose_unit(by=request.user, unit=request.POST.get("unit", ""))
    messages.success(request, _("Saved."))
    return redirect("caregiver_settings")


@require_POST
@caregiver_page
def choose_reminders(request: CaregiverRequest) -> HttpResponse:
    """The form has only choices, so a wrong one is no person's mistake and changes nothing."""
    form = RemindersForm(request.POST)
    if form.is_valid():
        preferences.choose_reminders(by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
    return redirect("caregiver_settings")


@require_POST
@caregiver_page
def choose_word_back(request: CaregiverRequest) -> HttpResponse:
    """As with reminders, the form has only choices."""
    form = WordBackForm(request.POST)
    if form.is_valid():
        preferences.choose_word_back(by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
    return redirect("caregiver_settings")


@require_POST
@caregiver_page
def choose_keypad(request: CaregiverRequest) -> HttpResponse:
    """A code that is too easy changes nothing; whether to be called is a choice like the others."""
    form = KeypadForm(request.POST)
    try:
        if not form.is_valid():
            raise keypad_codes.WeakCode
        preferences.choose_keypad(by=request.user, now=timezone.now(), **form.cleaned_data)
    except keypad_codes.WeakCode:
        form.add_error(
            "code", _("Code for calls: choose 6 digits that are not all the same and not in a row.")
        )
    except keypad_codes.CodeNeeded:
        form.add_error("code", _("Choose a code too. Without it we cannot call you."))
    except keypad_codes.NoNumber:
        raise NotVisible("user") from None
    if form.errors:
        return _render_preferences(request, form)
    messages.success(request, _("Saved."))
    return redirect("caregiver_settings")


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else "/"
