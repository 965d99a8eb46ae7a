"""Texts to staff about their shifts, and to the leads: a date, a time and a link, never a health word.

They use the sender and the priority of pages, so that each of them also proves that pages get through.
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
from clinic.rules.paging.channels import Channel
from notifications.queries import push_targets
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
) -> None:
    """Text one person; `words` is called in their language, `path` is where the link leads.

    Whoever has left gets none, however long their name stays on a notice or a test.
    """
    if staff.phone and staff.ended_at is None and staff.user.is_active:
        _queue_message(
            str(staff.phone), Channel.SMS, staff, words, key, path, expires_at or now + EXPIRES_AFTER, now
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
    for lead in _administrators(clinic_id):
        for browser in push_targets(lead.user_id):
            to, own_key = browser.id, f"{key}:{lead.pk}:{browser.id}"
            _queue_message(to, Channel.PUSH, lead, words, own_key, path, now + EXPIRES_AFTER, now)
    return text_leads(clinic_id=clinic_id, words=words, key=key, path=path, now=now)


def leads_with_phone(clinic_id: UUID) -> list[Staff]:
    """The clinic's administrators whom a text can reach."""
    return [lead for lead in _administrators(clinic_id) if lead.phone]


def _administrators(clinic_id: UUID) -> list[Staff]:
    rows = Staff.objects.filter(
        clinic_id=clinic_id, role=Role.ADMINISTRATOR, ended_at__isnull=True, user__is_active=True
    )
    return list(rows.select_related("user", "clinic").order_by("pk"))


def _queue_message(
    to: str,
    channel: Channel,
    staff: Staff,
    words: Callable[[], str],
    key: str,
    path: str,
    expires_at: datetime,
    now: datetime,
) -> None:
    with translation.override(staff.user.language):
        body = _("%(brand)s: %(text)s %(url)s") % {
            "brand": staff.clinic.sms_brand,
            "text": words(),
            "url": f"{settings.PUBLIC_BASE_URL}{path}",
        }
    outbox.queue(
        to=to,
        body=body,
        purpose="page",
        dedupe_key=key,
        service="paging",
        expires_at=expires_at,
        language=staff.user.language,
        channel=channel,
        now=now,
    )


def clinic_time(at: datetime, clinic: Clinic) -> str:
    """A moment by the clinic's clock, in the language in force, such as Nov 30, 19:00."""
    local = timezone.localtime(at, ZoneInfo(clinic.time_zone))
    return f"{formats.date_format(local, pgettext('day format', 'M j'))}, {local:%H:%M}"
