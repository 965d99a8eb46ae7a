"""Replies of staff to shift notices and test pages. Pages are answered elsewhere, by another digit."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from clinic.models import Staff
from clinic.rules.paging import replies
from clinic.rules.paging.replies import Act
from clinic.services.rota import notices, test_pages
from notifications.rules.text import ascii_digits, plain_words


def answer_text(*, from_phone: str, body: str, now: datetime) -> str | None:
    """Act on a reply and give back what to answer; None when it is no such reply."""
    digit = plain_words(ascii_digits(body))
    if digit not in {test_pages.REPLY_DIGIT, notices.REPLY_DIGIT}:
        return _how_to_confirm(from_phone, body, now)
    staff = Staff.objects.filter(phone=from_phone, ended_at__isnull=True).select_related("user").first()
    if staff is None:
        return None
    with translation.override(staff.user.language):
        if digit == test_pages.REPLY_DIGIT:
            was_open = test_pages.answer_by_text(from_phone=from_phone, now=now)
            return (
                _("The test is answered. Thank you.") if was_open else _("No test is waiting for an answer.")
            )
        was_open = notices.confirm_by_text(from_phone=from_phone, now=now)
        return _("Your shift is confirmed.") if was_open else _("No shift is waiting to be confirmed.")


def _how_to_confirm(from_phone: str, body: str, now: datetime) -> str | None:
    """An "ok" to the notice of a shift confirms nothing by itself: it is told by which digit."""
    reply = replies.parse(body)
    if reply is None or reply.is_plain or reply.act is not Act.TAKE:
        return None
    asked = notices.waiting_for(phone=from_phone, now=now)
    if asked is None:
        return None
    with translation.override(asked.staff.user.language):
        return _("Reply %(digit)s to confirm your shift.") % {"digit": notices.REPLY_DIGIT}
