"""When something is tried, tried again, given up, or kept for the morning."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

# Longer than any call to the provider may take: a lease that has run out means that its worker is gone.
LEASE = timedelta(seconds=30)

# Whether a lost answer meant a sent text shows in the provider's list; after this nobody looks any more.
LOOK_EVERY = timedelta(seconds=30)
GIVE_UP_AFTER = timedelta(minutes=3)

# A call of ours rings for half a minute and says its words three times; nobody tells us for certain when it
# is over. So long no other call is made to its number.
CALL_LASTS = timedelta(seconds=60)

_LONGEST_WAIT_SECONDS = 30

# What a person must read is told again for so long where a listener failed.
TOLD_FOR = timedelta(hours=1)
# A text that came in and is not handled after this lost its worker.
HANDLED_WITHIN = timedelta(seconds=30)

# Carriers hand a number to somebody else after a while: thirty silent days end its owner's consent.
UNREACHABLE_VOIDS_AFTER = timedelta(days=30)
DAY = timedelta(days=1)
# A callback that has not come by then is lost.
ASK_AFTER = timedelta(hours=1)

# No more answers than this to one number in that hour, whatever the listeners say: the guard against loops.
REPLIES_AT_MOST = 10

# One automatic answer an hour for a number, or two machines would talk to each other all night.
REPLY_AT_MOST_EVERY = timedelta(hours=1)


def wait_before_retry(attempts: int, spread: int = 0) -> timedelta:
    """How long to wait after so many tries: 1, 2, 4 … 30 seconds, a tenth more or less by any number.

    Without that tenth, a hundred texts that were refused together would come back together.
    """
    seconds = min(_LONGEST_WAIT_SECONDS, 2 ** max(0, min(attempts, 10) - 1))
    return timedelta(seconds=seconds * (0.9 + spread % 1000 / 5000)) if spread else timedelta(seconds=seconds)


def after_quiet_hours(at: datetime, *, zone: ZoneInfo, quiet_from: time, quiet_until: time) -> datetime:
    """The instant itself, or the end of the recipient's quiet hours that it falls into.

    Quiet hours may pass midnight; equal ends mean that there are none.
    """
    local = at.astimezone(zone)
    clock = local.time().replace(fold=0)
    over_midnight = quiet_from > quiet_until
    late, early = clock >= quiet_from, clock < quiet_until
    if not ((late or early) if over_midnight else (late and early)):
        return at
    day = local.date() + timedelta(days=1) if over_midnight and late else local.date()
    # Where the clocks go back, the end may have passed already in the first run of the doubled hour.
    end = datetime.combine(day, quiet_until, tzinfo=zone)
    return max(at, end.astimezone(at.tzinfo))
