"""What browsers report that the content policy has kept from running: counted by directive, and nothing else.

A report names addresses with all that stands in them, and a piece of the script; none of it is kept.
"""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from prometheus_client import Counter

from clinic.models.audit_event import current_source
from clinic.services.core import rate_limits

_LARGEST = 16_000
# One page may send a list of what it was refused; a page with more than these has one fault many times.
_MOST = 20
# Anything else is "other": whoever writes reports by hand makes up no labels.
_DIRECTIVES = frozenset(
    (
        *("connect-src", "default-src", "font-src", "frame-src", "img-src", "manifest-src", "media-src"),
        *("object-src", "script-src", "script-src-attr", "script-src-elem", "style-src", "style-src-attr"),
        *("style-src-elem", "worker-src", "base-uri", "form-action", "frame-ancestors", "sandbox"),
    )
)

refused = Counter(
    "kinwatch_policy_violations_total",
    "What the content policy refused, by browsers' reports.",
    ["directive"],
)


# Browsers send these by themselves, without a token; what they say changes a number and nothing else.
@csrf_exempt
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """204 for reports that were counted; 413, 400 and 429 for what is none, or too many from one address."""
    body = request.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        return HttpResponse(status=413)
    if rate_limits.count_use(kind="browser-report", subject=current_source() or ""):
        return HttpResponse(status=429)
    directives = _directives(body)
    for directive in directives:
        refused.labels(directive if directive in _DIRECTIVES else "other").inc()
    return HttpResponse(status=204 if directives else 400)


def _directives(body: bytes) -> list[str]:
    """Of the old form, one report by itself, and of the new, a list of reports of every kind."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if isinstance(said, list):
        bodies = [_part(one, "body") for one in said[:_MOST] if _part(one, "type") == "csp-violation"]
        return [str(_part(one, "effectiveDirective")) for one in bodies]
    report = _part(said, "csp-report")
    # Older browsers name the whole directive, with its sources.
    named = _part(report, "effective-directive") or _part(report, "violated-directive")
    return [str(named).partition(" ")[0]] if named else []


def _part(of: Any, name: str) -> Any:
    return of.get(name) if isinstance(of, dict) else None
