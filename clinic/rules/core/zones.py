"""The time zones that a place can be in."""

from functools import lru_cache
from zoneinfo import available_timezones


@lru_cache
def zone_names() -> tuple[str, ...]:
    """All of them, sorted. Python reads six hundred files for the list, so once is enough."""
    return tuple(sorted(available_timezones()))
