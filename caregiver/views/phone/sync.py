"""The phone's own errands: fetch the checklist to take along, hand in what it kept. JSON in and out."""

import logging
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caregiver.services.phone import held as held_reports
from caregiver.services.phone import offline_reports, packs, tokens
from caregiver.views.core import family_device
from clinic import device_scope, row_scope
from clinic.device_scope import DeviceScope
from clinic.models import User

logger = logging.getLogger(__name__)

_LARGEST = 64_000
# Status and code of each refusal. Phones that hold a report know the codes.
_PROBLEMS: dict[type[Exception], tuple[int, str]] = {
    offline_reports.NotTheirPatient: (403, "nottheirs"),
    offline_reports.Malformed: (400, "malformed"),
    offline_reports.TooManyReports: (429, "too_many_reports"),
    offline_reports.NotStored: (503, "not_stored"),
    offline_reports.IdConflict: (409, "conflict"),
    offline_reports.EnvelopeUnreadable: (422, "unreadable"),
}


@never_cache
@require_safe
def pack(request: HttpRequest) -> HttpResponse:
    """What the signed-in person may take along on this phone. For a visitor: nothing, and no error.

    A phone that waits takes nothing along, and one that has ended forgets what it had.
    """
    if family_device.waits(request):
        return JsonResponse({"forget": True, "waits": True})
    if family_device.has_ended(request):
        return JsonResponse({"forget": True})
    if not request.user.is_authenticated:
        return HttpResponse(status=204)
    return JsonResponse(packs.pack(by=request.user, now=timezone.now()))


@never_cache
@require_POST
def enrol(request: HttpRequest) -> HttpResponse:
    """A token for this phone, against a session and its CSRF token."""
    if not request.user.is_authenticated:
        return _problem(401, "sign_in")
    return JsonResponse({"token": tokens.enrol(by=request.user, now=timezone.now())}, status=201)


# No cookie counts here, only the phone's own token: there is nothing that another site could borrow, and
# no CSRF token that a report kept for a week could outlive.
@csrf_exempt
@never_cache
@require_http_methods(["DELETE"])
def revoke_phone(request: HttpRequest) -> HttpResponse:
    """Signing out: the token ends."""
    tokens.revoke(token=_token(request), now=timezone.now())
    return HttpResponse(status=204)


@csrf_exempt
@never_cache
@require_http_methods(["PUT"])
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One sealed report. 201 stored, 200 stored before; anything else and the phone keeps it."""
    user = _owner(request)
    if user is None:
        return _problem(401, "sign_in")
    try:
        return _receipt(_store_or_refuse(user, report_id, _envelope(request, user)))
    except tuple(_PROBLEMS) as problem:
        return _refused(problem)


@csrf_exempt
@never_cache
@require_http_methods(["PUT"])
def worry(request: HttpRequest, worry_id: UUID) -> HttpResponse:
    """One sealed "I am worried". 200 whenever it is on the worklist; anything else and the phone keeps it."""
    user = _owner(request)
    if user is None:
        return _problem(401, "sign_in")
    try:
        envelope = _envelope(request, user)
        stored = offline_reports.store_worry(
            by=user, worry_id=worry_id, envelope=envelope, now=timezone.now()
        )
    except tuple(_PROBLEMS) as problem:
        return _refused(problem)
    page = reverse("caregiver_worry", args=[stored.patient_id, stored.pk])
    return JsonResponse({"id": str(stored.pk), "received_at": stored.received_at.isoformat(), "page": page})


@csrf_exempt
@never_cache
@require_POST
def held(request: HttpRequest) -> HttpResponse:
    """Which of the reports and worries that this phone once had a receipt for are not here any more."""
    if _owner(request) is None:
        return _problem(401, "sign_in")
    try:
        ids = held_reports.read_ids(request.body)
    except held_reports.NotAsked:
        return _problem(400, "malformed")
    return JsonResponse({"lost": [str(one) for one in held_reports.lost(ids)]})


def _owner(request: HttpRequest) -> User | None:
    """Whose phone it is; from here on only what is theirs is there, and the device is that of the token."""
    phone = tokens.phone_of(token=_token(request), now=timezone.now())
    if phone is None:
        return None
    row_scope.enter_person(phone.user_id)
    if phone.device is not None:
        device = phone.device
        scope = DeviceScope(device.pk, phone.user_id, not device.is_known, frozenset(device.sent))
        device_scope.enter(scope)
    return phone.user


def _store_or_refuse(user: User, report_id: UUID, envelope: dict[str, Any]) -> offline_reports.Receipt:
    return offline_reports.store_report(by=user, report_id=report_id, envelope=envelope, now=timezone.now())


def _receipt(receipt: offline_reports.Receipt) -> HttpResponse:
    stored = receipt.report
    body = {
        "id": str(stored.pk),
        "received_at": stored.received_at.isoformat(),
        "replayed": receipt.replayed,
        "page": reverse("caregiver_result", args=[stored.pk]),
        "advice": {
            "level": receipt.advice.level,
            "title": receipt.advice.title,
            "steps": receipt.advice.steps,
            "call": [asdict(call) for call in receipt.advice.call],
            "note": receipt.advice.note,
        },
        "problems": [asdict(problem) for problem in receipt.problems],
    }
    return JsonResponse(body, status=200 if receipt.replayed else 201)


def _token(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _envelope(request: HttpRequest, user: User) -> dict[str, Any]:
    """What was sent, if it is an envelope and not larger than any report."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > _LARGEST:
        raise offline_reports.EnvelopeUnreadable("larger than any report")
    return offline_reports.read_envelope(raw=request.body, by=user)


def _refused(problem: Exception) -> JsonResponse:
    """Whoever saw a danger sign hears what to do, though the report is not taken."""
    if isinstance(problem, offline_reports.NotStored):
        logger.error("a report cannot be stored", exc_info=problem)
    advice = asdict(problem.advice) if isinstance(problem, offline_reports.NotTaken) else None
    return _problem(*_PROBLEMS[type(problem)], advice)


def _problem(status: int, code: str, advice: dict[str, Any] | None = None) -> JsonResponse:
    body = {"error": {"code": code}, **({"advice": advice} if advice else {})}
    return JsonResponse(body, status=status)
