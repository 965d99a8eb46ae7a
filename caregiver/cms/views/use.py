"""The editor's desk: where each page stands, how it is used, what is due, and what can be begun from here."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language_info, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from caregiver.cms.addresses import address
from caregiver.cms.finding_texts import orphan_text
from caregiver.cms.views.review import EditorRequest
from caregiver.models import GuidancePage, GuidanceText
from caregiver.models.guidance import LEVELS
from caregiver.queries.guidance import rights, upkeep
from caregiver.queries.guidance.upkeep import DeskView, PageState
from caregiver.services.guidance import desk_acts, orphans
from clinic.access import NotAllowed

STATES = {
    PageState.DRAFT: _("Draft"),
    PageState.REVIEW: _("In review"),
    PageState.LIVE: pgettext_lazy("guidance", "Live"),
    PageState.LATE: _("Past its review date"),
    PageState.RETIRED: _("Retired"),
}


@require_safe
def use(request: EditorRequest) -> HttpResponse:
    now = timezone.now()
    view = _view_of(request)
    desk = upkeep.overview(by=request.user, now=now, today=timezone.localdate(now), view=view)
    context = {
        "desk": desk,
        # Asked once: each asking is a query.
        "may_write_shared": rights.may_write_shared(request.user),
        "owners": [(str(one.pk), one.name) for one in rights.desk_clinics(request.user).order_by("name")],
        "lost": [orphan_text(kind, what) for kind, what in orphans.current(now=now)],
        "lines": [
            (
                line,
                STATES[line.state],
                LEVELS[line.level],
                _name(line.language),
                _languages(line.untranslated),
            )
            for line in desk.pages
        ],
        "changed": sum(line.is_unconfirmed for line in desk.pages),
        "states": [(state, STATES[state], count) for state, count in desk.counts.items()],
        "languages": _languages(code for code, _own in settings.LANGUAGES),
        "total": sum(desk.counts.values()),
    }
    return render(request, "caregiver/cms/use.html", context)


@require_POST
def translate(request: EditorRequest, pk: int) -> HttpResponse:
    return begin_translation(request, get_object_or_404(GuidancePage, pk=pk))


def begin_translation(request: EditorRequest, page: GuidanceText) -> HttpResponse:
    """A draft in another language, of a shared page or a variant."""
    try:
        draft = desk_acts.begin_translation(
            page=page, language=request.POST.get("language", ""), by=request.user, now=timezone.now()
        )
    except NotAllowed:
        return HttpResponse(status=403)
    except desk_acts.CannotTranslate:
        messages.error(request, gettext("Choose a language into which this page is not translated yet."))
        return redirect("guidance_use:use")
    messages.success(
        request, gettext("Write over the English text. Families see it once a second person has approved it.")
    )
    return redirect(address(draft, "edit"))


@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: EditorRequest, pk: int) -> HttpResponse:
    return end(request, get_object_or_404(GuidancePage, pk=pk))


def end(request: EditorRequest, page: GuidanceText) -> HttpResponse:
    """The end of a shared page or a variant: asked once more, then handed in."""
    if request.method != "POST":
        live = [] if page.is_translation else page.get_translations().filter(live=True)
        names = [name for _code, name in _languages(one.language for one in [page, *live])]
        return render(request, "caregiver/cms/retire.html", {"page": page, "languages": names})
    try:
        desk_acts.retire(page=page, by=request.user, now=timezone.now())
    except NotAllowed:
        return HttpResponse(status=403)
    except desk_acts.CannotRetire:
        messages.error(
            request,
            gettext(
                "It cannot be retired now: it is not live, or it waits for a second person in some language."
            ),
        )
    else:
        messages.success(
            request,
            gettext("The end of “%(title)s” is handed in. Families read it until then.")
            % {"title": page.title},
        )
    return redirect("guidance_use:use")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """There is one kind of content here, so the editor begins with it."""
    return redirect("guidance_use:use")


def _view_of(request: HttpRequest) -> DeskView:
    """What was asked for; an unknown state or language asks for all."""
    state, language = request.GET.get("state", ""), request.GET.get("language", "")
    return DeskView(
        state=state if state in set(PageState) else "",
        language=language if language in dict(settings.LANGUAGES) else "",
        owner=request.GET.get("owner", "")[:40],
        changed=bool(request.GET.get("changed")),
        words=request.GET.get("q", "").replace("\x00", "").strip()[:100],
    )


def _languages(codes: Any) -> list[tuple[str, str]]:
    return [(code, _name(code)) for code in codes]


def _name(code: str) -> str:
    return str(get_language_info(code)["name_translated"])
