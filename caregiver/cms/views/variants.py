"""A clinic's own variants: begun from a shared page, and held beside it again when it has changed."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from caregiver.cms.addresses import address
from caregiver.cms.views.review import EditorRequest, changes
from caregiver.cms.views.use import begin_translation, end
from caregiver.models import Edition, EditionState, GuidancePage, GuidanceVariant
from caregiver.queries.guidance import rights
from caregiver.queries.guidance.variants import shared_change
from caregiver.rules.guidance.checks import texts_of
from caregiver.services.guidance import variants
from clinic.access import NotAllowed


@require_POST
def begin(request: EditorRequest, pk: int) -> HttpResponse:
    """A draft for the clinic that was chosen, or for the person's only one."""
    page = get_object_or_404(GuidancePage, pk=pk)
    clinic_id = _uuid(request.POST.get("clinic", ""))
    if clinic_id is None:
        messages.error(request, _("Choose for which clinic."))
        return redirect("guidance_use:use")
    try:
        draft = variants.begin(page=page, clinic_id=clinic_id, by=request.user, now=timezone.now())
    except NotAllowed:
        return HttpResponse(status=403)
    except variants.CannotVary:
        messages.error(request, _("Families do not read this page now, so it cannot be worded anew."))
        return redirect("guidance_use:use")
    messages.success(
        request,
        _("Write over the shared text. Families of %(clinic)s see it once it is approved.")
        % {"clinic": draft.clinic.name},
    )
    return redirect(address(draft, "edit"))


@require_POST
def translate(request: EditorRequest, pk: int) -> HttpResponse:
    return begin_translation(request, get_object_or_404(GuidanceVariant, pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: EditorRequest, pk: int) -> HttpResponse:
    return end(request, get_object_or_404(GuidanceVariant, pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: EditorRequest, pk: int) -> HttpResponse:
    """What has changed on the shared page, and "ours still holds"."""
    variant = get_object_or_404(GuidanceVariant.objects.select_related("clinic"), pk=pk)
    if request.method == "POST":
        return _confirm(request, variant)
    return _render(request, variant)


def _confirm(request: EditorRequest, variant: GuidanceVariant) -> HttpResponse:
    named = request.POST.get("shared", "")
    try:
        variants.confirm(
            variant=variant,
            shared_edition_id=int(named) if named.isascii() and named.isdigit() and len(named) < 16 else 0,
            by=request.user,
            now=timezone.now(),
        )
    except NotAllowed:
        return HttpResponse(status=403)
    except variants.SharedPageMoved:
        messages.warning(request, _("The shared page has changed again. Please read the newer text."))
        return _render(request, variant, status=409)
    messages.success(
        request,
        _("Noted: “%(title)s” of %(clinic)s still holds.")
        % {"title": variant.title, "clinic": variant.clinic.name},
    )
    return redirect("guidance_use:use")


def _render(request: EditorRequest, variant: GuidanceVariant, status: int = 200) -> HttpResponse:
    change = shared_change(variant)
    context = {
        "page": variant,
        "change": change,
        "is_over": change.now is not None and change.now.state == EditionState.WITHDRAWN,
        "changes": changes(_texts(change.before), _texts(change.now)) if change.before else [],
        "own": variant.document(),
        "asks": change.is_open and rights.may_write(request.user, variant),
        "edit_url": address(variant, "edit"),
    }
    return render(request, "caregiver/cms/shared.html", context, status=status)


def _texts(edition: Edition | None) -> list[str]:
    return list(texts_of(edition.content)) if edition else []


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
