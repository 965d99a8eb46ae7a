"""Replies to a page, by text or by a key in the call: the same act as the button on the console.

Only a number that its person has verified takes anything: whoever holds another one may be a stranger.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.access import NotAllowed, NotVisible
from clinic.models import Page, Staff
from clinic.models.escalation import EscalationState
from clinic.queries.paging import pages
from clinic.queries.rota import on_call
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder, replies
from clinic.rules.paging.replies import CODE_DIGITS, PASS_ON_DIGIT, TAKE_DIGIT, Act, Reply
from clinic.services.escalations import lifecycle
from clinic.services.paging import call_codes, same_day, undelivered
from clinic.services.paging.same_day import PassedOn
from notifications.hooks import Question

# After so many wrong codes a call gives up; nobody tries ten thousand by telephone.
CODES_A_CALL = 3
# More would make a text of three parts; the console shows the rest.
_CODES_LISTED = 12


def answer_text(*, from_phone: str, body: str, received_at: datetime, now: datetime) -> str | None:
    """What to text back; None where the text is not about a page.

    It answers what had been paged when it came, not what was paged since: a text is handled again after a
    crash, and must not take another page then.
    """
    newest = pages.page_answered_by(phone=from_phone, code="", at=received_at)
    if newest is None or newest.staff is None:
        return None
    waiting = pages.waiting_for(phone=from_phone, at=received_at)
    with translation.override(newest.staff.user.language):
        return _answer(replies.parse(body), newest, waiting, received_at, now)


def answer_key(*, message_id: UUID, digits: str, asked: int, now: datetime) -> str | Question | None:
    """What to say in the call, or to ask; None where the message is no page.

    `asked` counts the questions that came before: with the first of them the digits are the person's code.
    """
    page = pages.of_message(message_id)
    if page is None:
        return None
    if page.staff is None:
        return _("Open the console to take it. Only a person with an account can.")
    with translation.override(page.staff.user.language):
        if asked:
            return _with_code(page, page.staff, digits, asked, now)
        if digits == TAKE_DIGIT:
            return _take_by_key(page, page.staff, now)
        if digits == PASS_ON_DIGIT:
            return _pass_on(page, now)
        return _("That key does nothing. Open the console to take it.")


def _answer(
    reply: Reply | None, newest: Page, waiting: list[Page], received_at: datetime, now: datetime
) -> str | None:
    if reply is None:
        return _how_to_answer(waiting[0]) if waiting else None
    meant = _meant(reply, newest, waiting, received_at)
    if meant is None:
        return _how_to_answer(waiting[0]) if waiting else None
    if len(meant) > 1 and not (reply.codes or reply.everything):
        return _which(meant, reply.act)
    if reply.act is Act.PASS_ON:
        return [_pass_on(page, now) for page in meant][-1]
    return _acknowledge(meant[0], now) if len(meant) == 1 else _take_all(meant, now)


def _meant(reply: Reply, newest: Page, waiting: list[Page], received_at: datetime) -> Sequence[Page] | None:
    """The pages that a reply is about; None where none is, or a code is wrong."""
    if reply.codes:
        named = [
            pages.page_answered_by(phone=newest.phone, code=code, at=received_at) for code in reply.codes
        ]
        found = [page for page in named if page is not None]
        if len(found) == len(named):
            return found
        return None if waiting else [newest]
    # An "ok" may be meant for the notice of a shift that came later.
    if not reply.is_plain and pages.something_else_came_after((waiting or [newest])[0], at=received_at):
        return None
    return waiting or [newest]


def _take_by_key(page: Page, staff: Staff, now: datetime) -> str | Question:
    if not staff.clinic.call_code_required or not _may_take(page):
        return _acknowledge(page, now)
    if not call_codes.has(staff.user):
        return _("You have set no code for calls. Open the console to take it.")
    return Question(_("Enter your code."), CODE_DIGITS)


def _with_code(page: Page, staff: Staff, digits: str, asked: int, now: datetime) -> str | Question:
    if call_codes.is_theirs(staff.user, digits):
        return _acknowledge(page, now)
    if asked < CODES_A_CALL:
        return Question(_("That is not your code. Enter your code."), CODE_DIGITS)
    return _("That is not your code. Open the console to take it.")


def _acknowledge(page: Page, now: datetime) -> str:
    refusal = _refusal(page)
    if refusal or page.staff is None:
        return refusal
    try:
        lifecycle.acknowledge(escalation_id=page.escalation_id, by=page.staff.user, now=now)
    except lifecycle.AlreadyTaken as taken:
        if taken.by == page.staff.user and taken.state != EscalationState.RESOLVED:
            return _("You have it already. Open %(url)s") % {"url": _escalation_url(page)}
        return _("Already handled by %(name)s.") % {"name": taken.by_name}
    except (NotVisible, NotAllowed):
        return _cannot_take()
    return _("You have it. Pages stop. Open %(url)s") % {"url": _escalation_url(page)}


def _take_all(meant: Sequence[Page], now: datetime) -> str:
    """Each by itself: one that a colleague took in this second keeps none of the others."""
    taken, words = 0, ""
    for page in meant:
        words = _acknowledge(page, now)
        page.escalation.refresh_from_db(fields=["state", "acknowledged_by"])
        mine = page.staff is not None and page.escalation.acknowledged_by_id == page.staff.user_id
        taken += mine and page.escalation.state == EscalationState.ACKNOWLEDGED
    if not taken:
        return words
    text = ngettext(
        "You have %(n)s. Pages stop for it. Open %(url)s",
        "You have %(n)s. Pages stop for them. Open %(url)s",
        taken,
    )
    return text % {"n": taken, "url": f"{settings.PUBLIC_BASE_URL}/console/"}


def _pass_on(page: Page, now: datetime) -> str:
    """Says so only where somebody else is paged now because of it."""
    if page.staff is None or not on_call.is_reachable(page.staff):
        return _cannot_take()
    escalation = page.escalation
    if pages.is_settled(page):
        holder = escalation.resolved_by or escalation.acknowledged_by
        if holder == page.staff.user and escalation.state != EscalationState.RESOLVED:
            return _("You have it already. Open %(url)s") % {"url": _escalation_url(page)}
        return _("Already handled by %(name)s.") % {"name": holder.name if holder else ""}
    if undelivered.pass_to_next_person(page_id=page.pk, now=now):
        return _("Passed on. The next person is called now.")
    if not ladder.pages_staff(Level(escalation.level)):
        return _pass_on_text(page, now)
    return _("The page has gone to the next person already.")


def _pass_on_text(page: Page, now: datetime) -> str:
    """What is not urgent runs no chain: its text has gone to this person alone."""
    words = {
        PassedOn.NOW: _("Passed on. A colleague is texted now."),
        PassedOn.BEFORE: _("The page has gone to the next person already."),
        PassedOn.TO_NOBODY: _("Nobody else can be texted. It waits on the console."),
    }
    return words[same_day.pass_on(page=page, now=now)]


def _may_take(page: Page) -> bool:
    return not _refusal(page)


def _refusal(page: Page) -> str:
    """Why this phone takes nothing; empty where it may."""
    staff = page.staff
    if staff is None or not on_call.is_reachable(staff) or str(staff.phone) != page.phone:
        return _cannot_take()
    return "" if staff.phone_verified_at else _not_verified(page)


def _cannot_take() -> str:
    return _("This phone cannot take it any more. Open the console.")


def _not_verified(page: Page) -> str:
    return _("This number is not verified, so it takes nothing. Sign in to take it: %(url)s") % {
        "url": _escalation_url(page)
    }


def _how_to_answer(page: Page) -> str:
    refusal = _refusal(page)
    if refusal:
        return refusal
    return _("Not understood. Reply %(take)s %(code)s to take it, or open %(url)s") % {
        "take": TAKE_DIGIT,
        "code": page.code,
        "url": _escalation_url(page),
    }


def _which(waiting: Sequence[Page], act: Act) -> str:
    """The codes to choose from, of pages that this phone may take."""
    able = [page for page in waiting if _may_take(page)]
    if not able:
        return _refusal(waiting[0])
    text = ngettext(
        "%(n)s waits: %(codes)s. Reply %(digit)s and the code, or %(digit)s all.",
        "%(n)s wait: %(codes)s. Reply %(digit)s and a code, or %(digit)s all.",
        len(able),
    )
    return text % {
        "n": len(able),
        "codes": ", ".join(page.code for page in able[:_CODES_LISTED]),
        "digit": TAKE_DIGIT if act is Act.TAKE else PASS_ON_DIGIT,
    }


def _escalation_url(page: Page) -> str:
    return f"{settings.PUBLIC_BASE_URL}/console/escalations/{page.escalation_id}/"
