"""Signing in by a texted code, and out."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from caregiver.forms.account.sign_in import CodeForm, PhoneForm
from caregiver.services.account import sign_in as service
from caregiver.views.account import shared_phone
from caregiver.views.core import family_device, held_forms
from caregiver.views.core.gate import render_for_visitor
from clinic.models import User
from clinic.models.audit_event import current_source
from clinic.services.core import known_devices
from clinic.services.patients.family_devices import Arrival

CODE_ID, PHONE = "sign_in_code", "sign_in_phone"
# The code was right, and several people share the phone.
PROVEN_CODE = "sign_in_proven_code"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_phone(request: HttpRequest) -> HttpResponse:
    if _needs_no_code(request):
        return held_forms.after_sign_in(request)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return ask_code_of(request, str(form.cleaned_data["phone"]))
        except service.TooManyCodes:
            form.add_error("phone", _("You asked for several codes. Wait 15 minutes, then ask again."))
            return _phone_page(request, form, 429)
    return _phone_page(request, form, 422 if form.errors else 200)


def ask_code_of(request: HttpRequest, phone: str) -> HttpResponse:
    """Text a code and ask for it. TooManyCodes."""
    marks = known_devices.marks_in(request.COOKIES.get(known_devices.COOKIE, ""))
    requested = service.send_code(phone=phone, source=current_source() or "", marks=marks, now=timezone.now())
    request.session[CODE_ID], request.session[PHONE] = str(requested.code_id), phone
    return redirect("caregiver_sign_in_code")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_code(request: HttpRequest) -> HttpResponse:
    if _needs_no_code(request):
        return held_forms.after_sign_in(request)
    if CODE_ID not in request.session:
        # Asked for in another browser, or this one keeps nothing.
        return redirect(f"{reverse('caregiver_sign_in')}?lost")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people = service.confirm(
                code_id=UUID(request.session[CODE_ID]), code=form.cleaned_data["code"], now=timezone.now()
            )
        except service.WrongCode as wrong:
            form.add_error("code", wrong_words(wrong.tries_left))
        except service.DeadCode:
            form.add_error("code", _("This code does not work anymore. Ask for a new one."))
        else:
            if len(people) == 1:
                return _signed_in(request, people[0])
            request.session[PROVEN_CODE] = request.session.pop(CODE_ID)
            return redirect("caregiver_sign_in_who")
    phone = request.session.get(PHONE, "")
    # Whoever was passed a link may know no more of the number than its end.
    context = {"form": form, "phone": phone, "joined_as": phone[-2:] if request.user.is_authenticated else ""}
    return render_for_visitor(
        request, "caregiver/account/sign_in_code.html", status=422 if form.errors else 200, **context
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_who(request: HttpRequest) -> HttpResponse:
    """Two people share the phone to which the code went."""
    if _needs_no_code(request):
        return held_forms.after_sign_in(request)
    if PROVEN_CODE not in request.session:
        return redirect("caregiver_sign_in")
    people = service.enrolled_caregivers(request.session.get(PHONE, ""))
    if request.method == "POST":
        try:
            chosen = UUID(request.POST.get("person", ""))
            code_id = UUID(request.session[PROVEN_CODE])
            return _signed_in(request, service.choose(code_id=code_id, user_id=chosen, now=timezone.now()))
        except ValueError:
            pass
        except service.DeadCode:
            del request.session[PROVEN_CODE]
            messages.info(request, _("This code does not work anymore. Ask for a new one."))
            return redirect("caregiver_sign_in")
    status = 422 if request.method == "POST" else 200
    return render_for_visitor(
        request, "caregiver/account/sign_in_who.html", status=status, people=people, is_open=status == 422
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("caregiver_sign_in")


def sign_in_device(request: HttpRequest, user: User, *, arrival: Arrival = "code") -> None:
    """Sign this phone in under a new session key; what the visitor's session held stays.

    `arrival` is what shows that it is them; what the phone may read is decided apart
    (clinic/services/patients/family_devices.py).
    """
    login(request, user, backend=BACKEND)
    family_device.note_sign_in(request, user, arrival=arrival)
    shared_phone.note_proven_number(request)


def _needs_no_code(request: HttpRequest) -> bool:
    """Signed in, and no code would open more."""
    return request.user.is_authenticated and not family_device.opens_by_code(request)


def _signed_in(request: HttpRequest, user: User) -> HttpResponse:
    for key in (CODE_ID, PHONE, PROVEN_CODE):
        request.session.pop(key, None)
    sign_in_device(request, user)
    return held_forms.after_sign_in(request)


def _phone_page(request: HttpRequest, form: PhoneForm, status: int) -> HttpResponse:
    has_kept = held_forms.held_form(request) is not None
    return render_for_visitor(
        request,
        "caregiver/account/sign_in.html",
        status=status,
        form=form,
        has_kept=has_kept,
        is_lost="lost" in request.GET,
    )


def wrong_words(tries_left: int) -> str:
    """What to say of a wrong code."""
    if tries_left == 1:
        return _("That is not the code. You can try once more.")
    return _("That is not the code. You can try %(count)d more times.") % {"count": tries_left}
