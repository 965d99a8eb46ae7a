"""What a text is for, and which of the three senders it leaves by."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Purpose(StrEnum):
    """Why a text is sent; stored, so the codes stay as they are."""

    PAGE = "page"
    CODE = "code"
    INVITE = "invite"
    REPLY = "reply"
    REMINDER = "reminder"
    STOPPED = "stopped"
    RECOVERY = "recovery"
    NEWS = "news"
    CHECKIN = "checkin"


class Service(StrEnum):
    """The sender. Three, because a STOP blocks a whole sender: a reminder must not cost a sign-in code."""

    CODES = "codes"
    REMINDERS = "reminders"
    PAGING = "paging"


@dataclass(frozen=True)
class Handling:
    """How one purpose is treated.

    priority: lower leaves first.
    lasts: when the caller names no end, the text is dropped this long after it was queued.
    validity: how long the provider may keep trying to hand it over.
    repeats: send again when nobody knows whether the first try went out (at least once), instead of
        leaving it at that (at most once).
    heeds_stop: a STOP for its service suppresses it.
    asks_consent: leaves only to who has agreed, at a number that works, while there is money for it.
    again: one new try after a text was taken and did not arrive. A page goes to another channel instead,
        and who asked for a code presses the button.
    urgent: leaves even when the sender is held and the budget is used up.
    at_once: a worker is woken for each. Hundreds of reminders fall due at one moment and would stand in
        front of a report that is to be scored, so they leave with the tick.
    """

    priority: int
    lasts: timedelta
    validity: timedelta
    repeats_when_unknown: bool
    heeds_stop: bool
    asks_consent: bool = False
    second_try: bool = False
    urgent: bool = False
    at_once: bool = True


# A page is answered by a person and repeated by its chain, so twice is better than never. A person who
# asked for a code just now wants it, whatever was texted before; where the carrier blocks it, it says so.
HANDLING = {
    Purpose.PAGE: Handling(
        0, timedelta(hours=1), timedelta(minutes=5), repeats_when_unknown=True, heeds_stop=False, urgent=True
    ),
    Purpose.CODE: Handling(
        1,
        timedelta(minutes=10),
        timedelta(minutes=10),
        repeats_when_unknown=False,
        heeds_stop=False,
        urgent=True,
    ),
    Purpose.INVITE: Handling(
        2,
        timedelta(hours=12),
        timedelta(hours=4),
        repeats_when_unknown=False,
        heeds_stop=True,
        second_try=True,
    ),
    Purpose.REPLY: Handling(
        3, timedelta(minutes=15), timedelta(minutes=15), repeats_when_unknown=False, heeds_stop=True
    ),
    Purpose.REMINDER: Handling(
        4,
        timedelta(hours=1),
        timedelta(hours=1),
        repeats_when_unknown=False,
        heeds_stop=True,
        asks_consent=True,
        second_try=True,
        at_once=False,
    ),
    # An hour later it may not be so any more; the app says how it stands.
    Purpose.NEWS: Handling(
        4,
        timedelta(hours=1),
        timedelta(hours=1),
        repeats_when_unknown=False,
        heeds_stop=True,
        asks_consent=True,
    ),
    # A call at the time of a check-in, for who asked to be called: that is the agreement. One that is lost is
    # not repeated, because a telephone that rings twice wakes a house; the next reminder comes anyway.
    Purpose.CHECKIN: Handling(
        4,
        timedelta(hours=1),
        timedelta(hours=1),
        repeats_when_unknown=False,
        heeds_stop=True,
        at_once=False,
    ),
    # The one text that may follow a STOP, and only within five minutes of it.
    Purpose.STOPPED: Handling(
        3, timedelta(minutes=5), timedelta(minutes=5), repeats_when_unknown=False, heeds_stop=False
    ),
    # Says that the provider works again and is tried until it does, after the pages: so it is what finds out.
    Purpose.RECOVERY: Handling(
        1,
        timedelta(days=1),
        timedelta(minutes=5),
        repeats_when_unknown=True,
        heeds_stop=False,
        urgent=True,
        at_once=False,
    ),
}


# What these say lets somebody in: a code, or a link.
SECRET = frozenset({Purpose.CODE, Purpose.INVITE})


def handling_of(purpose: str) -> Handling:
    """The row of the table for a stored purpose."""
    return HANDLING[Purpose(purpose)]
