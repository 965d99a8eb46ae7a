"""Changing one item of a draft: its sentences, and its wording in one language."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.access import Permission
from clinic.console.forms.protocols.items import SentencesForm, WordingForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.rules_in_words.places import item_name, kind_name
from clinic.console.views.protocols.drafts import CONFLICT, WRONG, refusal
from clinic.queries.protocols import drafts as query
from clinic.rules.protocols import editing
from clinic.services.protocols import drafts


@require_http_methods(["GET", "POST"])
@console_page(Permission.EDIT_PROTOCOLS)
def item(request: ConsoleRequest, draft_id: UUID, item_key: str) -> HttpResponse:
    page = _page_with(request, draft_id, item_key)
    form = SentencesForm(request.POST or None, item_key=item_key, **_given(page))
    return _answer(request, page, item_key, form, "")


@require_http_methods(["GET", "POST"])
@console_page(Permission.EDIT_PROTOCOLS)
def wording(request: ConsoleRequest, draft_id: UUID, item_key: str, language: str) -> HttpResponse:
    page = _page_with(request, draft_id, item_key)
    if language not in page.draft.document["languages"]:
        raise Http404
    form = WordingForm(request.POST or None, item_key=item_key, language=language, **_given(page))
    return _answer(request, page, item_key, form, language)


def _page_with(request: ConsoleRequest, draft_id: UUID, item_key: str) -> query.DraftOverview:
    page = query.draft_overview(user=request.user, draft_id=draft_id)
    if item_key not in {one.key for one in page.items}:
        raise Http404
    return page


def _given(page: query.DraftOverview) -> dict[str, Any]:
    return {
        "document": page.draft.document,
        "problems": page.problems,
        "initial": {"revision": page.draft.revision},
    }


def _answer(
    request: ConsoleRequest,
    page: query.DraftOverview,
    key: str,
    form: SentencesForm | WordingForm,
    language: str,
) -> HttpResponse:
    if not form.is_bound or not form.is_valid():
        return _render(request, page, key, form, language, WRONG if form.is_bound else 200)
    try:
        drafts.save(
            draft_id=page.draft.pk,
            revision=form.cleaned_data["revision"],
            values=form.values(),
            by=request.user,
            now=timezone.now(),
        )
    except drafts.ChangedMeanwhile as other:
        notice = _(
            "%(name)s saved this draft while you were writing. Your text is below; compare, then save."
        )
        form.add_error(None, notice % {"name": other.by_name})
        # The next try is laid over what is stored now, with open eyes.
        form.data = {**request.POST.dict(), "revision": page.draft.revision}
        return _render(request, page, key, form, language, CONFLICT)
    except drafts.DraftRefused as refused:
        form.add_error(None, refusal(refused.code))
        return _render(request, page, key, form, language, CONFLICT)
    messages.success(request, _("Saved in the draft. Families see it once the draft is approved."))
    return redirect("console_protocol_draft", draft_id=page.draft.pk)


def _render(
    request: ConsoleRequest,
    page: query.DraftOverview,
    key: str,
    form: SentencesForm | WordingForm,
    language: str,
    status: int,
) -> HttpResponse:
    item = next(one for one in page.items if one.key == key)
    context = {
        "desk": request.desk,
        "page": page,
        "item": item,
        "form": form,
        "name": item_name(item),
        "kind": kind_name(item),
        "language": language,
        "languages": _languages(page, key),
    }
    name = "wording" if language else "item"
    return render(request, f"console/protocols/{name}.html", context, status=status)


def _languages(page: query.DraftOverview, key: str) -> list[dict[str, str]]:
    """The languages in which this item has wording, in the order of the protocol."""
    written = {field.language for field in editing.fields(page.draft.document, key)}
    return [
        {"code": code, "name": get_language_info(code)["name_translated"]}
        for code in page.draft.document["languages"]
        if code in written
    ]
