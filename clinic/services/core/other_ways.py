"""Where a page or a text to staff goes while the phone provider is down: their e-mail and their browsers."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from clinic.models import Staff
from notifications.queries import push_targets
from notifications.rules.channels import Channel, OtherWay


def of(people: Iterable[Staff], *, body: str) -> OtherWay | None:
    """The other way to these people, in the language in force; None where nobody has any.

    `body` holds a link: it is answered in the console, where whoever opens it signs in.
    """
    to: list[tuple[str, str]] = []
    for staff in people:
        if staff.user.email:
            to.append((Channel.EMAIL, staff.user.email))
        to += [(Channel.PUSH, one.id) for one in push_targets(staff.user_id)]
    note = _("Texts or calls are failing right now. Answer in the console only.")
    return OtherWay(f"{body}\n\n{note}", tuple(to)) if to else None
