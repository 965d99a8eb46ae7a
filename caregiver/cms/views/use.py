"""How the pages are used, which translations are behind, and what is due for review."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from caregiver.queries import guidance_desk


@require_safe
def use(request: HttpRequest) -> HttpResponse:
    return render(request, "caregiver/cms/use.html", {"desk": guidance_desk.desk(now=timezone.now())})


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """There is one kind of content here, so the editor begins with it."""
    return redirect("guidance_use:use")
