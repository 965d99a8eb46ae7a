"""How a day and its time are written for staff, in the order of the reader's language."""

from datetime import datetime, time

from django.utils.formats import date_format
from django.utils.translation import pgettext


def hour_and_minute(at: datetime | time) -> str:
    """15:30, for staff in every language: no half of a day is misread. Families read their language's own."""
    return f"{at:%H:%M}"


def local_day_and_clock(at: datetime) -> str:
    """Mon Nov 30, 19:00, of a moment that is in its own zone already."""
    # Not inside the f-string: there `make messages` does not find it.
    day = date_format(at, pgettext("weekday and day format", "D M j"))
    return f"{day}, {hour_and_minute(at)}"
