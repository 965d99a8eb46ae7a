"""Changing a protocol: a clinic's versions, a draft, and what becomes of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import Permission
from clinic.console.forms.protocols.drafts import ApproveForm, SubmitForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.rules_in_words.differences import differences_in_words, problem_in_words
from clinic.console.rules_in_words.places import item_name, kind_name, rule_name
from clinic.console.rules_in_words.sentences import DocumentInWords
from clinic.queries.outcomes import rehearsed_events
from clinic.queries.protocols import drafts as query
from clinic.services.desk import record_access
from clinic.services.protocols import drafts, rehearsals
from clinic.services.protocols.versions import NoProtocol

WRONG = 422
CONFLICT = 409


def refusal(code: str) -> str:
    """Why a draft cannot go on, in words."""
    return {
        "closed": _("This draft is closed, or in another person's hands now. Nothing was changed."),
        "invalid": _("The draft has problems. Fix them first."),
        "unchanged": _("The draft is the same as the published version."),
        "no_reason": _("Write what changes, and why."),
        "not_rehearsed": _("Rehearse the draft on past reports first."),
        "not_viewed": _("Look at the finished rehearsal first. It is on this page."),
        "cases": _("Say of each worked case that comes out differently why that is meant."),
        "own_work": _("You have saved this draft at some time, so somebody who never did has to approve it."),
        "too_late": _("Check the date: it is too far away."),
        "based_on_older": _("Another version was published meanwhile. Withdraw this draft and start again."),
    }[code]


@require_GET
@console_page(Permission.READ_PROTOCOLS)
def index(request: ConsoleRequest) -> HttpResponse:
    clinics = query.overview(user=request.user)
    return render(request, "console/protocols/versions.html", {"desk": request.desk, "clinics": clinics})


@require_POST
@console_page(Permission.EDIT_PROTOCOLS)
def start(request: ConsoleRequest, clinic_id: UUID) -> HttpResponse:
    try:
        draft = drafts.start(clinic_id=clinic_id, by=request.user, now=timezone.now())
    except NoProtocol as nothing:
        raise Http404 from nothing
    return redirect("console_protocol_draft", draft_id=draft.pk)


@require_GET
@console_page(Permission.VIEW_PROTOCOLS)
def draft(request: ConsoleRequest, draft_id: UUID) -> HttpResponse:
    return _render_draft(request, draft_id)


@require_POST
@console_page(Permission.EDIT_PROTOCOLS)
def rehearse(request: ConsoleRequest, draft_id: UUID) -> HttpResponse:
    return _act(request, draft_id, rehearsals.start)


@require_POST
@console_page(Permission.EDIT_PROTOCOLS)
def accept_cases(request: ConsoleRequest, draft_id: UUID) -> HttpResponse:
    prefix = "case-"
    reasons = {
        name.removeprefix(prefix): str(text).replace("\x00", "")[:500]
        for name, text in request.POST.items()
        if name.startswith(prefix)
    }
    for_all = request.POST.get("all_cases", "").replace("\x00", "")[:500]
    reasons = {case: text if text.strip() else for_all for case, text in reasons.items()}
    return _act(request, draft_id, drafts.accept_cases, reasons=reasons)


@require_POST
@console_page(Permission.EDIT_PROTOCOLS)
def submit(request: ConsoleRequest, draft_id: UUID) -> HttpResponse:
    form = SubmitForm(request.POST)
    if not form.is_valid():
        return _render_draft(request, draft_id, WRONG, submit_form=form)
    return _act(request, draft_id, drafts.submit, submit_form=form, **form.cleaned_data)


@require_POST
@console_page(Permission.APPROVE_PROTOCOLS)
def approve(request: ConsoleRequest, draft_id: UUID) -> HttpResponse:
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return _render_draft(request, draft_id, WRONG, approve_form=form)
    return _act(request, draft_id, drafts.approve, approve_form=form, **form.cleaned_data)


@require_POST
@console_page(Permission.EDIT_PROTOCOLS)
def send_back(request: ConsoleRequest, draft_id: UUID) -> HttpResponse:
    return _act(request, draft_id, drafts.send_back)


@require_POST
@console_page(Permission.EDIT_PROTOCOLS)
def withdraw(request: ConsoleRequest, draft_id: UUID) -> HttpResponse:
    return _act(request, draft_id, drafts.withdraw)


def _act(request: ConsoleRequest, draft_id: UUID, service: Any, **given: Any) -> HttpResponse:
    """One act on a draft; a refusal stands on the draft's page with what was typed."""
    kept = {name: given.pop(name) for name in ("submit_form", "approve_form") if name in given}
    try:
        service(draft_id=draft_id, by=request.user, now=timezone.now(), **given)
    except drafts.DraftRefused as refused:
        messages.error(request, refusal(refused.code))
        return _render_draft(request, draft_id, CONFLICT, **kept)
    return redirect("console_protocol_draft", draft_id=draft_id)


def _render_draft(request: ConsoleRequest, draft_id: UUID, status: int = 200, **more: Any) -> HttpResponse:
    page = record_access.open_protocol_draft(draft_id=draft_id, by=request.user, now=timezone.now())
    words = DocumentInWords(page.draft.document)
    context = {
        "desk": request.desk,
        "page": page,
        "differences": differences_in_words(DocumentInWords(page.draft.base_version.document), words),
        "problems": [problem_in_words(one, words) for one in page.problems],
        "parts": _parts(page),
        "rule_names": _rule_names(page),
        "phase_names": {
            one.key.removeprefix("phase."): item_name(one) for one in page.items if one.kind == "phase"
        },
        "own_events": rehearsed_events.of_rehearsal(page.rehearsal_row),
        "submit_form": SubmitForm(initial={"reason": page.draft.reason}),
        "approve_form": ApproveForm(),
        **more,
    }
    return render(request, "console/protocols/draft.html", context, status=status)


def _rule_names(page: query.DraftOverview) -> dict[str, str]:
    """The rules that a rehearsal names, in words: those that the draft has, and those that it took away."""
    if page.rehearsal is None:
        return {}
    named = {rule for one in page.rehearsal.changes for rule in (*one.added, *one.removed)}
    named |= {one.rule for part in page.rehearsal.cohort.phases for one in part.rules}
    base, own = page.draft.base_version.document, page.draft.document
    words = {rule: rule_name(rule, own) for rule in named}
    return {rule: rule_name(rule, base) if name == rule else name for rule, name in words.items()}


def _parts(page: query.DraftOverview) -> list[dict[str, Any]]:
    """The items under the part of the protocol that they belong to."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for one in page.items:
        line = {"key": one.key, "name": item_name(one), "is_changed": one.key in page.changed_items}
        parts.setdefault(kind_name(one), []).append(line)
    return [{"name": name, "items": lines} for name, lines in parts.items()]
