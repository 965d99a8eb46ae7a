"""So many pages to one phone at once help nobody: the first goes out, what follows is bundled.

Feature ledger, row 50: twelve alerts in a minute to one phone are one first page and one bundle; an
emergency always goes at once.
"""

from datetime import datetime, timedelta

from clinic.rules.core.enums import Level

THROTTLE_WINDOW = timedelta(seconds=60)


def held_until(level: Level, last_paged_at: datetime | None, now: datetime) -> datetime | None:
    """Until when a page to a phone is held back for the bundle; None where it goes at once."""
    if level == Level.EMERGENCY or last_paged_at is None or now >= last_paged_at + THROTTLE_WINDOW:
        return None
    return last_paged_at + THROTTLE_WINDOW
