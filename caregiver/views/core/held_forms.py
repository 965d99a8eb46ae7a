"""A form that arrived without a session: kept on our side until the person has signed in again."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy

from caregiver.levels import LEVEL_WORDS
from caregiver.queries.household import call_numbers, today
from caregiver.services.check_in import visitor_advice
from caregiver.views.core.remembered_clinics import remembered_clinics
from clinic.models import User
from clinic.rules.core.enums import Level

HELD_FORM_KEY, NEXT_URL_KEY = "held_form", "after_sign_in"
# Answers about a person age; past this they are asked anew.
HELD_FOR = timedelta(hours=1)
TOO_OLD = gettext_lazy("Your answers were kept for one hour. That is over, so please give them again.")
_LARGEST = 20_000
_NOT_KEPT = frozenset({"csrfmiddlewaretoken"})


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Keep what was sent, then the sign-in page; but an emergency is shown before anything is asked."""
    if request.method != "POST":
        if is_part_of_a_page(request):
            # The script keeps what it shows; a fragment is no page to come back to.
            return HttpResponse(status=401)
        request.session[NEXT_URL_KEY] = request.get_full_path()
        return redirect("caregiver_sign_in")
    _hold_form(request)
    pressing = call_now_context(request)
    if pressing:
        numbers = call_numbers.for_visitor(remembered=remembered_clinics(request), now=timezone.now())
        return render(request, "caregiver/core/call_now.html", {"contacts": numbers, **pressing})
    return redirect("caregiver_sign_in")


def call_now_context(request: HttpRequest, *, without_database: bool = False) -> dict[str, Any]:
    """What caregiver/core/_call_now.html shows, if the answers that were posted cannot wait; else nothing.

    `without_database`: by the rules that are shipped, and not by their clinic's.
    """
    fields = {key: request.POST.getlist(key) for key in request.POST}
    remembered = [] if without_database else remembered_clinics(request)
    level = visitor_advice.level_of_form(fields=fields, remembered=remembered)
    # A page that sends what was answered before carries none of it, but what the phone made of it.
    told = request.POST.get("level_on_phone", "")
    level = max(level, Level(told)) if told in set(Level) else level
    if not level.is_pressing:
        return {}
    return {"pressing": True, "level": level, "level_word": LEVEL_WORDS[level]}


def after_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Where the person was: the kept form, the page they wanted, or home."""
    if held_form(request) is not None:
        return redirect("caregiver_continue")
    if drop_if_too_old(request):
        messages.info(request, TOO_OLD)
    target = request.session.pop(NEXT_URL_KEY, "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(target)
    return redirect("caregiver_home")


def drop_if_too_old(request: HttpRequest) -> bool:
    """Whether a form had been kept for longer than that; it goes, and whoever sent it is to be told."""
    form = request.session.get(HELD_FORM_KEY)
    if form is None or timezone.now() - datetime.fromisoformat(form["at"]) <= HELD_FOR:
        return False
    del request.session[HELD_FORM_KEY]
    return True


def held_form(request: HttpRequest) -> dict[str, Any] | None:
    """The kept form as {"path", "fields", "at"}, unless it is too old or about somebody else's patient."""
    form: dict[str, Any] | None = request.session.get(HELD_FORM_KEY)
    if form is None or timezone.now() - datetime.fromisoformat(form["at"]) > HELD_FOR:
        return None
    if request.user.is_authenticated and not _may_be_theirs(form.get("patient", ""), request.user):
        del request.session[HELD_FORM_KEY]
        return None
    return form


def drop_held_form_if_arrived(request: HttpRequest) -> None:
    """The kept form has come through, or the person has moved on to send another."""
    if (
        request.method == "POST"
        and HELD_FORM_KEY in request.session
        and request.path != reverse("caregiver_language")
    ):
        del request.session[HELD_FORM_KEY]


def is_part_of_a_page(request: HttpRequest) -> bool:
    """Asked for by a script of ours (report_status.js, htmx), which puts the answer into its page."""
    return "X-Requested-With" in request.headers or "HX-Request" in request.headers


def _may_be_theirs(patient_id: str, user: User) -> bool:
    """Somebody else may have signed in on this phone since the form was kept."""
    return not patient_id or today.is_caregiver_of(by=user, patient_id=patient_id)


def _hold_form(request: HttpRequest) -> None:
    # A picture is quickly taken again. Its body may be read by now, so its length is what was announced.
    if request.FILES or int(request.META.get("CONTENT_LENGTH") or 0) > _LARGEST:
        return
    match = request.resolver_match
    request.session[HELD_FORM_KEY] = {
        "path": request.get_full_path(),
        "patient": str(match.kwargs.get("patient_id", "")) if match else "",
        "fields": [
            [key, value]
            for key in request.POST
            if key not in _NOT_KEPT
            for value in request.POST.getlist(key)
        ],
        "at": timezone.now().isoformat(),
    }
