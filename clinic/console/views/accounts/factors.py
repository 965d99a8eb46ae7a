"""Taking a colleague's lost second factor away: one administrator asks, another agrees."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import Permission
from clinic.console.forms.accounts.factors import ResetForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.desk import factor_resets as query
from clinic.services.accounts import factor_resets

WRONG = 422


def refusal(code: str) -> str:
    """Why it cannot be done, in words."""
    return {
        "own_factor": _("Nobody resets their own second factor. Ask two other administrators."),
        "no_reason": _("Write how you know that it is them, and what happened."),
        "no_factor": _("There is no second factor to take away."),
        "asked_already": _("Somebody has asked already."),
        "second_person": _("A second person has to agree: not you, and not the one whose factor it is."),
        "lead_needed": _("One of the two must lead this clinic: an administrator here has to agree."),
        "closed": _("This request is closed. Ask again if it is still needed."),
    }[code]


@require_GET
@console_page(Permission.MANAGE_STAFF)
def page(request: ConsoleRequest, staff_id: int) -> HttpResponse:
    return _render(request, staff_id, ResetForm())


@require_POST
@console_page(Permission.MANAGE_STAFF)
def ask(request: ConsoleRequest, staff_id: int) -> HttpResponse:
    form = ResetForm(request.POST)
    if not form.is_valid():
        return _render(request, staff_id, form, WRONG)
    try:
        factor_resets.ask(
            staff_id=staff_id, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
        )
    except factor_resets.ResetRefused as refused:
        messages.error(request, refusal(refused.code))
    else:
        messages.success(request, _("Asked. Nothing has changed yet: another administrator has to agree."))
    return redirect("console_factor", staff_id=staff_id)


@require_POST
@console_page(Permission.MANAGE_STAFF)
def decide(request: ConsoleRequest, staff_id: int) -> HttpResponse:
    found = query.of_role(user=request.user, staff_id=staff_id, now=timezone.now())
    act = factor_resets.agree if request.POST.get("answer") == "agree" else factor_resets.withdraw
    done = (
        _("The second factor is gone, and every session of theirs has ended.")
        if act is factor_resets.agree
        else _("The request is withdrawn.")
    )
    try:
        if found.waiting is None:
            raise factor_resets.ResetRefused("closed")
        act(reset_id=found.waiting.pk, by=request.user, now=timezone.now())
    except factor_resets.ResetRefused as refused:
        messages.error(request, refusal(refused.code))
    else:
        messages.success(request, done)
    return redirect("console_factor", staff_id=staff_id)


def _render(request: ConsoleRequest, staff_id: int, form: ResetForm, status: int = 200) -> HttpResponse:
    found = query.of_role(user=request.user, staff_id=staff_id, now=timezone.now())
    context = {"desk": request.desk, "page": found, "form": form}
    return render(request, "console/accounts/factor.html", context, status=status)
