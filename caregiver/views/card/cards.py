"""The emergency card: the family's page, and the page that its code opens in an emergency room."""

from uuid import UUID
from zoneinfo import ZoneInfo

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from caregiver.queries.card import cards
from caregiver.queries.household import call_numbers
from caregiver.queries.household.today import day_of_patient
from caregiver.services.card import codes
from caregiver.views.core.gate import CaregiverRequest, caregiver_page, render_after_death, render_for_clinics
from clinic import row_scope
from clinic.models.audit_event import current_source
from clinic.services.core import rate_limits


@require_safe
@caregiver_page
def card(request: CaregiverRequest) -> HttpResponse:
    people = cards.of_caregiver(by=request.user, now=timezone.now())
    mourned = None if people else cards.who_has_died(by=request.user)
    if mourned is not None:
        return render_after_death(request, mourned)
    return render_for_clinics(
        request, "caregiver/card/card.html", clinics=[one.patient.clinic for one in people], cards=people
    )


@require_POST
@caregiver_page
def make_code(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    """Shown on this answer and never again: only a hash of the address is kept."""
    now = timezone.now()
    made = codes.create(patient_id=patient_id, by=request.user, now=now)
    return render_for_clinics(
        request,
        "caregiver/card/card_code.html",
        patient=made.link.patient,
        day=day_of_patient(made.link.patient, now),
        made=made,
        qr=mark_safe(segno.make(made.url).svg_inline(scale=1, omitsize=True)),  # noqa: S308  only squares
    )


@require_POST
@caregiver_page
def end_code(request: CaregiverRequest, code_id: UUID) -> HttpResponse:
    codes.end(code_id=code_id, by=request.user, now=timezone.now())
    return redirect("caregiver_card")


@never_cache
@require_safe
@row_scope.everything()
def emergency_room(request: HttpRequest, token: str) -> HttpResponse:
    """In English and in the patient's time zone: its reader is a doctor near the patient."""
    with translation.override(codes.READERS_LANGUAGE):
        response = _render_opened(request, token)
    # Whoever was sent the address must not find the page by a search.
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _render_opened(request: HttpRequest, token: str) -> HttpResponse:
    try:
        found, until = codes.open_card(token=token, now=timezone.now())
    except codes.UnknownCode as unknown:
        if rate_limits.count_failure(kind="card", source=current_source() or ""):
            return _render_ended(request, why="guesses", status=429)
        raise Http404 from unknown
    except codes.OpenedTooOften as often:
        return _render_ended(request, why="often", status=429, clinic=often.clinic)
    except codes.CodeEnded as over:
        return _render_ended(request, why="over", status=410, clinic=over.clinic)
    with timezone.override(ZoneInfo(found.patient.time_zone)):
        return render(request, "caregiver/card/emergency_room.html", {"card": found, "until": until})


def _render_ended(request: HttpRequest, *, why: str, status: int, clinic: object = None) -> HttpResponse:
    # Whoever guesses is shown no clinic of a card, and still whom to call.
    numbers = () if clinic else call_numbers.for_visitor(remembered=(), now=timezone.now())
    context = {"clinic": clinic, "why": why, "contacts": numbers}
    return render(request, "caregiver/card/emergency_room_over.html", context, status=status)
