"""The gate of every console page: who may open it, in whose time zone, and what a refusal says."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from clinic.access import AnyUser, NotAllowed, NotVisible, Permission, TakenOver
from clinic.console import locked_desk
from clinic.models import User
from clinic.queries.desk import header
from clinic.queries.patients.life_events import WHY_NOT
from clinic.rules.patients.life_events import Refusal
from clinic.services.core.closed_records import RecordClosed
from clinic.services.desk import record_access


class ConsoleRequest(HttpRequest):
    """A request that has passed the gate."""

    user: User
    desk: header.DeskHeader
    # By config.middleware.locked_desk.
    desk_locked: bool
    htmx: HtmxDetails


View = Callable[..., HttpResponseBase]


def console_page(permission: Permission) -> Callable[[View], View]:
    """Let staff with the permission at some clinic in; the queries then show only those clinics.

    Visitors are asked to sign in, families find no such page, staff of another role are told why not.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def gated(request: ConsoleRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            visitor: AnyUser = request.user
            if not visitor.is_authenticated:
                return _ask_to_sign_in(request)
            if not visitor.is_staff_member:
                raise Http404
            request.desk = header.of_user(user=visitor, now=timezone.now())
            if permission not in request.desk.permissions:
                return _refuse(request)
            locked_desk.note_activity(request)
            with timezone.override(ZoneInfo(request.user.time_zone)):
                return _answer(view, request, *args, **kwargs)

        return gated

    return decorate


def wants_part(request: ConsoleRequest) -> bool:
    """Whether htmx asks for a part of the page; going back in the browser asks for all of it."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def _answer(view: View, request: ConsoleRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        response = view(request, *args, **kwargs)
    except NotVisible as nothing:
        raise Http404 from nothing
    except TakenOver:
        _note_refusal(request)
        return _say_why_not(request, Refusal.AFTER_TRANSFER)
    except NotAllowed:
        return _refuse(request)
    except RecordClosed as closed:
        return _say_why_not(request, closed.reason)
    # Names and health words: no cache may keep them, and Back after sign-out must show nothing.
    response["Cache-Control"] = "no-store"
    return response


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """A refetch in the background gets a plain 401: a list that turns into a sign-in form would look live."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/console/")


def _refuse(request: ConsoleRequest) -> HttpResponse:
    _note_refusal(request)
    return render(request, "console/core/not_allowed.html", {"desk": request.desk}, status=403)


def _say_why_not(request: ConsoleRequest, reason: Refusal) -> HttpResponse:
    """What was asked for goes by no role: the record is closed, and the patient's page says so."""
    messages.error(request, str(WHY_NOT[reason]))
    asked = request.resolver_match
    patient_id = asked.kwargs.get("patient_id") if asked else None
    return redirect("console_patient", patient_id=patient_id) if patient_id else redirect("console_patients")


def _note_refusal(request: ConsoleRequest) -> None:
    refused = request.resolver_match
    record_access.note_refusal(
        name=refused.url_name or "" if refused else "",
        patient_id=refused.kwargs.get("patient_id") if refused else None,
        clinic_ids=request.desk.clinic_ids,
        by=request.user,
        now=timezone.now(),
    )
