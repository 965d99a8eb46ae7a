"""Puts a page into the outbox, worded for its channel. It never carries a name, a level or a health word."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import Page, Staff
from clinic.models.clinic import Clinic
from clinic.models.page import PageState
from clinic.rules.paging.channels import Channel
from clinic.rules.paging.replies import CODE_DIGITS, TAKE_DIGIT
from clinic.services.core import other_ways, staff_texts
from clinic.services.paging import brand
from notifications.models import Message
from notifications.queries import push_targets
from notifications.rules.channels import OtherWay
from notifications.services import outbox

# A text about what is not urgent is of use for longer.
WAITING_EXPIRES_AFTER = timedelta(hours=1)
# A page that could not be sent for so long has been overtaken by the next one.
EXPIRES_AFTER = timedelta(minutes=10)


def send_page(*, page: Page, staff: Staff, now: datetime) -> Message:
    """Push, text or call this person about this page. A push needs a browser: ladders.usable_turns."""
    language = staff.user.language
    with translation.override(language):
        body = _call_script(page, staff) if page.channel == Channel.VOICE else _text_body(page, staff)
        other_way = other_ways.of([staff], body=_email_body(page))
    if page.channel == Channel.PUSH:
        return _push_to_browsers(page, staff, body, now)
    return _queue_message(str(staff.phone), body, page.channel, f"page:{page.pk}", language, now, other_way)


def text_holder(*, page: Page, staff: Staff, now: datetime) -> Message:
    """Text whoever had it that something new came in; it has no holder until they answer."""
    language = staff.user.language
    with translation.override(language):
        facts = {
            "brand": brand.of(page.escalation_id),
            "take": TAKE_DIGIT,
            "code": page.code,
            "url": _escalation_url(page.escalation_id),
        }
        if staff.phone_verified_at:
            body = _(
                "%(brand)s: something new on an alert you took. "
                "Reply %(take)s %(code)s to keep it, or open %(url)s"
            )
        else:
            body = _("%(brand)s: something new on an alert you took. Open %(url)s")
        other_way = other_ways.of([staff], body=_email_body(page))
    return _queue_message(
        str(staff.phone), body % facts, page.channel, f"page:{page.pk}", language, now, other_way
    )


def mark_sent(*, page: Page, message: Message, now: datetime) -> None:
    """The outbox has it; that a provider took it is said by taken.record."""
    page.state, page.sent_at, page.message_id = PageState.SENT, now, message.pk
    page.save()


def new_code(phone: str) -> str:
    """Unlike the codes of the last pages to the phone, so that an answer names one of them."""
    taken = set(Page.objects.filter(phone=phone).order_by("-sent_at").values_list("code", flat=True)[:500])
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        if code not in taken:
            return code


def _push_to_browsers(page: Page, staff: Staff, body: str, now: datetime) -> Message:
    """Every browser of the person; the first message stands for all of them."""
    sent = [
        _queue_message(one.id, body, Channel.PUSH, f"page:{page.pk}:{one.id}", staff.user.language, now)
        for one in push_targets(staff.user_id)
    ]
    return sent[0]


def call_line(*, page: Page, clinic: Clinic, now: datetime) -> Message:
    """Call the number that is answered day and night. Whoever answers it is not known by name."""
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        body = _("%(brand)s. Nobody has answered an alert yet. Please open the console now.") % {
            "brand": brand.of(page.escalation_id)
        }
        email = _("%(brand)s: nobody has answered an alert yet. Open %(url)s") % {
            "brand": brand.of(page.escalation_id),
            "url": _escalation_url(page.escalation_id),
        }
        # A line has no address: it is for the leads to see that somebody is called.
        other_way = other_ways.of(staff_texts.administrators(clinic.pk), body=email)
    return _queue_message(
        str(clinic.line_phone), body, Channel.VOICE, f"page:{page.pk}", language, now, other_way
    )


def send_bundle(*, pages: list[Page], staff: Staff, now: datetime) -> Message:
    """One text for all that was held back for a phone; an alert that rings it twice counts once."""
    language, alerts = staff.user.language, {page.escalation_id for page in pages}
    with translation.override(language):
        words = ngettext(
            "%(brand)s: %(n)s more needs your answer. Open %(url)s",
            "%(brand)s: %(n)s more need your answer. Open %(url)s",
            len(alerts),
        )
        body = words % {
            "brand": brand.of(pages[0].escalation_id) if len(alerts) == 1 else staff.clinic.sms_brand,
            "n": len(alerts),
            "url": f"{settings.PUBLIC_BASE_URL}/console/",
        }
        other_way = other_ways.of([staff], body=body)
    return _queue_message(
        str(staff.phone), body, Channel.SMS, f"bundle:{pages[0].pk}", language, now, other_way
    )


def send_waiting_text(*, pages: list[Page], staff: Staff, now: datetime) -> Message:
    """One text about alerts that are not urgent and have waited too long."""
    language, first = staff.user.language, pages[0]
    with translation.override(language):
        if len(pages) > 1:
            words = ngettext(
                "%(brand)s: %(n)s person is waiting for your answer. Open %(url)s",
                "%(brand)s: %(n)s people are waiting for your answer. Open %(url)s",
                len(pages),
            )
        elif staff.phone_verified_at:
            words = _(
                "%(brand)s: someone is waiting for your answer. "
                "Reply %(take)s %(code)s to take it, or open %(url)s"
            )
        else:
            words = _("%(brand)s: someone is waiting for your answer. Open %(url)s")
        body = words % {
            "brand": staff.clinic.sms_brand,
            "n": len(pages),
            "take": TAKE_DIGIT,
            "code": first.code,
            "url": _escalation_url(first.escalation_id)
            if len(pages) == 1
            else f"{settings.PUBLIC_BASE_URL}/console/",
        }
        other_way = other_ways.of([staff], body=body)
    key = f"waiting:{first.pk}"
    expires_at = now + WAITING_EXPIRES_AFTER
    return _queue_message(
        str(staff.phone), body, Channel.SMS, key, language, now, other_way, expires_at=expires_at
    )


def text_colleague(*, staff: Staff, escalation_id: UUID, request_id: UUID, now: datetime) -> Message | None:
    """Tell a colleague that somebody asks something of them; None where they have no phone."""
    with translation.override(staff.user.language):
        words = _("%(brand)s: a colleague asks you for an answer. Open %(url)s")
    return _text_about(words, staff, escalation_id, f"ask:{request_id}", now)


def text_worry(*, staff: Staff, escalation_id: UUID, worry_id: UUID, now: datetime) -> Message | None:
    """Tell them that the family asks to be called, about an alert that somebody has; None as above."""
    with translation.override(staff.user.language):
        words = _("%(brand)s: a family whose alert is taken asks to be called. Open %(url)s")
    return _text_about(words, staff, escalation_id, f"worry:{worry_id}", now)


def _text_about(words: str, staff: Staff, escalation_id: UUID, key: str, now: datetime) -> Message | None:
    if not staff.phone:
        return None
    language = staff.user.language
    body = words % {"brand": staff.clinic.sms_brand, "url": _escalation_url(escalation_id)}
    with translation.override(language):
        other_way = other_ways.of([staff], body=body)
    return _queue_message(str(staff.phone), body, Channel.SMS, key, language, now, other_way)


def _text_body(page: Page, staff: Staff) -> str:
    """How it is answered; a number that nobody has verified can answer only in the console."""
    if not staff.phone_verified_at:
        return _("%(brand)s: someone needs your answer now. Open %(url)s") % {
            "brand": brand.of(page.escalation_id),
            "url": _escalation_url(page.escalation_id),
        }
    return _(
        "%(brand)s: someone needs your answer now. Reply %(take)s %(code)s to take it, or open %(url)s"
    ) % {
        "brand": brand.of(page.escalation_id),
        "take": TAKE_DIGIT,
        "code": page.code,
        "url": _escalation_url(page.escalation_id),
    }


def _email_body(page: Page) -> str:
    """What an e-mail or a push says in place of a text or a call: the page is taken in the console."""
    return _("%(brand)s: someone needs your answer now. Code %(code)s. Sign in to take it: %(url)s") % {
        "brand": brand.of(page.escalation_id),
        "code": page.code,
        "url": _escalation_url(page.escalation_id),
    }


def _call_script(page: Page, staff: Staff) -> str:
    if not staff.phone_verified_at:
        return _(
            "%(brand)s. Someone needs your answer now. Open the console to take it. Press 2 to pass it on."
        ) % {"brand": brand.of(page.escalation_id)}
    return _("%(brand)s. Someone needs your answer now. Press 1 to take it. Press 2 to pass it on.") % {
        "brand": brand.of(page.escalation_id)
    }


def _escalation_url(escalation_id: UUID) -> str:
    return f"{settings.PUBLIC_BASE_URL}/console/escalations/{escalation_id}/"


def _queue_message(
    to: str,
    body: str,
    channel: str,
    key: str,
    language: str,
    now: datetime,
    other_way: OtherWay | None = None,
    *,
    expires_at: datetime | None = None,
) -> Message:
    return outbox.queue(
        to=to,
        body=body,
        purpose="page",
        dedupe_key=key,
        service="paging",
        expires_at=expires_at or now + EXPIRES_AFTER,
        language=language,
        channel=channel,
        other_way=other_way,
        now=now,
    )
