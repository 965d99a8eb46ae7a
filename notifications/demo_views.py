"""What a real system would have texted. Open to everybody, therefore in demo mode only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from notifications import queries


@never_cache
@require_GET
def sent_messages(request: HttpRequest) -> HttpResponse:
    opened_at = f"{request.scheme}://{request.get_host()}"
    page = queries.sent_messages(older_than=request.GET.get("older", ""), opened_at=opened_at)
    return render(request, "notifications/sent_messages.html", {"page": page})
