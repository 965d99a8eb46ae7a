"""What the console's templates may call: its words, and the menu."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import template

from clinic.console import words
from clinic.console.menu import entries
from clinic.queries.core.moments import hour_and_minute, local_day_and_clock
from clinic.queries.desk.header import DeskHeader
from clinic.queries.desk.worklist import ListView
from clinic.rules.core.zones import place_of

register = template.Library()

for in_words in (
    words.level_word,
    words.at_key,
    words.alarm_word,
    words.age_words,
    words.duration,
    words.hours_lasted,
    words.percent,
    words.in_percent,
    words.rate,
    words.turn,
    words.clock,
    words.day_of_year,
    words.day_and_clock,
    local_day_and_clock,
    place_of,
    words.layer_word,
    words.weekday_words,
    words.phone,
    words.tel,
    words.yesno_or_number,
    words.browser_words,
    words.stamp,
    words.short_stamp,
    words.slice_id,
):
    register.filter(in_words)
register.simple_tag(words.from_to)
# By the zone in force, as the other filters of a moment.
register.filter(hour_and_minute, expects_localtime=True)


@register.simple_tag
def list_address(view: ListView, **changes: Any) -> str:
    """What stands behind the address of the worklist for a view, with these things changed."""
    shown = replace(view, **changes)
    asked = {
        "clinic": shown.clinic_slug,
        "level": shown.level or "",
        "q": shown.words,
        "more": "1" if shown.more else "",
    }
    given = {name: value for name, value in asked.items() if value}
    return f"?{urlencode(given)}" if given else ""


@register.filter
def nth(row: Sequence[object], place: int) -> object:
    """What a column is called, for a cell that stands alone on a phone; places count from 0."""
    return row[place]


@register.filter
def menu(desk: DeskHeader, url_name: str) -> list[dict[str, object]]:
    """The main pages that this person may open, the current one marked."""
    return [
        {
            "url_name": entry.url_name,
            "label": entry.label,
            "icon": entry.icon,
            "current": entry.is_at(url_name),
        }
        for entry in entries(desk.permissions)
    ]
