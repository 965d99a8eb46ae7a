"""How the console says levels, times and phone numbers."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from clinic.levels import LEVEL_WORDS
from clinic.models.rota import LayerName
from clinic.models.system_alarm import AlarmKind
from clinic.queries.core.moments import hour_and_minute, local_day_and_clock
from clinic.rules.core.enums import Level
from clinic.rules.patients.device_kinds import kind_of, shown_kind
from clinic.rules.protocols.scoring.numbers import before_unit

# Minutes of waiting after which an urgent row looks and reads more pressing; ages.js does the same.
TURNS = (15, 10, 5)


def level_word(level: str | None) -> str:
    """The level as staff say it; a report that is not scored yet has none."""
    return str(LEVEL_WORDS[Level(level)]) if level else _("Not scored yet")


def at_key(values: dict[str, str], key: str) -> str:
    """What stands under a key that only the template's loop knows."""
    return values.get(key, "")


def alarm_word(kind: str) -> str:
    """An alarm about the system, in words."""
    return str(AlarmKind(kind).label)


def age_words(age: timedelta) -> str:
    """How long something has waited: 40 s, 12 min, 2 h 5 min, 3 days."""
    seconds = int(age.total_seconds())
    if seconds < 60:
        return _("%(n)s s") % {"n": seconds}
    minutes = seconds // 60
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(h)s h %(m)s min") % {"h": minutes // 60, "m": minutes % 60}
    return _("%(n)s days") % {"n": minutes // (24 * 60)}


def duration(lasted: timedelta | None) -> str:
    """The same of a time that is over; a dash where there is none."""
    return age_words(lasted) if lasted is not None else "–"


def hours_lasted(hours: float) -> str:
    """A time that figures keep in hours: 12 min, 3 h 20 min."""
    return age_words(timedelta(hours=hours))


def percent(share: float | None) -> str:
    """24.1%; a dash where there is nothing to take a share of."""
    return "–" if share is None else in_percent(floatformat(100 * share, 1))


def in_percent(number: object) -> str:
    """A number out of a hundred with its sign: "24%", in Spanish "24 %"."""
    return f"{number}{before_unit('%', get_language() or '')}%"


def rate(value: float | None) -> str:
    """Two decimals; what is too rare for them is not nothing, and what was not counted is a dash."""
    smallest = 0.01
    if value is None:
        return "–"
    return f"< {floatformat(smallest, 2)}" if 0 < value < smallest else floatformat(value, 2)


def turn(age: timedelta) -> int:
    """0, 5, 10 or 15: the last mark that the waiting time has passed."""
    minutes = age.total_seconds() / 60
    return next((mark for mark in TURNS if minutes >= mark), 0)


def clock(at: datetime | None) -> str:
    """14:02 today, Nov 21, 14:02 on another day, with its year in another one, in the reader's zone."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    hour = hour_and_minute(local)
    if local.date() == timezone.localdate():
        return hour
    if local.year == timezone.localdate().year:
        return f"{day_of_year(local)}, {hour}"
    day = date_format(local, pgettext("day of another year", "M j, Y"))
    return f"{day}, {hour}"


def stamp(at: datetime) -> str:
    """A moment for scripts, to the millisecond, in UTC; as text they sort by time."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def browser_words(user_agent: str) -> str:
    """Browser and system by name, such as "Firefox · Windows"."""
    return shown_kind(kind_of(user_agent)) or _("A browser")


def slice_id(one: UUID) -> str:
    """Enough of an id to know it again among some hundred."""
    return one.hex[:8]


def short_stamp(at: datetime) -> str:
    """The same moment in few letters: milliseconds since 1970, in the digits of base 32."""
    left, digits = (int(at.timestamp()) * 1000 + at.microsecond // 1000), ""
    while left:
        left, digit = divmod(left, 32)
        digits = "0123456789abcdefghijklmnopqrstuv"[digit] + digits
    return digits


def day_of_year(day: date) -> str:
    """Nov 21, in the order of the reader's language."""
    return date_format(day, pgettext("day format", "M j"))


def day_and_clock(at: datetime | None) -> str:
    """Mon Nov 30, 19:00, in the zone in force; with its year in another one."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    if local.year == timezone.localdate().year:
        return local_day_and_clock(local)
    day = date_format(local, pgettext("weekday and day of another year", "D M j, Y"))
    return f"{day}, {hour_and_minute(local)}"


def from_to(starts_at: datetime, ends_at: datetime) -> str:
    """Thu Nov 26, 07:00–19:00; with the day of the end where that is another one. Zones as they are."""
    if starts_at.date() == ends_at.date():
        return f"{local_day_and_clock(starts_at)}–{hour_and_minute(ends_at)}"
    return f"{local_day_and_clock(starts_at)} – {local_day_and_clock(ends_at)}"


def layer_word(layer: str) -> str:
    """A layer of the rota, in words."""
    return str(LayerName(layer).label)


def weekday_words(weekdays: list[int]) -> str:
    """Mon, Tue, Wed … or every day."""
    if len(weekdays) == 7:
        return _("Every day")
    return ", ".join(str(WEEKDAYS_ABBR[day]) for day in weekdays)


def phone(number: PhoneNumber | None) -> str:
    """A number as people write it here; with its country code where it is foreign."""
    if not number:
        return ""
    return str(number.as_national if number.country_code == 1 else number.as_international)


def tel(number: PhoneNumber | None) -> str:
    """A number for a tel: link."""
    return str(number.as_e164) if number else ""


def yesno_or_number(value: object) -> str:
    """A setting in words: yes and no for what is ticked, the number for what is counted."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
