"""What makes the site an app that opens without a signal. All of it is public and nobody's own."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from caregiver.levels import LEVEL_WORDS
from caregiver.queries.guidance import reading
from caregiver.queries.guidance.pictures import picture_url
from caregiver.queries.household import call_numbers
from caregiver.services.guidance import learning
from caregiver.views.core.gate import render_for_visitor
from caregiver.views.core.remembered_clinics import remembered_clinics
from notifications.push_worker import push_worker_source

# Comments that take whole lines, types within a line, and indents.
_FOR_READERS = re.compile(
    r"^[ ]*//[^\n]*\n|^[ ]*/\*\*.*?\*/\n|/\*\* @.*?\*/ |^[ ]+", re.MULTILINE | re.DOTALL
)

# The public shell: what the service worker keeps, and the only thing it keeps.
SHELL_PAGE = "caregiver_offline"
SHELL_FILES = (
    "ui/tokens.css",
    "ui/base.css",
    "ui/forms.css",
    "ui/components.css",
    "ui/icons.svg",
    "caregiver/caregiver.css",
    "caregiver/guidance.css",
    "caregiver/card.css",
    "caregiver/app.js",
    "caregiver/offline/autosave.js",
    "caregiver/offline/card.js",
    "caregiver/offline/check_in.js",
    "caregiver/offline/draft.js",
    "caregiver/offline/fields.js",
    "caregiver/offline/finish.js",
    "caregiver/offline/leaving.js",
    "caregiver/offline/pack.js",
    "caregiver/offline/page.js",
    "caregiver/offline/person.js",
    "caregiver/offline/phone_level.js",
    "caregiver/offline/queue.js",
    "caregiver/offline/review.js",
    "caregiver/offline/screens.js",
    "caregiver/offline/seal.js",
    "caregiver/offline/sending.js",
    "caregiver/offline/shell.js",
    "caregiver/offline/states.js",
    "caregiver/offline/store.js",
    "caregiver/offline/vault.js",
    "caregiver/offline/worry.js",
    "caregiver/read_aloud.js",
    "caregiver/triage/answers.js",
    "caregiver/triage/conditions.js",
    "caregiver/triage/levels.js",
    "caregiver/triage/numbers.js",
    "caregiver/triage/trends.js",
    "caregiver/triage/triage.js",
)
# Pages that have an offline twin, which also stands in for a server that is slow or broken.
SHELL_ANSWERS_FOR = ("/", "/check-in/", "/patient/", "/history/", "/reports/", "/card/", "/worried/")
# Pages that work with a signal only. They may take their time; with none, the shell shows whom to call.
# Everything else fails as the browser sees fit.
SHELL_NEEDS_SIGNAL = (
    "/continue/",
    "/phones/",
    "/practice/",
    "/settings/",
    "/sign-in/",
    "/terms/",
    "/thinking-check/",
    "/writing/",
)
# A page of guidance that is not on the phone is answered with the list of those that are.
SHELL_GUIDANCE_LIST = "caregiver_learn_offline"


@never_cache
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, so that it stands before every page. OFFLINE=off makes phones throw theirs away."""
    if not settings.OFFLINE:
        return _script(_source("caregiver/worker_off.js"))
    shell = {
        "page": reverse(SHELL_PAGE),
        "files": [static(name) for name in SHELL_FILES],
        "answersFor": SHELL_ANSWERS_FOR,
        "needsSignal": SHELL_NEEDS_SIGNAL,
        "guidance": _guidance(request),
    }
    parts = push_worker_source(home=reverse("caregiver_home")), _source("caregiver/worker.js")
    source = _for_phones("".join(parts))
    version = hashlib.sha256(f"{json.dumps(shell)}{source}".encode()).hexdigest()[:12]
    return _script(f"const SHELL = {json.dumps({**shell, 'version': version})};\n{source}")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Nothing secret in the start address: an installed app has a sign-in of its own."""
    about: dict[str, Any] = {
        "id": "/",
        "name": settings.PRODUCT_NAME,
        "short_name": settings.PRODUCT_NAME,
        "description": _("Tell the clinic what you see, with or without a signal."),
        "start_url": reverse("caregiver_home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf6f0",
        "theme_color": "#faf6f0",
        "icons": [
            {"src": static("caregiver/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": static("caregiver/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": static("caregiver/icon-maskable-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
    }
    return JsonResponse(about, content_type="application/manifest+json")


@never_cache
@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The page that stands in when there is no signal. The phone's script fills it."""
    return render_for_visitor(request, "caregiver/phone/offline.html", level_words=LEVEL_WORDS.items())


def _guidance(request: HttpRequest) -> dict[str, Any]:
    """Emergency and urgent pages with their pictures, and a stamp that changes with any of them.

    Of the clinic that this phone's pages are of; one that goes on at another fetches them anew.
    """
    clinics = call_numbers.clinics_of_phone(remembered=remembered_clinics(request))
    clinic_id = clinics[0].pk if clinics else None
    kept = reading.offline_guidance(now=timezone.now(), clinic_id=clinic_id)
    return {
        # Whoever measures in another unit from now on gets the pages anew.
        "stamp": reading.edition_stamp(clinic_id=clinic_id) + learning.unit_of(request.user),
        "start": reverse("caregiver_learn"),
        "list": reverse(SHELL_GUIDANCE_LIST),
        "pages": {
            reverse("caregiver_guidance", args=[slug]): reverse("caregiver_guidance_offline", args=[slug])
            for slug in kept.slugs
        },
        "pictures": [picture_url(key) for key in kept.pictures],
    }


def _script(source: str) -> HttpResponse:
    return HttpResponse(source, content_type="text/javascript; charset=utf-8")


def _source(name: str) -> str:
    return Path(str(finders.find(name))).read_text(encoding="utf-8")


def _for_phones(source: str) -> str:
    """Phones on slow lines load the worker at their first visit; what is said in it is for us."""
    return _FOR_READERS.sub("", source)
