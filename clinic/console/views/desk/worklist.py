"""The worklist: the page, and the fragment that it refetches. A locked desk gets it without names."""

from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from clinic.access import Permission
from clinic.console.forms.desk.lock import UnlockForm
from clinic.console.gate import ConsoleRequest, console_page, wants_part
from clinic.queries.desk import masked_worklist
from clinic.queries.desk import worklist as query
from clinic.queries.desk.worklist import ListView
from clinic.rules.core.enums import Level
from clinic.services.desk import lock, record_access

# Shifts begin and end at such minutes.
READ_ANEW = timedelta(minutes=5)
# Longer than any name: the rest of what was typed finds nothing more.
WORDS_LIMIT = 100


@require_GET
@console_page(Permission.WATCH_CONSOLE)
def worklist(request: ConsoleRequest) -> HttpResponse:
    if wants_part(request):
        # The list is on the page already; what is asked for is its empty neighbour: no panel.
        return HttpResponse("")
    if not request.desk_locked:
        record_access.note_list(
            action="worklist.listed",
            clinic_ids=request.desk.clinic_ids,
            by=request.user,
            now=timezone.now(),
        )
    return render(request, "console/desk/desk.html", list_context(request) | lock_context(request))


@require_GET
@console_page(Permission.WATCH_CONSOLE)
def fragment(request: ConsoleRequest) -> HttpResponse:
    """The list, or rows of it that a frame has named; nothing where the list on the screen still stands."""
    if "rows" not in request.GET:
        if "have" in request.GET and _still_stands(request, request.GET["have"]):
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return render(request, "console/desk/_worklist.html", list_context(request))
    ids = _ids(request.GET["rows"])
    found = query.changed_rows(user=request.user, view=_view(request), ids=ids, now=timezone.now())
    shown = masked_worklist.rows_without_names(found) if request.desk_locked else found
    return render(request, "console/desk/_changed_rows.html", {"desk": request.desk, "worklist": shown})


def list_context(request: ConsoleRequest) -> dict[str, Any]:
    """The list as this session may see it now."""
    found = query.worklist(user=request.user, view=_view(request), now=timezone.now())
    shown = masked_worklist.without_names(found) if request.desk_locked else found
    return {"desk": request.desk, "worklist": shown, "mark": _mark_of(request, found)}


def _still_stands(request: ConsoleRequest, have: str) -> bool:
    found = query.standing(user=request.user, view=_view(request), now=timezone.now())
    return have == f"{found.version}.{_mark_of(request, found)}"


def _mark_of(request: ConsoleRequest, found: query.Worklist | query.Standing) -> str:
    """What the list says beside its version, in short: another mark, another list.

    Who is on call and when a shift ends hang on the clock: no list stands for longer than READ_ANEW.
    """
    said = (
        found.at.timestamp() // READ_ANEW.total_seconds(),
        found.engine.is_late,
        found.engine.failing,
        found.unscored,
        request.desk.roles,
        request.desk_locked,
        request.user.time_zone,
        get_language(),
    )
    return sha256(repr(said).encode()).hexdigest()[:16]


def _view(request: ConsoleRequest) -> ListView:
    """What the address asks for; what it says wrongly narrows nothing. A locked desk searches for no name."""
    asked = request.GET
    level = asked.get("level", "")
    return ListView(
        clinic_slug=asked.get("clinic", ""),
        level=Level(level) if level in set(Level) else None,
        words="" if request.desk_locked else asked.get("q", "").strip()[:WORDS_LIMIT],
        more="more" in asked,
    )


def _ids(typed: str) -> list[UUID]:
    found = []
    for one in typed.split(",")[: query.ROWS_AT_ONCE]:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found


def lock_context(request: ConsoleRequest, form: UnlockForm | None = None) -> dict[str, Any]:
    """What the bar of the lock needs; without scripts the address says what to go on with."""
    if not request.desk_locked:
        return {}
    wanted = {name: request.GET.get(name, "") for name in ("take", "open", "next")}
    return {
        "unlock_form": form or UnlockForm(initial=wanted, has_pin=lock.has_pin(request.user)),
        "needs_sign_in": lock.needs_sign_in(session_key=str(request.session.session_key)),
    }
