"""Times as families read them. The formats are translated: 9:14 p.m. here is 21:14 there."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django import template
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from caregiver.queries.guidance.pictures import picture_url
from caregiver.queries.household import call_numbers
from caregiver.queries.household.call_numbers import ClinicNumbers
from caregiver.views.core.remembered_clinics import remembered_clinics
from clinic.models import Patient
from clinic.queries.core.languages import own_name
from clinic.rules.patients.windows import Countdown
from clinic.rules.protocols.document.parts import Phase
from clinic.rules.protocols.scoring.numbers import held_to_units
from clinic.services.reports.intake import CallTarget, displayed_phone

register = template.Library()
register.filter(picture_url)
register.filter(own_name)

DAYS_OF_A_WEEK = 7
HOURS_OF_A_DAY = 24
MINUTES_OF_AN_HOUR = 60
SECONDS_OF_A_MINUTE = 60
# Last days of the phases that have everyday names; a protocol with others falls back to the plain day.
TWO_WEEKS, MONTH, HUNDRED_DAYS, YEAR = 14, 30, 100, 365
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff]")
_TEMPERATURE = re.compile(r"(\(?\d+(?:[.,]\d+)?)\s(°[CF]\)?)")
_LATIN_HYPHEN = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z])")
_HALF_OF_THE_DAY = re.compile(r"(?<=\d) (?=\D+$)")
# No letters of a script without spaces: they would draw in the whole clause around "CAR-T".
_LATIN = r"A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_HYPHENATED = rf"[{_LATIN}\d]+(?:-[{_LATIN}][{_LATIN}\d]*)+"
_SIGNS = ".,;:?!،؛؟。，；：？！"
# For whoever thinks of harming themselves, anywhere in the United States.
LIFELINE = CallTarget("lifeline", "", "988", "988")


@register.simple_tag
def new_id() -> UUID:
    """Names what a button will send, before it is sent: pressed twice, it is still one thing."""
    return uuid4()


@register.simple_tag(takes_context=True)
def numbers_on_this_phone(context: template.Context) -> tuple[ClinicNumbers, ...]:
    """Whom to call, on a page that no view of ours has made."""
    request: HttpRequest = context["request"]
    try:
        return call_numbers.for_visitor(remembered=remembered_clinics(request), now=timezone.now())
    except DatabaseError:
        return ()


@register.filter
def as_json(answers: Mapping[str, Any]) -> str:
    """For an attribute that a script reads."""
    return json.dumps(answers)


@register.filter
def called(patient: Patient, names: Mapping[UUID, str]) -> str:
    """What this patient is called among the others (`patient_names`)."""
    return names.get(patient.pk, patient.given_name)


@register.filter
def clock(moment: datetime) -> str:
    """The time of day where the reader is."""
    return hour(timezone.localtime(moment))


@register.filter
def hour(at: datetime | time) -> str:
    """A time of day as it stands on the clock."""
    return _in_one_piece(formats.time_format(at, pgettext("time format", "g:i A")))


@register.filter
def moment(at: datetime) -> str:
    """The time with its day, in a list or after a colon."""
    return _("%(day)s %(time)s") % {"day": _day(at), "time": clock(at)}


@register.filter
def moment_in_sentence(at: datetime) -> str:
    """The same within a sentence."""
    # In Spanish it is "a la" at one o'clock and "a las" at any other.
    hour_of_clock = timezone.localtime(at).hour % 12 or 12
    return ngettext("%(day)s at %(time)s", "%(day)s at %(time)s", hour_of_clock) % {
        "day": _day(at),
        "time": clock(at),
    }


@register.filter
def full_moment(at: datetime) -> str:
    """With its date and year, on what is printed or shown to strangers: true on any later day."""
    day = formats.date_format(timezone.localtime(at), "DATE_FORMAT").replace(" ", "\u00a0")
    return _("%(date)s, %(time)s") % {"date": day, "time": clock(at)}


@register.simple_tag
def printed_at() -> str:
    """When the page was made, for its paper."""
    return full_moment(timezone.now())


def _day(at: datetime) -> str:
    local, today = timezone.localtime(at), timezone.localdate()
    days_ago = (today - local.date()).days
    if days_ago in {0, -1}:
        return _("tomorrow") if days_ago else _("today")
    if 0 < days_ago < DAYS_OF_A_WEEK:
        wanted = pgettext("weekday format", "D")
    elif -DAYS_OF_A_WEEK < days_ago < 0:
        wanted = pgettext("coming day format", "D, M j")
    else:
        wanted = pgettext("day format", "M j")
    return formats.date_format(local, wanted).replace(" ", "\u00a0")


@register.filter
def calendar_day(day: date) -> str:
    """A day as in `moment`; with its year where that is another one."""
    is_this_year = day.year == timezone.localdate().year
    shown = formats.date_format(day, pgettext("day format", "M j") if is_this_year else "DATE_FORMAT")
    return shown.replace(" ", "\u00a0")


@register.filter
def moment_in(at: datetime, zone: ZoneInfo) -> str:
    """A weekday and time on the clinic's own clock; on that very day no weekday."""
    local = at.astimezone(zone)
    if local.date() == timezone.localdate(timezone=zone):
        return _("%(time)s today") % {"time": hour(local)}
    return _in_one_piece(formats.date_format(local, pgettext("weekday and time format", "l g:i A")))


