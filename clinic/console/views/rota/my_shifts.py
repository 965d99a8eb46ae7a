"""My shifts: what is coming, what waits for my answer, my number, my calendar."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic import row_scope
from clinic.access import Permission, get_swap
from clinic.console.forms.rota.shifts import CodeForm, PhoneNumberForm, SwapForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.views.rota.takeover import words_about_shift
from clinic.queries.rota import my_shifts as query
from clinic.rules.rota.icalendar import calendar as written
from clinic.services.desk import takeovers
from clinic.services.rota import calendar_feeds, notices, phone_checks, shifts, swaps, test_pages

WRONG, CONFLICT = 422, 409


@require_GET
@console_page(Permission.WATCH_CONSOLE)
def index(request: ConsoleRequest) -> HttpResponse:
    return _render(request)


@require_POST
@console_page(Permission.WATCH_CONSOLE)
def ask_code(request: ConsoleRequest, staff_id: int) -> HttpResponse:
    form = PhoneNumberForm(request.POST)
    if not form.is_valid():
        return _render(request, number_form=form, asked_for=staff_id, status=WRONG)
    phone = form.cleaned_data["phone"].as_e164
    try:
        phone_checks.send_code(staff_id=staff_id, phone=phone, by=request.user, now=timezone.now())
    except phone_checks.TooManyCodes:
        form.add_error("phone", _("You asked for many codes. Wait an hour, then try again."))
        return _render(request, number_form=form, asked_for=staff_id, status=WRONG)
    messages.success(request, _("A code is being sent to that phone. Type it in below once it is there."))
    return redirect("console_my_shifts")


@require_POST
@console_page(Permission.WATCH_CONSOLE)
def confirm_code(request: ConsoleRequest, staff_id: int) -> HttpResponse:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _render(request, code_form=form, asked_for=staff_id, status=WRONG)
    try:
        phone_checks.confirm(
            staff_id=staff_id, code=form.cleaned_data["code"], by=request.user, now=timezone.now()
        )
    except phone_checks.CodeWrong:
        form.add_error("code", _("This is not the code, or it is too old. Ask for a new one if you must."))
        return _render(request, code_form=form, asked_for=staff_id, status=WRONG)
    messages.success(request, _("Your number is verified. Pages go there, and you can fill shifts."))
    return redirect("console_my_shifts")


@require_POST
@console_page(Permission.WATCH_CONSOLE)
def confirm_shift(request: ConsoleRequest, notice_id: int) -> HttpResponse:
    notices.confirm(notice_id=notice_id, by=request.user, now=timezone.now())
    messages.success(request, _("Your shift is confirmed."))
    return redirect("console_my_shifts")


@require_POST
@console_page(Permission.WATCH_CONSOLE)
def answer_test(request: ConsoleRequest, drill_id: int) -> HttpResponse:
    test_pages.answer(test_page_id=drill_id, by=request.user, now=timezone.now())
    messages.success(request, _("The test is answered. Thank you."))
    return redirect("console_my_shifts")


@require_http_methods(["GET", "POST"])
@console_page(Permission.WATCH_CONSOLE)
def ask_swap(request: ConsoleRequest) -> HttpResponse:
    wanted, now = _wanted(request), timezone.now()
    found = query.shift_to_hand_over(user=request.user, now=now, **wanted)
    if found is None:
        return render(request, "console/rota/swap_new.html", {"desk": request.desk}, status=CONFLICT)
    shift, people = found
    form = SwapForm(request.POST or None, people=people)
    if form.is_valid() and _ask_colleague(request, form, wanted, now):
        messages.success(request, _("Your colleague is asked. Until they accept, the shift stays yours."))
        return redirect("console_my_shifts")
    context = {"desk": request.desk, "form": form, "shift": shift}
    return render(request, "console/rota/swap_new.html", context, status=WRONG if form.is_bound else 200)


@require_POST
@console_page(Permission.WATCH_CONSOLE)
def answer_swap(request: ConsoleRequest, swap_id: int) -> HttpResponse:
    acts: dict[str, tuple[Any, str]] = {
        "accept": (swaps.accept, _("The shift is yours.")),
        "decline": (swaps.decline, _("The shift stays with your colleague.")),
        "withdraw": (swaps.withdraw, _("The shift stays yours.")),
    }
    answer, now = request.POST.get("answer", ""), timezone.now()
    act, notice = acts.get(answer, acts["decline"])
    if answer == "accept" and get_swap(request.user, swap_id).starts_at <= now:
        # It runs: the rest of it goes over, with what the colleague has in hand.
        act, notice = takeovers.accept, _("You are on shift now. What your colleague had in hand is yours.")
    try:
        act(swap_id=swap_id, by=request.user, now=now)
    except takeovers.NotOnShift as elsewhere:
        messages.error(request, words_about_shift(elsewhere))
    except (swaps.SwapNotOpen, swaps.NoSuchShift):
        messages.error(request, _("This was answered before, or the shift has changed. Nothing was done."))
    except (shifts.NotReachable, shifts.WrongRole):
        messages.error(request, _("You cannot fill a shift yet. Verify your number first, below."))
    else:
        messages.success(request, notice)
    return redirect("console_my_shifts")


@require_POST
@console_page(Permission.WATCH_CONSOLE)
def change_calendar(request: ConsoleRequest) -> HttpResponse:
    """The address is shown once, in the answer itself: it is a secret."""
    if request.POST.get("act") == "revoke":
        calendar_feeds.revoke(by=request.user, now=timezone.now())
        messages.success(request, _("The calendar address does not work any more."))
        return redirect("console_my_shifts")
    token = calendar_feeds.create(by=request.user, now=timezone.now())
    path = reverse("console_calendar_feed", args=[token])
    return _render(request, feed_url=f"{settings.PUBLIC_BASE_URL}{path}")


@require_GET
@row_scope.everything()
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """A calendar program asks: the secret in the address is all that it has."""
    now = timezone.now()
    try:
        owner = calendar_feeds.owner_of(token=token, now=now)
    except calendar_feeds.NoSuchFeed as nothing:
        raise Http404 from nothing
    with translation.override(owner.language):
        text = written(name=_("On call"), events=query.calendar_events(user=owner, now=now), now=now)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="on-call.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


def _ask_colleague(request: ConsoleRequest, form: SwapForm, wanted: dict[str, Any], now: datetime) -> bool:
    try:
        swaps.ask(
            from_staff_id=wanted["staff_id"],
            to_staff_id=form.cleaned_data["person"],
            layer=wanted["layer"],
            starts_at=wanted["starts_at"],
            by=request.user,
            now=now,
        )
    except swaps.AlreadyAsked:
        form.add_error("person", _("A colleague is asked already. Withdraw that first."))
    except swaps.NoSuchShift:
        form.add_error(None, _("This shift is not yours any more, or has begun."))
    except shifts.NotReachable:
        form.add_error("person", _("This person's number is not verified, so they cannot fill a shift."))
    except shifts.WrongRole:
        form.add_error("person", _("This shift is for another role."))
    return not form.errors


def _wanted(request: ConsoleRequest) -> dict[str, Any]:
    """Which shift, from the address or the form; unreadable is a shift that does not exist."""
    fields = request.POST or request.GET
    try:
        starts_at = datetime.strptime(fields.get("starts", ""), "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
        staff_id = int(fields.get("staff", ""))
    except ValueError:
        starts_at, staff_id = datetime(2000, 1, 1, tzinfo=UTC), 0
    return {"staff_id": staff_id, "layer": fields.get("layer", ""), "starts_at": starts_at}


def _render(request: ConsoleRequest, status: int = 200, **more: Any) -> HttpResponse:
    now = timezone.now()
    page = query.overview(user=request.user, now=now)
    forms = {"number_form": PhoneNumberForm(), "code_form": CodeForm(), "asked_for": 0, "feed_url": ""}
    context = {"desk": request.desk, "page": page, "now_is": now, **forms, **more}
    return render(request, "console/rota/my_shifts.html", context, status=status)
