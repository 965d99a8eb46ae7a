"""What a member of staff hears about their own sign-in, so that nobody uses or changes it unseen."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from clinic import row_scope
from clinic.models import Staff, User
from notifications.rules.channels import Channel
from notifications.services import outbox

NOTICE_LASTS = timedelta(hours=12)


class Changed(StrEnum):
    """What of a sign-in is another than before."""

    PASSWORD = "password"  # noqa: S105 (a name)
    FACTOR = "factor"
    ADDRESS = "address"


@row_scope.everything()
def tell_changed(*, user: User, what: Changed, now: datetime) -> None:
    """Of the same kind once an hour: setting up a factor brings its recovery codes along.

    A changed address is told to the one that was theirs, so call it before.
    """
    key = f"changed:{what}:{user.pk}:{now:%Y-%m-%dT%H}"
    send(user=user, key=key, words=lambda words: _changed_words(what) % words, now=now)


def send(*, user: User, key: str, words: Callable[[Mapping[str, str]], str], now: datetime) -> None:
    """By e-mail, or by text where none can leave; `words` makes it of `brand` and `url`, a page of theirs.

    Runs in the caller's scope of rows, which holds the person's roles.
    """
    channel, to = _way_to(user)
    if not to:
        return
    role = Staff.objects.select_related("clinic").filter(user=user, ended_at=None).order_by("pk").first()
    with translation.override(user.language):
        body = words(
            {
                "brand": role.clinic.sms_brand if role else "Kinwatch",
                "url": f"{settings.PUBLIC_BASE_URL}/accounts/sessions/",
            }
        )
    outbox.queue(
        to=to,
        body=body,
        purpose="reply",
        dedupe_key=key,
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


def _changed_words(what: Changed) -> str:
    if what is Changed.PASSWORD:
        return _("%(brand)s: your password was changed. Not you? Tell your administrator now. %(url)s")
    if what is Changed.FACTOR:
        return _("%(brand)s: your second factor was changed. Not you? Tell your administrator now. %(url)s")
    return _("%(brand)s: your sign-in address was changed. Not you? Tell your administrator now. %(url)s")