@register.filter
def number(phone: str) -> str:
    """A telephone number as people write it; with its country code where it is foreign."""
    return displayed_phone(phone)


@register.filter
def care_day(day: int) -> str:
    """The day since infusion in words."""
    if day < 0:
        return ngettext("%(count)d day before CAR-T", "%(count)d days before CAR-T", -day) % {"count": -day}
    return _("Day %(day)d after CAR-T") % {"day": day}


@register.filter
def phase_day(day: int, phase: Phase | None) -> str:
    """The day within its stretch of care, as people count: "Day 9 of the first two weeks"."""
    if day < 0 or phase is None:
        return care_day(day)
    words = {
        TWO_WEEKS: _("Day %(day)d of the first two weeks"),
        MONTH: _("Day %(day)d of the first month"),
        HUNDRED_DAYS: _("Day %(day)d of the first 100 days"),
        YEAR: _("Day %(day)d of the first year"),
    }
    return words.get(phase.last_day or 0, _("Day %(day)d after CAR-T")) % {"day": day}


@register.filter
def days_left(countdown: Countdown) -> str:
    """How long a window still lasts, in words."""
    if countdown.days_left == 0:
        return _("Today is the last day.")
    return ngettext("%(count)d more day.", "%(count)d more days.", countdown.days_left) % {
        "count": countdown.days_left
    }


@register.filter
def weekday(at: datetime) -> str:
    """The day under a chart, short."""
    return formats.date_format(timezone.localtime(at), pgettext("chart day format", "D j"))


@register.filter
def ago(at: datetime) -> str:
    """How long ago, roughly; families need no more. Django's own words lack Vietnamese and err in Arabic."""
    minutes = int((timezone.now() - at).total_seconds()) // SECONDS_OF_A_MINUTE
    hours = minutes // MINUTES_OF_AN_HOUR
    days = hours // HOURS_OF_A_DAY
    if days > 0:
        return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}
    if hours > 0:
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    if minutes > 0:
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {"count": minutes}
    return _("just now")


@register.filter
def unbroken(text: str) -> SafeString:
    """Keeps "24-hour", "CAR-T" and "check-in" on one line each, with the sign after it."""
    pattern = re.compile(rf"(?:{_HYPHENATED})[{_SIGNS}]?")
    return _wrapped(text, pattern, lambda found: format_html('<span class="nowrap">{}</span>', found))


@register.filter
def with_calls(text: str, calls: Iterable[CallTarget]) -> SafeString:
    """Makes the clinic's numbers in a sentence callable, and does what `unbroken` does.

    The sign after a number or a word with a hyphen stays beside it.
    """
    phones = {call.display: call.phone for call in calls or ()}
    longest_first = sorted(phones, key=len, reverse=True)
    words = "|".join((*map(re.escape, longest_first), _HYPHENATED))
    pattern = re.compile(rf"(?:{words})[{_SIGNS}]?")

    def called(found: str) -> SafeString:
        word = found.rstrip(_SIGNS)
        if word not in phones:
            return format_html('<span class="nowrap">{}</span>', found)
        link = '<span class="nowrap"><a dir="ltr" href="tel:{}">{}</a>{}</span>'
        return format_html(link, phones[word], word, found[len(word) :])

    return _wrapped(text, pattern, called)


@register.filter
def with_lifeline(text: str, calls: Iterable[CallTarget]) -> SafeString:
    """The same, with the lifeline's number."""
    return with_calls(text, (*calls, LIFELINE))


@register.filter
def filled(text: str, contacts: Sequence[ClinicNumbers]) -> str:
    """A guidance text with the emergency number of the reader's clinic in place of its blank."""
    number = contacts[0].emergency.display if contacts else _("the emergency number")
    # In Arabic the halves of a torn temperature change places, too.
    text = held_to_units(text, get_language() or "")
    if _RIGHT_TO_LEFT.search(text):
        # Between Arabic words the unit would otherwise jump to the other side of its number.
        text = _TEMPERATURE.sub("\u2066\\g<0>\u2069", text)
        text = _LATIN_HYPHEN.sub("\u2011", text)
    return text.replace("{emergency_number}", number)


@register.filter
def spoken(text: str, contacts: Sequence[ClinicNumbers]) -> SafeString:
    """The same, with every number of the clinic as a link that calls it."""
    return with_calls(filled(text, contacts), contacts[0].calls if contacts else ())


def _in_one_piece(clock: str) -> str:
    """With what stands behind its last digit, so that no line ends between "3:00" and "AM"."""
    return _HALF_OF_THE_DAY.sub("\u00a0", clock)


def _wrapped(text: str, pattern: re.Pattern[str], wrap: Callable[[str], SafeString]) -> SafeString:
    parts: list[tuple[str | SafeString]] = []
    end = 0
    for match in pattern.finditer(text):
        parts += [(text[end : match.start()],), (wrap(match.group()),)]
        end = match.end()
    return format_html_join("", "{}", [*parts, (text[end:],)])
