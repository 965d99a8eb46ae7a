"""Places whose clock may be a caregiver's own, each with the time that it shows now."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import pgettext

from clinic.rules.core.zones import COMMON, place_of


@dataclass(frozen=True)
class ClockChoice:
    """A zone by a town in it; people know which one is right by its time."""

    zone: str
    place: str
    time: str
    is_chosen: bool


def choices(*, chosen: str, now: datetime) -> tuple[ClockChoice, ...]:
    """The common zones and the chosen one, from the west to the east."""
    names = sorted({*COMMON, chosen}, key=lambda name: (now.astimezone(ZoneInfo(name)).utcoffset(), name))
    return tuple(
        ClockChoice(
            zone=name,
            place=place_of(name),
            time=date_format(now.astimezone(ZoneInfo(name)), pgettext("time format", "g:i A")),
            is_chosen=name == chosen,
        )
        for name in names
    )
