"""How the pages are used, which translations are behind, and what is due for review."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from caregiver.cms.finding_texts import orphan_text
from caregiver.queries.guidance import upkeep
from caregiver.services.guidance import orphans


@require_safe
def use(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    desk = upkeep.overview(now=now, today=timezone.localdate(now))
    lost = [orphan_text(kind, what) for kind, what in orphans.current(now=now)]
    return render(request, "caregiver/cms/use.html", {"desk": desk, "lost": lost})


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """There is one kind of content here, so the editor begins with it."""
    return redirect("guidance_use:use")
