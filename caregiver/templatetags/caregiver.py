"""Times as families read them. The formats are translated: 9:14 p.m. here is 21:14 there."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

register = template.Library()


@register.filter
def clock(moment: datetime) -> str:
    """The time of day where the reader is."""
    return formats.date_format(timezone.localtime(moment), pgettext("time format", "g:i a"))


@register.filter
def moment(at: datetime) -> str:
    """The time today; with its day on any other day."""
    local, today = timezone.localtime(at), timezone.localdate()
    if local.date() == today:
        return _("today %(time)s") % {"time": clock(at)}
    day = formats.date_format(local, pgettext("day format", "D, M j"))
    return _("%(day)s, %(time)s") % {"day": day, "time": clock(at)}


@register.filter
def moment_in(at: datetime, zone: ZoneInfo) -> str:
    """A weekday and time on the clinic's own clock."""
    return formats.date_format(at.astimezone(zone), pgettext("weekday and time format", "l g:i a"))


@register.filter
def care_day(day: int) -> str:
    """The day since infusion in words."""
    if day < 0:
        return ngettext("%(count)d day before CAR-T", "%(count)d days before CAR-T", -day) % {"count": -day}
    return _("Day %(day)d after CAR-T") % {"day": day}
