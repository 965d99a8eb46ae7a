"""The gate of the vendor's webhooks: a request without a right signature reads and changes nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications import metrics
from notifications.providers import twilio

View = Callable[..., HttpResponse]


def signed(view: View) -> View:
    """POST only, 403 unless Twilio signed it for our account.

    Exempt from the CSRF check, which is for browsers: the signature says who asks.
    """

    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _is_genuine(request):
            metrics.refused_webhooks.labels(view.__name__).inc()
            return HttpResponse(status=403)
        return view(request, *args, **kwargs)

    return csrf_exempt(require_POST(gate))


def _is_genuine(request: HttpRequest) -> bool:
    params = _params(request)
    if params is None:
        return False
    # From the settings and the raw line, never from Host or X-Forwarded-*: those a forger writes.
    query = request.META.get("QUERY_STRING", "")
    address = settings.PUBLIC_BASE_URL + request.path + (f"?{query}" if query else "")
    signature = request.headers.get("X-Twilio-Signature", "")
    if not twilio.is_genuine(address=address, params=params, signature=signature):
        return False
    return twilio.is_ours(request.POST.get("AccountSid", ""))


def _params(request: HttpRequest) -> Any:
    """What is signed beside the address: the form, or the raw text of any other body."""
    if request.content_type == "application/x-www-form-urlencoded":
        return request.POST
    try:
        return request.body.decode()
    except UnicodeDecodeError:
        return None
