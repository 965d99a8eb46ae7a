"""Guidance for families. Open to everybody: whoever holds a phone at night may not be signed in."""

from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe

from caregiver.queries.guidance import reading
from caregiver.queries.household import call_numbers
from caregiver.services.guidance import learning, usage
from caregiver.views.core.gate import render_for_clinics, render_for_visitor
from caregiver.views.core.remembered_clinics import remembered_clinics
from clinic.models import Clinic

ONE_YEAR = 365 * 24 * 3600


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "")
    found = learning.open_shelf(
        by=request.user, language=_language(), query=query, now=timezone.now(), clinics=_clinics(request)
    )
    return _render(request, "caregiver/guidance/learn.html", shelf=found)


@never_cache
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    at = _moment(request.GET.get("on", ""))
    clinics = _clinics(request)
    # Whoever reads another language may look at what their clinic says in English only.
    language = settings.LANGUAGE_CODE if "english" in request.GET else _language()
    opened = learning.open_page(
        by=request.user, slug=slug, language=language, at=at, now=timezone.now(), clinics=clinics
    )
    if opened is None:
        raise Http404
    return _render(
        request,
        "caregiver/guidance/page.html",
        opened=opened,
        guidance=opened.page.content,
        own_clinic=clinics.shown if opened.page.is_variant or opened.elsewhere else None,
        as_of=at,
        answered=_number(request.GET.get("answered", "")),
        is_large=request.GET.get("view") == "large",
        is_print=request.GET.get("view") == "print",
    )


@never_cache
@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    clinics = _clinics(request)
    clinic_id = clinics.shown_id
    rows = reading.editions_of(slug=slug, language=_language(), clinic_id=clinic_id)
    if not rows:
        raise Http404
    current = reading.guidance_page(slug=slug, language=_language(), now=timezone.now(), clinic_id=clinic_id)
    return _render(
        request,
        "caregiver/guidance/versions.html",
        rows=rows,
        current=current,
        named_clinic=clinic_id if clinics.has_several else "",
        clinic_query=f"?clinic={clinic_id}" if clinics.has_several else "",
    )


@never_cache
@require_POST
def read(request: HttpRequest, slug: str) -> HttpResponse:
    """Only of somebody signed in; for anybody else there is nothing to keep."""
    if request.user.is_authenticated:
        learning.mark_read(
            by=request.user,
            slug=slug,
            language=_language(),
            now=timezone.now(),
            clinics=_clinics(request),
        )
        messages.info(request, _("Noted: you have read this page."))
    return redirect(_address(request, slug))


@never_cache
@require_POST
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    choice = _number(request.POST.get("choice", ""))
    if choice is None:
        return redirect(f"{_address(request, slug)}#question")
    learning.answer(
        by=request.user,
        slug=slug,
        language=_language(),
        choice=choice,
        now=timezone.now(),
        clinics=_clinics(request),
    )
    return redirect(f"{_address(request, slug, answered=str(choice))}#question")


@never_cache
@require_POST
def count_clear(request: HttpRequest, slug: str) -> HttpResponse:
    """Was this clear? Counted, not kept with a name."""
    now = timezone.now()
    found = reading.guidance_page(
        slug=slug, language=_language(), now=now, clinic_id=_clinics(request).shown_id
    )
    if found is None:
        raise Http404
    what = "clear" if request.POST.get("clear") == "yes" else "unclear"
    usage.count(page=found, what=what, now=now)
    messages.info(request, _("Thank you. The people who write these pages see how many said so."))
    return redirect(_address(request, slug))


@require_safe
@cache_control(public=True, max_age=ONE_YEAR, immutable=True)
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    data = reading.picture(digest=digest)
    if data is None:
        raise Http404
    return HttpResponse(data, content_type="image/webp")


@never_cache
@require_safe
def offline_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page as a phone keeps it: with nobody's name and no form. Of the reader only their unit shows."""
    now, clinic = timezone.now(), _clinic_of_phone(request)
    clinic_id = clinic.pk if clinic else None
    found = reading.guidance_page(slug=slug, language=_language(), now=now, clinic_id=clinic_id)
    if found is None:
        raise Http404
    related = reading.live_guidance(language=_language(), now=now, clinic_id=clinic_id)
    opened = learning.OpenedGuidance(
        page=found,
        related=tuple(related[one] for one in found.content["related"] if one in related),
        unit=learning.unit_of(request.user),
    )
    with timezone.override(_time_zone(request, clinic)):
        return render_for_visitor(
            request,
            "caregiver/guidance/page_offline.html",
            opened=opened,
            guidance=found.content,
            own_clinic=clinic if found.is_variant else None,
            kept_at=now,
            is_kept=True,
        )


@never_cache
@require_safe
def offline_index(request: HttpRequest) -> HttpResponse:
    """The list of what is on the phone."""
    clinic = _clinic_of_phone(request)
    pages = reading.live_guidance(
        language=_language(), now=timezone.now(), clinic_id=clinic.pk if clinic else None
    )
    kept = [one for one in pages.values() if one.is_kept_on_phones]
    return render_for_visitor(
        request, "caregiver/guidance/learn_offline.html", pages=kept, kept_at=timezone.now()
    )


def _render(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """With the numbers of the reader's own clinics where we know who reads."""
    if not request.user.is_authenticated:
        return render_for_visitor(request, template, **context)
    with timezone.override(ZoneInfo(request.user.time_zone)):
        return render_for_clinics(
            request, template, clinics=call_numbers.clinics_of(by=request.user), **context
        )


def _time_zone(request: HttpRequest, clinic: Clinic | None) -> ZoneInfo | None:
    """The reader's; of whoever is not signed in, that of the clinic which the phone knows."""
    if request.user.is_authenticated:
        return ZoneInfo(request.user.time_zone)
    return ZoneInfo(clinic.time_zone) if clinic else None


def _clinics(request: HttpRequest) -> learning.ReaderClinics:
    """Whose texts to show: of the clinic that the address names, if it is one of the reader's."""
    clinics = call_numbers.clinics_of_reader(by=request.user, remembered=remembered_clinics(request))
    return learning.reader_clinics(clinics, request.GET.get("clinic", ""))


def _clinic_of_phone(request: HttpRequest) -> Clinic | None:
    """Whose texts this phone keeps: known without a session."""
    clinics = call_numbers.clinics_of_phone(remembered=remembered_clinics(request))
    return clinics[0] if clinics else None


def _address(request: HttpRequest, slug: str, **query: str) -> str:
    """The page again, of the clinic that was named."""
    clinics = _clinics(request)
    if clinics.has_several:
        query = {"clinic": str(clinics.shown_id), **query}
    return reverse("caregiver_guidance", args=[slug]) + (f"?{urlencode(query)}" if query else "")


def _language() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else None


def _moment(text: str) -> datetime | None:
    """A moment, or the end of a day; anything else is no wish at all."""
    try:
        day, moment = parse_date(text), parse_datetime(text)
    except ValueError:
        return None
    if day:
        return timezone.make_aware(datetime.combine(day, time.max), timezone.get_current_timezone())
    if moment is None:
        return None
    return moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)
