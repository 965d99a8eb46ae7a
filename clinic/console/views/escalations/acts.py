"""What the person who has an escalation can do with it, and what colleagues ask of each other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import Permission
from clinic.console.forms.escalations import acts as forms
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.views.escalations.panel import CONFLICT, WRONG, render_panel, show_after_act, show_panel
from clinic.models.staff import Role
from clinic.queries.escalations import panel as query
from clinic.services.escalations import leases, levels, opinions, transfers
from clinic.services.escalations.changes import AlreadyResolved, NotHolder
from clinic.services.escalations.colleague_requests import NoPendingRequest, NotAColleague
from clinic.services.escalations.leases import SnoozeTooLong
from clinic.services.escalations.levels import NotLower
from clinic.services.escalations.outcomes import AnswerMissing, OutcomeNeeded
from clinic.services.escalations.transfers import NotHeldByColleague

REFUSALS = (
    NotHolder,
    AlreadyResolved,
    NoPendingRequest,
    NotAColleague,
    NotHeldByColleague,
    NotLower,
    SnoozeTooLong,
    OutcomeNeeded,
    AnswerMissing,
)
Panel = query.EscalationPanel


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def renew(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    return _act_without_form(request, escalation_id, leases.renew, _("You have it for a full time again."))


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def snooze(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    return _act_with_form(
        request,
        escalation_id,
        "snooze_form",
        lambda panel: forms.SnoozeForm(request.POST, longest=panel.longest_snooze),
        lambda said: leases.snooze(
            escalation_id=escalation_id,
            by=request.user,
            until=timezone.now() + timedelta(minutes=said["minutes"]),
            reason=said["reason"],
            now=timezone.now(),
        ),
        _("Set aside. At the end of this time it waits again, and staff are paged."),
    )


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def offer(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    return _act_with_form(
        request,
        escalation_id,
        "transfer_form",
        lambda panel: forms.TransferForm(request.POST, colleagues=panel.colleagues),
        lambda said: transfers.offer(
            escalation_id=escalation_id,
            by=request.user,
            to_staff_id=said["colleague"],
            text=said["text"],
            now=timezone.now(),
        ),
        _("Offered, and your colleague is texted. You have it until they accept."),
    )


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def accept(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    return _act_without_form(request, escalation_id, transfers.accept, _("You have it now."))


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def decline(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    return _act_without_form(
        request, escalation_id, _decline, _("Your colleague still has it, and is told so.")
    )


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def withdraw(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    return _act_without_form(
        request, escalation_id, transfers.withdraw, _("The offer is taken back. You have it.")
    )


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def take_over(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    return _act_with_form(
        request,
        escalation_id,
        "over_form",
        lambda _panel: forms.TakeOverForm(request.POST),
        lambda said: transfers.take_over(
            escalation_id=escalation_id, by=request.user, reason=said["reason"], now=timezone.now()
        ),
        _("You have it now."),
    )


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def ask_opinion(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    return _act_with_form(
        request,
        escalation_id,
        "opinion_form",
        lambda panel: forms.AskOpinionForm(request.POST, colleagues=panel.colleagues),
        lambda said: opinions.ask(
            escalation_id=escalation_id,
            by=request.user,
            of_staff_id=said["colleague"],
            text=said["text"],
            now=timezone.now(),
        ),
        _("Asked, and your colleague is texted. You still have it."),
    )


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def give_opinion(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    return _act_with_form(
        request,
        escalation_id,
        "answer_form",
        lambda _panel: forms.GiveOpinionForm(request.POST),
        lambda said: opinions.give(
            escalation_id=escalation_id, by=request.user, text=said["text"], now=timezone.now()
        ),
        _("Your answer is saved. It stands under “What has happened”."),
    )


@require_POST
@console_page(Permission.ACT_ON_ESCALATIONS)
def lower(request: ConsoleRequest, escalation_id: UUID) -> HttpResponse:
    return _act_with_form(
        request,
        escalation_id,
        "lower_form",
        lambda panel: forms.LowerForm(request.POST, levels=panel.lower_levels, pages_now=panel.pages_staff),
        lambda said: levels.lower(escalation_id=escalation_id, by=request.user, now=timezone.now(), **said),
        _("The level is lowered. A worse report raises it again."),
    )


def _decline(*, escalation_id: UUID, by: Any, now: Any) -> object:
    return transfers.decline(escalation_id=escalation_id, by=by, text="", now=now)


def _act_without_form(
    request: ConsoleRequest, escalation_id: UUID, act: Callable[..., object], notice: str
) -> HttpResponse:
    """A button without a form."""
    try:
        act(escalation_id=escalation_id, by=request.user, now=timezone.now())
    except REFUSALS as refused:
        return show_panel(request, escalation_id, refused=_refusal_text(refused), status=CONFLICT)
    return show_after_act(request, escalation_id, notice)


def _act_with_form(
    request: ConsoleRequest,
    escalation_id: UUID,
    name: str,
    make: Callable[[Panel], django_forms.Form],
    act: Callable[[dict[str, Any]], object],
    notice: str,
) -> HttpResponse:
    """A form: what is wrong with it stands on it, with the words that were typed."""
    found = query.panel(user=request.user, escalation_id=escalation_id, now=timezone.now())
    form = make(found)
    if not form.is_valid():
        return render_panel(request, found, WRONG, **{name: form})
    try:
        act(form.cleaned_data)
    except REFUSALS as refused:
        return show_panel(request, escalation_id, refused=_refusal_text(refused), status=CONFLICT)
    return show_after_act(request, escalation_id, notice)


def _refusal_text(refused: Exception) -> str:
    if isinstance(refused, NotHolder):
        if not refused.holder:
            return _("You do not have it any more: it is waiting again. Take it first.")
        return _("%(name)s has it now, so nothing was changed.") % {"name": refused.holder}
    if isinstance(refused, NoPendingRequest):
        return _("This is not asked of you any more. Nothing was changed.")
    if isinstance(refused, NotHeldByColleague):
        return _("It is waiting, so you can simply take it.")
    if isinstance(refused, AnswerMissing):
        role = Role(refused.role).label
        return _("The other role must answer before this can be lowered: %(role)s.") % {"role": role}
    if isinstance(refused, AlreadyResolved):
        return _("Somebody closed this already. What you wrote was not saved.")
    return _("This does not fit any more, because something changed. Look and try again.")
