"""Pages and texts to staff by e-mail and push, while the phone provider is down: stand-ins for the message.

The message itself keeps waiting until an e-mail has carried it, so a mail server that is down too loses
nothing. A push comes beside it, as always, and settles nothing: a browser that is closed shows none.
"""

from datetime import datetime, timedelta

from django.conf import settings

from notifications.models import Message
from notifications.rules import errors, outages
from notifications.rules.channels import Channel, OtherWay
from notifications.rules.states import TAKEN, State
from notifications.services import message_changes, outbox
from notifications.services.outages import is_avoided

# An e-mail that was not taken by then has trouble of its own: the provider is tried again meanwhile.
_TRIED_ITSELF_AFTER = timedelta(seconds=20)


def send_instead(*, message: Message, now: datetime) -> bool:
    """Queue the stand-ins of a locked message, once, if its route is down; True if it shall wait for them."""
    other_way = OtherWay.from_json(message.other_way)
    if other_way is None or message.expires_at <= now or message.stand_ins.exists():
        return False
    ways = _usable_ways(other_way)
    if not ways:
        return False
    if not is_avoided(route=outages.route_of(message.channel, message.service), now=now):
        return False
    for number, (channel, to) in enumerate(ways):
        outbox.queue(
            to=to,
            body=other_way.body,
            purpose=message.purpose,
            dedupe_key=f"{message.dedupe_key}:instead:{number}",
            service=message.service,
            expires_at=message.expires_at,
            language=message.language,
            channel=channel,
            instead_of=message,
            now=now,
        )
    if not any(channel == Channel.EMAIL for channel, _to in ways):
        return False
    again = now + _TRIED_ITSELF_AFTER
    message_changes.move_message(message=message, to=State(message.state), due_at=again, now=now)
    return True


def settle_if_carried(*, message: Message, now: datetime) -> bool:
    """Settle a locked message that nobody is sending, if an e-mail has carried what it was to say."""
    if message.other_way is None or message.due_at is None:
        return False
    if not message.stand_ins.filter(channel=Channel.EMAIL, state__in=TAKEN).exists():
        return False
    message_changes.move_message(
        message=message, to=State.SUPPRESSED, due_at=None, error_code=errors.OTHER_WAY, now=now
    )
    return True


def _usable_ways(other_way: OtherWay) -> list[tuple[str, str]]:
    """Where it could go now: no e-mail without a server."""
    return [way for way in other_way.to if way[0] != Channel.EMAIL or settings.EMAIL_SERVER]
