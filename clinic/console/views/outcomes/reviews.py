"""What became of a clinic's patients in figures, and serious events read again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import Permission
from clinic.console.forms.outcomes.review import ReviewForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.outcomes.reviews import EventToReview
from clinic.services.outcomes import counting, reviews

WRONG = 422


@require_GET
@console_page(Permission.WATCH_CONSOLE)
def figures(request: ConsoleRequest) -> HttpResponse:
    page = counting.read(
        by=request.user,
        clinic_slug=request.GET.get("clinic", ""),
        month=request.GET.get("month", ""),
    )
    return render(request, "console/outcomes/became.html", {"desk": request.desk, "page": page})


@require_GET
@console_page(Permission.VIEW_PATIENTS)
def events(request: ConsoleRequest) -> HttpResponse:
    return _show(request, request.GET.get("clinic", ""))


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def review(request: ConsoleRequest, patient_id: UUID, event_id: UUID) -> HttpResponse:
    form = ReviewForm(request.POST, auto_id=f"id_{event_id}_%s")
    slug = request.GET.get("clinic", "")
    if not form.is_valid():
        reviews.require_may_review(patient_id=patient_id, event_id=event_id, by=request.user)
        return _show(request, slug, {event_id: form}, WRONG)
    try:
        reviews.review(
            patient_id=patient_id,
            event_id=event_id,
            verdict=form.chosen,
            note=form.cleaned_data["note"],
            by=request.user,
            now=timezone.now(),
        )
    except reviews.NothingToReview:
        messages.error(request, _("This event is no admission and no death, or was taken back."))
    else:
        messages.success(request, _("Stored. The figures follow when they are counted next."))
    return redirect(f"{reverse('console_event_reviews')}?clinic={slug}")


def _show(
    request: ConsoleRequest, slug: str, typed: dict[UUID, ReviewForm] | None = None, status: int = 200
) -> HttpResponse:
    page = reviews.list_for(by=request.user, clinic_slug=slug, now=timezone.now())
    rows = [(one, (typed or {}).get(one.event.pk) or _form(one)) for one in page.events]
    return render(
        request,
        "console/outcomes/events.html",
        {"desk": request.desk, "page": page, "rows": rows, "wrong": next(iter((typed or {}).values()), None)},
        status=status,
    )


def _form(one: EventToReview) -> ReviewForm:
    said = {"verdict": one.review.verdict, "note": one.review.note} if one.review else None
    return ReviewForm(initial=said, auto_id=f"id_{one.event.pk}_%s")
