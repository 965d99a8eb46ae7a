"""Times and numbers as families read them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from caregiver.templatetags import caregiver as tags
from clinic.services.reports.intake import CallTarget

NOW = datetime(2026, 11, 22, 2, 14, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(autouse=True)
def _in_new_york() -> Any:
    with time_machine.travel(NOW, tick=False), timezone.override(NEW_YORK):
        yield


@pytest.mark.parametrize(
    ("before_now", "text"),
    [
        (timedelta(0), "today 9:14\u00a0PM"),
        (timedelta(hours=22), "Fri 11:14\u00a0PM"),
        (timedelta(days=6), "Sun 9:14\u00a0PM"),
        (timedelta(days=7), "Nov\u00a014 9:14\u00a0PM"),
        (timedelta(days=-1), "tomorrow 9:14\u00a0PM"),
        (timedelta(days=-2), "Mon,\u00a0Nov\u00a023 9:14\u00a0PM"),
        (timedelta(days=-7), "Nov\u00a028 9:14\u00a0PM"),
    ],
    ids=["today", "yesterday", "six days", "a week", "tomorrow", "ahead", "a week ahead"],
)
def test_moment_names_its_day_only_when_it_must(before_now: timedelta, text: str) -> None:
    assert tags.moment(NOW - before_now) == text


@pytest.mark.parametrize(
    ("hours_ago", "language", "text"),
    [
        (0, "en", "today at 9:14\u00a0PM"),
        (22, "en", "Fri at 11:14\u00a0PM"),
        (0, "es", "hoy a las 9:14\u00a0PM"),
        (8, "es", "hoy a la 1:14\u00a0PM"),
        (20, "es", "hoy a la 1:14\u00a0AM"),
        (9, "es", "hoy a las 12:14\u00a0PM"),
        (0, "ar", "اليوم الساعة 9:14\u00a0م"),
        (0, "vi", "hôm nay lúc 21:14"),
        (0, "zh-hans", "今天 21:14"),
    ],
)
def test_moment_in_a_sentence(hours_ago: int, language: str, text: str) -> None:
    with translation.override(language):
        assert tags.moment_in_sentence(NOW - timedelta(hours=hours_ago)) == text


@pytest.mark.parametrize(
    ("hours_ahead", "text"),
    [(1, "10:14\u00a0PM today"), (11, "Sunday 8:14\u00a0AM")],
    ids=["same", "next"],
)
def test_opening_names_no_weekday_on_that_very_day(hours_ahead: int, text: str) -> None:
    assert tags.moment_in(NOW + timedelta(hours=hours_ahead), NEW_YORK) == text


@pytest.mark.parametrize(
    ("phone", "text"), [("+12025550120", "(202) 555-0120"), ("+442079460958", "+44 20 7946 0958"), ("", "")]
)
def test_number_as_people_write_it(phone: str, text: str) -> None:
    assert tags.number(phone) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (-2, "2 days before CAR-T"),
        (-1, "1 day before CAR-T"),
        (0, "Day 0 after CAR-T"),
        (9, "Day 9 after CAR-T"),
    ],
)
def test_day_in_words(day: int, text: str) -> None:
    assert tags.care_day(day) == text


@pytest.mark.parametrize(
    ("seconds", "language", "text"),
    [
        (59, "en", "just now"),
        (60, "en", "1 minute ago"),
        (3 * 3600 + 900, "en", "3 hours ago"),
        (47 * 3600, "en", "1 day ago"),
        (13 * 86400, "es", "hace 13 días"),
        (120, "ar", "قبل دقيقتين"),
        (3 * 3600, "ar", "قبل 3 ساعات"),
        (11 * 86400, "ar", "قبل 11 يومًا"),
        (7200, "vi", "2 giờ trước"),
        (86400, "zh-hans", "1 天前"),
    ],
)
def test_ago_is_rough(seconds: int, language: str, text: str) -> None:
    with translation.override(language):
        assert tags.ago(NOW - timedelta(seconds=seconds)) == text


CALLS = [
    CallTarget("emergency", "Emergency", "911", "911"),
    CallTarget("line", "Line", "+12015550911", "(201) 555-0911"),
]


def test_words_with_a_hyphen_stay_whole() -> None:
    made = tags.unbroken("Check-in now & wait")

    assert made == '<span class="nowrap">Check-in</span> now &amp; wait'


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("CAR-T.", '<span class="nowrap">CAR-T.</span>'),
        ("接受CAR-T治疗", '接受<span class="nowrap">CAR-T</span>治疗'),
        ("a cell-by-cell view", 'a <span class="nowrap">cell-by-cell</span> view'),
        ("请打 911。", '请打 <span class="nowrap"><a dir="ltr" href="tel:911">911</a>。</span>'),
    ],
)
def test_sign_stays_beside_what_it_ends(text: str, made: str) -> None:
    assert tags.with_calls(text, CALLS) == made


def test_lifeline_can_be_called() -> None:
    assert '<a dir="ltr" href="tel:988">988</a>' in tags.with_lifeline("Call 911 or 988.", CALLS)


@pytest.mark.parametrize(
    ("day", "text"), [(date(2026, 12, 2), "Dec\u00a02"), (date(2025, 12, 2), "Dec\u00a02,\u00a02025")]
)
def test_day_has_its_year_where_that_is_another(day: date, text: str) -> None:
    assert tags.calendar_day(day) == text


def test_numbers_in_a_sentence_can_be_called_and_all_else_is_escaped() -> None:
    made = tags.with_calls("Call (201) 555-0911, or 911 <now>.", CALLS)

    assert made == (
        'Call <span class="nowrap"><a dir="ltr" href="tel:+12015550911">(201) 555-0911</a>,</span> or '
        '<span class="nowrap"><a dir="ltr" href="tel:911">911</a></span> &lt;now&gt;.'
    )


def test_sentence_without_numbers_to_call_is_escaped() -> None:
    assert tags.with_calls("<b>", None) == "&lt;b&gt;"


def test_date_and_time_are_torn_only_after_the_comma_between_them() -> None:
    shown = tags.full_moment(datetime(2026, 12, 2, 15, 0, tzinfo=UTC))

    assert shown.split(" ")[0].endswith("2026,") and shown.count(" ") == 1


def test_hyphenated_number_stays_on_one_line() -> None:
    assert tags.unbroken("the 24-hour <line>") == 'the <span class="nowrap">24-hour</span> &lt;line&gt;'
    # No line begins with the colon.
    assert tags.unbroken("Next check-in: now") == 'Next <span class="nowrap">check-in:</span> now'


def test_temperature_stays_on_one_line_and_keeps_its_order_between_arabic_words() -> None:
    arabic = "حمّى \u206640.0\u00a0°C\u2069 \u2066(104.0\u00a0°F)\u2069 أو أكثر."

    assert tags.filled("حمّى 40.0 °C (104.0 °F) أو أكثر.", ()) == arabic
    assert tags.filled("From 40.0 °C (104.0 °F) up", ()) == "From 40.0\u00a0°C (104.0\u00a0°F) up"


def test_latin_name_between_arabic_words_is_not_torn_apart_at_its_hyphen() -> None:
    assert tags.filled("خط CAR-T الآن", ()) == "خط CAR\u2011T الآن"
    assert tags.filled("The CAR-T line", ()) == "The CAR-T line"
