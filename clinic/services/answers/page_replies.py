"""Replies to a page, by text or by a key in the call: the same act as the button on the console."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.access import NotAllowed, NotVisible
from clinic.models import Page
from clinic.models.escalation import EscalationState
from clinic.queries.paging import pages
from clinic.queries.rota import on_call
from clinic.rules.paging import replies
from clinic.services.escalations import lifecycle
from clinic.services.paging import undelivered


def answer_text(*, from_phone: str, body: str, now: datetime) -> str | None:
    """What to text back; None where nobody paged this phone, so that the text is not about a page."""
    newest = pages.page_answered_by(phone=from_phone, code="", at=now)
    if newest is None or newest.staff is None:
        return None
    reply = replies.parse(body)
    with translation.override(newest.staff.user.language):
        if reply is None:
            return None if pages.is_settled(newest) else _not_understood_text(newest)
        page = pages.page_answered_by(phone=from_phone, code=reply.code, at=now)
        if page is None:
            return _not_understood_text(newest)
        return _acknowledge(page, now)


def answer_key(*, message_id: UUID, digits: str, now: datetime) -> str | None:
    """What to say in the call; None where the message is no page."""
    page = pages.of_message(message_id)
    if page is None:
        return None
    if page.staff is None:
        return _("Open the console to take it. Only a person with an account can.")
    with translation.override(page.staff.user.language):
        if digits == replies.TAKE_DIGIT:
            return _acknowledge(page, now)
        if digits == replies.PASS_ON_DIGIT:
            undelivered.pass_to_next_person(page_id=page.pk, now=now)
            return _("Passed on. The next person is called now.")
        return _("That key does nothing. Open the console to take it.")


def _acknowledge(page: Page, now: datetime) -> str:
    staff = page.staff
    if staff is None or not on_call.is_reachable(staff):
        return _("This phone cannot take it any more. Open the console.")
    try:
        lifecycle.acknowledge(escalation_id=page.escalation_id, by=staff.user, now=now)
    except lifecycle.AlreadyTaken as taken:
        if taken.by == staff.user and taken.state != EscalationState.RESOLVED:
            return _("You have it already. Open %(url)s") % {"url": _escalation_url(page)}
        return _("Already handled by %(name)s.") % {"name": taken.by_name}
    except (NotVisible, NotAllowed):
        return _("This phone cannot take it any more. Open the console.")
    return _("You have it. Pages stop. Open %(url)s") % {"url": _escalation_url(page)}


def _not_understood_text(page: Page) -> str:
    return _("Not understood. Reply %(take)s %(code)s to take it, or open %(url)s") % {
        "take": replies.TAKE_DIGIT,
        "code": page.code,
        "url": _escalation_url(page),
    }


def _escalation_url(page: Page) -> str:
    return f"{settings.PUBLIC_BASE_URL}/console/escalations/{page.escalation_id}/"
