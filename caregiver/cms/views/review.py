"""Reviews: what waits for a second person, one text with what changed in it, and the decision."""

from difflib import SequenceMatcher
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.models import TaskState

from caregiver.cms.addresses import address
from caregiver.cms.finding_texts import finding_text
from caregiver.models import GuidancePage, GuidanceText, GuidanceVariant
from caregiver.models.guidance import LEVELS
from caregiver.queries.guidance.variants import shared_change
from caregiver.rules.guidance.checks import findings, texts_of
from caregiver.services.guidance import review as guidance_review
from clinic.models import User
from clinic.queries.core.moments import hour_and_minute


class EditorRequest(HttpRequest):
    """A request that has passed the gate."""

    user: User


@require_safe
def waiting(request: EditorRequest) -> HttpResponse:
    rows = guidance_review.waiting_for_review(by=request.user)
    return render(request, "caregiver/cms/reviews.html", {"rows": [(row, _address_of(row)) for row in rows]})


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: EditorRequest, pk: int) -> HttpResponse:
    return _answer(request, get_object_or_404(GuidancePage, pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
def review_variant(request: EditorRequest, pk: int) -> HttpResponse:
    return _answer(request, get_object_or_404(GuidanceVariant, pk=pk))


@require_safe
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """The text as families will read it, in a frame of the review page."""
    return _read(request, get_object_or_404(GuidancePage, pk=pk))


@require_safe
def read_variant(request: HttpRequest, pk: int) -> HttpResponse:
    return _read(request, get_object_or_404(GuidanceVariant, pk=pk))


def _read(request: HttpRequest, text: GuidanceText) -> HttpResponse:
    page = text.get_latest_revision_as_object()
    with translation.override(page.language):
        return render(request, page.get_preview_template(request, ""), page.get_preview_context(request, ""))


def _answer(request: EditorRequest, text: GuidanceText) -> HttpResponse:
    return _decide(request, text) if request.method == "POST" else _render(request, text)


def _address_of(row: TaskState) -> str:
    """Of the review of what waits."""
    name = "review_variant" if row.revision.content_type.model == "guidancevariant" else "review"
    return reverse(f"guidance_review:{name}", args=[row.revision.object_id])


def _render(request: EditorRequest, page: GuidanceText, status: int = 200, **more: Any) -> HttpResponse:
    draft = page.get_latest_revision_as_object()
    content = guidance_review.content_of(draft)
    retires = guidance_review.ends_at_once(draft, timezone.now())
    context = {
        "page": draft,
        "level": LEVELS[content["level"]],
        "read_url": address(page, "read"),
        "clinic": draft.clinic if isinstance(draft, GuidanceVariant) else None,
        **_shared_beside(draft),
        "changes": changes(guidance_review.live_texts(draft), list(texts_of(content))),
        "findings": [finding_text(one) for one in findings(content, draft.language)],
        "language": get_language_info(draft.language)["name_translated"],
        "behind": []
        if retires
        else [
            get_language_info(one)["name_translated"]
            for one in guidance_review.translations_left_behind(draft)
        ],
        "red_flag": guidance_review.is_red_flag(draft),
        "may": guidance_review.approval_verdict(page=page, by=request.user),
        "state": page.current_workflow_task_state,
        "retires": retires,
        **more,
    }
    return render(request, "caregiver/cms/review.html", context, status=status)


def _shared_beside(draft: GuidanceText) -> dict[str, Any]:
    """What the other clinics' families read, for whoever decides about a variant."""
    return {"shared": shared_change(draft).now if isinstance(draft, GuidanceVariant) else None}


def _decide(request: EditorRequest, page: GuidanceText) -> HttpResponse:
    now, note = timezone.now(), request.POST.get("note", "").strip()[:1000]
    try:
        if request.POST.get("decision") == "approve":
            guidance_review.approve(
                page=page,
                by=request.user,
                note=note,
                revision_id=request.POST.get("revision", ""),
                sign_for_translations="sign" in request.POST,
                now=now,
            )
            messages.success(request, _publication_text(page))
        else:
            guidance_review.send_back(page=page, by=request.user, note=note, now=now)
            messages.success(request, _("“%(title)s” went back to its author.") % {"title": page.title})
    except guidance_review.NotInReview:
        messages.warning(
            request, _("This text is no longer waiting: it was taken back, changed or decided already.")
        )
    except guidance_review.OwnTextApproval:
        return _render(
            request, page, 403, problem=_("You wrote this text. A second person has to approve it.")
        )
    except guidance_review.NeedsPhysician:
        return _render(request, page, 403, problem=_("A physician has to approve this text."))
    except guidance_review.NeedsSignature:
        return _render(
            request, page, 422, problem=_("Sign for the translations that stay behind, or send it back.")
        )
    except guidance_review.TextUnfit as unfit:
        return _render(request, page, 422, problem="; ".join(finding_text(one) for one in unfit.findings))
    return redirect("guidance_review:waiting")


def _publication_text(page: GuidanceText) -> str:
    page.refresh_from_db()
    scheduled = page.get_scheduled_revision_as_object()
    if scheduled:
        at = timezone.localtime(scheduled.go_live_at)
        day, clock = date_format(at, "DATE_FORMAT"), hour_and_minute(at)
        words = {"title": scheduled.title, "day": day, "clock": clock}
        return _("“%(title)s” goes live on %(day)s at %(clock)s.") % words
    return _("“%(title)s” is live.") % {"title": page.title}


def changes(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    """("gone" | "new", text) for every text that is not in both."""
    found: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            found += [("gone", text) for text in before[a:b]] + [("new", text) for text in after[c:d]]
    return found
