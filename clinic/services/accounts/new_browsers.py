"""A member of staff is told of a sign-in on a browser that their account has not used."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from clinic import row_scope
from clinic.models import Staff, User
from clinic.rules.patients.device_kinds import kind_of, shown_kind
from clinic.services.accounts import sign_ins
from clinic.services.core import known_devices
from clinic.services.core.tokens import hash_of
from notifications.rules.channels import Channel
from notifications.services import outbox

NOTICE_LASTS = timedelta(hours=12)


@row_scope.everything()
@transaction.atomic
def tell_if_new(
    *, user: User, marks: Collection[str], user_agent: str, source: str | None, now: datetime
) -> None:
    """By e-mail, or by text where none can leave; `marks` are those that the browser keeps (known_devices).

    Each such sign-in is in the audit. A browser that keeps nothing looks new each time, so one like it, from
    the same address, is told of once a day.
    """
    if known_devices.has_used(user, marks):
        return
    kind = kind_of(user_agent)
    sign_ins.record_own(action="sign_in.new_browser", user=user, now=now, detail={"browser": kind})
    role = Staff.objects.select_related("clinic").filter(user=user, ended_at=None).order_by("pk").first()
    channel, to = _way_to(user)
    if not to:
        return
    outbox.queue(
        to=to,
        body=_notice(user, role, kind),
        purpose="reply",
        dedupe_key=f"new-browser:{user.pk}:{hash_of(f'{kind} {source} {now.date()}')[:32]}",
        service="codes",
        expires_at=now + NOTICE_LASTS,
        language=user.language,
        channel=channel,
        now=now,
    )


def _way_to(user: User) -> tuple[Channel, str]:
    """Their address, which every sign-in of staff has; "" where nothing reaches them."""
    if user.email and (settings.EMAIL_SERVER or settings.DEMO):
        return Channel.EMAIL, user.email
    numbers = Staff.objects.filter(user=user, ended_at=None).exclude(phone="").order_by("pk")
    return Channel.SMS, str(numbers.values_list("phone", flat=True).first() or "")


def _notice(user: User, role: Staff | None, kind: str) -> str:
    with translation.override(user.language):
        words = {
            "brand": role.clinic.sms_brand if role else "Kinwatch",
            "browser": shown_kind(kind),
            "url": f"{settings.PUBLIC_BASE_URL}/accounts/sessions/",
        }
        if not words["browser"]:
            return (
                _("%(brand)s: sign-in on a new browser. Not you? End it and change your password: %(url)s")
                % words
            )
        return (
            _(
                "%(brand)s: sign-in on a new browser (%(browser)s). Not you? End it and change your "
                "password: %(url)s"
            )
            % words
        )
