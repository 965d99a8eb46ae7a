"""A member of staff is told of a sign-in on a browser that their account has not used."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import row_scope
from clinic.models import User
from clinic.rules.patients.device_kinds import kind_of, shown_kind
from clinic.services.accounts import own_notices, sign_ins
from clinic.services.core import known_devices
from clinic.services.core.tokens import hash_of


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
    own_notices.send(
        user=user,
        key=f"new-browser:{user.pk}:{hash_of(f'{kind} {source} {now.date()}')[:32]}",
        words=lambda words: _notice(words, shown_kind(kind)),
        now=now,
    )


def _notice(words: Mapping[str, str], browser: str) -> str:
    if not browser:
        return (
            _("%(brand)s: sign-in on a new browser. Not you? End it and change your password: %(url)s")
            % words
        )
    return _(
        "%(brand)s: sign-in on a new browser (%(browser)s). Not you? End it and change your password: %(url)s"
    ) % {**words, "browser": browser}
