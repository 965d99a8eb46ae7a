"""The time zones that a place can be in, and what a person calls them."""

from functools import lru_cache
from operator import itemgetter
from zoneinfo import available_timezones

# What a family chooses from where its phone does not say: the country's own, then one of each hour elsewhere.
COMMON = (
    *("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "America/Toronto", "America/Halifax"),
    *("America/Mexico_City", "America/Bogota", "America/Caracas", "America/Sao_Paulo", "Europe/London"),
    *("Europe/Berlin", "Africa/Lagos", "Africa/Cairo", "Africa/Nairobi", "Asia/Baghdad", "Asia/Dubai"),
    *("Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka", "Asia/Ho_Chi_Minh", "Asia/Shanghai", "Asia/Manila"),
    *("Asia/Seoul", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland"),
)


def place_of(zone_name: str) -> str:
    """The town in a zone's name: "America/Los_Angeles" is Los Angeles."""
    return zone_name.rpartition("/")[2].replace("_", " ")


@lru_cache
def zone_names() -> tuple[str, ...]:
    """All of them, sorted. Python reads six hundred files for the list, so once is enough."""
    return tuple(sorted(available_timezones()))


def zone_choices() -> list[tuple[str, str]]:
    """All of them by the town, as it is said elsewhere, with where it lies: "New York (America)"."""
    return sorted(((name, _town_first(name)) for name in zone_names()), key=itemgetter(1))


def _town_first(zone_name: str) -> str:
    area = zone_name.rpartition("/")[0].replace("/", ", ").replace("_", " ")
    return f"{place_of(zone_name)} ({area})" if area else place_of(zone_name)
