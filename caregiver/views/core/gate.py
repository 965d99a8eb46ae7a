"""What all caregiver pages share: who is asking, whose numbers are shown, and that nothing is cached."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from caregiver.queries.household import call_numbers
from caregiver.views.core import held_forms
from caregiver.views.core.remembered_clinics import remember_clinics, remembered_clinics
from clinic.access import NotVisible, get_cared_for
from clinic.models import Clinic, Patient, User
from clinic.models.patient import PatientStatus
from clinic.queries.core import languages
from clinic.services.reports.intake import FilledAdvice, TooManyReports

View = Callable[..., HttpResponse]


class CaregiverRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


def caregiver_page(view: View) -> View:
    """A page for signed-in people. A visitor signs in first and loses nothing that was typed."""

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return held_forms.ask_to_sign_in(request)
        held_forms.drop_held_form_if_arrived(request)
        with timezone.override(ZoneInfo(request.user.time_zone)):
            try:
                return view(request, *args, **kwargs)
            except TooManyReports:
                return render_for_visitor(request, "caregiver/core/too_many.html", status=429)
            except NotVisible as hidden:
                if held_forms.is_part_of_a_page(request):
                    raise Http404 from hidden
                return _not_theirs(request)

    return wrapped


def render_for_clinics(
    request: HttpRequest,
    template: str,
    *,
    clinics: Iterable[Clinic] = (),
    patient: Patient | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Render with the numbers of these clinics, and remember the clinics on this phone."""
    known = list({clinic.pk: clinic for clinic in clinics}.values()) or ([patient.clinic] if patient else [])
    if not known:
        return render_for_visitor(request, template, status=status, **context)
    now = timezone.now()
    shown = [call_numbers.of_clinic(clinic=clinic, now=now) for clinic in known]
    context |= {"contacts": shown, "patient": patient, "page_languages": _language_choices(known)}
    return remember_clinics(request, render(request, template, context, status=status), known)


def render_for_visitor(
    request: HttpRequest, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render for somebody who is not signed in: the numbers are there all the same."""
    numbers = call_numbers.for_visitor(remembered=remembered_clinics(request), now=timezone.now())
    context |= {"contacts": numbers, "page_languages": _language_choices(())}
    return render(request, template, context, status=status)


def render_after_death(
    request: HttpRequest, patient: Patient, *, advice: FilledAdvice | None = None
) -> HttpResponse:
    """A few kind words and whom to call, in place of whatever asks something about somebody who has died.

    `advice` is for whoever ticked a danger sign all the same: whom to call waits for nothing.
    """
    template = "caregiver/core/after_death.html"
    return render_for_clinics(request, template, patient=patient, advice=advice)


def asks_family(view: View) -> View:
    """A page that asks something about a patient. After a death it shows a few words instead.

    What is handed in is taken all the same: nothing that a family has written is lost. Below caregiver_page.
    """

    @wraps(view)
    def wrapped(request: CaregiverRequest, patient_id: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            patient = get_cared_for(request.user, patient_id)
            if patient.status == PatientStatus.DIED:
                return render_after_death(request, patient)
        return view(request, patient_id, *args, **kwargs)

    return wrapped


def _not_theirs(request: HttpRequest) -> HttpResponse:
    """Nothing of a patient, and the same for one who does not exist; but whom to call, always.

    Whoever ticked a danger sign reads first what to do, also when their access has ended meanwhile.
    """
    sent = request.method == "POST"
    pressing = held_forms.call_now_context(request) if sent else {}
    return render_for_visitor(request, "caregiver/core/not_theirs.html", status=404, sent=sent, **pressing)


def _language_choices(clinics: Iterable[Clinic]) -> languages.LanguageChoices:
    return languages.language_choices(language=get_language() or "", clinics=clinics)
