"""What the console's templates may call: its words, and the menu."""

from django import template

from clinic.console import words
from clinic.console.menu import entries
from clinic.queries.desk.header import DeskHeader

register = template.Library()

for in_words in (
    words.level_word,
    words.at_key,
    words.alarm_word,
    words.age_words,
    words.duration,
    words.percent,
    words.rate,
    words.turn,
    words.clock,
    words.day_of_year,
    words.day_and_clock,
    words.local_day_and_clock,
    words.layer_word,
    words.weekday_words,
    words.phone,
    words.tel,
    words.yesno_or_number,
):
    register.filter(in_words)
register.simple_tag(words.from_to)


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
