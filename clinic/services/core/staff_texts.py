"""Texts to staff about their shifts, and to the leads: a date, a time and a link, never a health word.

They use the sender and the priority of pages, so that each of them also proves that pages get through. While
the phone provider is down they go by e-mail and push, as pages do.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clinic.models import Clinic, Staff
from clinic.models.staff import Role
from clinic.queries.core.moments import hour_and_minute
from clinic.services.core import other_ways
from notifications.queries import push_targets
from notifications.rules.channels import Channel, OtherWay
from notifications.services import outbox

# What tells of a shift or a test is of no use much later.
EXPIRES_AFTER = timedelta(minutes=30)


def text_person(
    *,
    staff: Staff,
    words: Callable[[], str],
    key: str,
    path: str,
    now: datetime,
    expires_at: datetime | None = None,
    not_before: datetime | None = None,
    by_phone_only: bool = False,
) -> None:
    """Text one person; `words` is called in their language, `path` is where the link leads.

    Whoever has left gets none, however long their name stays on a notice or a test. `by_phone_only`: it is
    to prove the phone, so it takes no other way. `not_before`: it can wait until the clinic opens.
    """
    if staff.phone and staff.ended_at is None and staff.user.is_active:
        expires_at = expires_at or (not_before or now) + EXPIRES_AFTER
        body = _body(staff, words, path)
        other_way = None if by_phone_only else _other_way(staff, body)
        _queue_message(
            str(staff.phone), Channel.SMS, staff, body, key, expires_at, now, other_way, not_before=not_before
        )


def text_leads(
    *,
    clinic_id: UUID,
    words: Callable[[], str],
    key: str,
    path: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> int:
    """Text every administrator of the clinic who has a phone; the alarm on the console is for the rest."""
    leads = list(leads_with_phone(clinic_id))
    for lead in leads:
        text_person(
            staff=lead, words=words, key=f"{key}:{lead.pk}", path=path, now=now, expires_at=expires_at
        )
    return len(leads)


def page_leads(*, clinic_id: UUID, words: Callable[[], str], key: str, path: str, now: datetime) -> int:
    """The same, and push to their browsers, for what must not wait until somebody looks at a phone."""
    for lead in administrators(clinic_id):
        for browser in push_targets(lead.user_id):
            own_key, body = f"{key}:{lead.pk}:{browser.id}", _body(lead, words, path)
            _queue_message(browser.id, Channel.PUSH, lead, body, own_key, now + EXPIRES_AFTER, now)
    return text_leads(clinic_id=clinic_id, words=words, key=key, path=path, now=now)


def reach_leads(*, clinic_id: UUID, words: Callable[[], str], key: str, path: str, now: datetime) -> None:
    """The same by whatever way there is: a lead without a phone gets an e-mail and a push at once."""
    for lead in administrators(clinic_id):
        if lead.phone:
            text_person(staff=lead, words=words, key=f"{key}:{lead.pk}", path=path, now=now)
            continue
        other_way = _other_way(lead, _body(lead, words, path))
        if other_way is None:
            continue
        for channel, to in other_way.to:
            if channel != Channel.EMAIL or settings.EMAIL_SERVER:
                own_key = f"{key}:{lead.pk}:{to}"[:200]
                _queue_message(to, channel, lead, other_way.body, own_key, now + EXPIRES_AFTER, now)


def tell_leads_of_recovery(*, clinic_id: UUID, words: Callable[[], str], key: str, now: datetime) -> None:
    """A text that is tried until the provider takes it; what it says is true by then. Once for each key."""
    for lead in leads_with_phone(clinic_id):
        outbox.queue(
            to=str(lead.phone),
            body=_body(lead, words, "/console/"),
            purpose="recovery",
            dedupe_key=f"{key}:{lead.pk}",
            service="paging",
            expires_at=None,
            language=lead.user.language,
            now=now,
        )


def leads_with_phone(clinic_id: UUID) -> list[Staff]:
    """The clinic's administrators whom a text can reach."""
    return [lead for lead in administrators(clinic_id) if lead.phone]


def administrators(clinic_id: UUID) -> list[Staff]:
    """The clinic's administrators who can act."""
    rows = Staff.objects.filter(
        clinic_id=clinic_id, role=Role.ADMINISTRATOR, ended_at__isnull=True, user__is_active=True
    )
    return list(rows.select_related("user", "clinic").order_by("pk"))


def _body(staff: Staff, words: Callable[[], str], path: str) -> str:
    with translation.override(staff.user.language):
        return _("%(brand)s: %(text)s %(url)s") % {
            "brand": staff.clinic.sms_brand,
            "text": words(),
            "url": f"{settings.PUBLIC_BASE_URL}{path}",
        }


def _other_way(staff: Staff, body: str) -> OtherWay | None:
    with translation.override(staff.user.language):
        return other_ways.of([staff], body=body)


def _queue_message(
    to: str,
    channel: str,
    staff: Staff,
    body: str,
    key: str,
    expires_at: datetime,
    now: datetime,
    other_way: OtherWay | None = None,
    *,
    not_before: datetime | None = None,
) -> None:
    outbox.queue(
        to=to,
        body=body,
        purpose="page",
        dedupe_key=key,
        service="paging",
        expires_at=expires_at,
        language=staff.user.language,
        channel=channel,
        other_way=other_way,
        not_before=not_before,
        now=now,
    )


def clinic_time(at: datetime, clinic: Clinic) -> str:
    """A moment by the clinic's clock, in the language in force, such as Nov 30, 19:00."""
    local = timezone.localtime(at, ZoneInfo(clinic.time_zone))
    day = formats.date_format(local, pgettext("day format", "M j"))
    return f"{day}, {hour_and_minute(local)}"
