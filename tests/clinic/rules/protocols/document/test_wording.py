"""What families read: plain words, no reassurance, no grade or diagnosis."""

from __future__ import annotations

import re

import pytest

from clinic.rules.core.clinic_hour import ClinicHour
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import Advice, Travel, advice

HOURS = [
    ClinicHour(after_hours, night, opens_soon)
    for after_hours in (True, False)
    for night in (True, False)
    for opens_soon in (True, False)
]
NEAR = Travel(minutes_to_centre=20, no_transport=False)
TRAVELS = (
    NEAR,
    Travel(90, no_transport=False),
    Travel(None, no_transport=False),
    Travel(20, no_transport=True),
)


def everything_said(protocol: Protocol, language: str) -> list[tuple[Level, str]]:
    told: list[Advice] = [
        advice(protocol, level, language, hour=hour, day=day, travel=travel)
        for level in Level
        for hour in HOURS
        for day in (5, 60)
        for travel in TRAVELS
    ]
    return [(one.level, text) for one in told for text in (one.title, *one.steps, one.note)]


@pytest.mark.parametrize(
    ("language", "forbidden"),
    [
        ("en", r"\b(fine|safe|safely|normal|no action|don't worry|all good|grade|CRS|ICANS)\b"),
        ("es", r"\b(bien|segur[oa]|normal|ninguna acción|no se preocupe|grado|CRS|ICANS)\b"),
    ],
)
def test_advice_never_reassures_and_never_names_a_grade(
    protocol: Protocol, language: str, forbidden: str
) -> None:
    said = [text for _, text in everything_said(protocol, language)]

    assert [text for text in said if re.search(forbidden, text, re.IGNORECASE)] == []


def syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and len(groups) > 1
    return max(1, len(groups) - silent)


def grade(text: str) -> float:
    """Flesch-Kincaid grade of a text whose phone numbers count as one short word."""
    plain = re.sub(r"\{\w+\}", "one", text).replace("CAR-T", "car")
    words = re.findall(r"[A-Za-z'-]+", plain)
    sentences = max(1, len(re.findall(r"[.?!:](?:\s|$|”)", plain)))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@pytest.mark.parametrize("day", [5, 60])
@pytest.mark.parametrize("hour", HOURS)
@pytest.mark.parametrize("level", list(Level))
def test_advice_reads_at_grade_6_and_in_an_emergency_at_grade_4(
    protocol: Protocol, level: Level, hour: ClinicHour, day: int
) -> None:
    told = advice(protocol, level, "en", hour=hour, day=day, travel=NEAR)

    whole = " ".join(text.rstrip(".") + "." for text in (told.title, *told.steps, told.note))

    assert grade(whole) <= (4 if level is Level.EMERGENCY else 6)


def test_questions_and_answers_read_at_grade_6(protocol: Protocol) -> None:
    """Each screenful of one question: its text, hint and options together."""
    asked = {
        question.key: ". ".join(
            [
                question.text("en"),
                question.hint("en") or "Tap one",
                *(option.text("en") for option in question.options),
            ]
        )
        + "."
        for question in protocol.questions
    }

    assert {key: round(grade(text), 1) for key, text in asked.items() if grade(text) > 6} == {}


@pytest.mark.parametrize("language", ["en", "es", "ar", "vi", "zh-hans"])
def test_words_of_night_are_said_at_night_only(protocol: Protocol, language: str) -> None:
    """K27: a Saturday noon, when nobody reads, is no night."""
    of_night = re.compile(r"tonight|morning|noche|mañana|الليلة|الصباح|tối|sáng|今晚|早上", re.IGNORECASE)
    by_day = [
        text
        for level in Level
        for hour in HOURS
        for day in (5, 60)
        if not hour.night
        for one in [advice(protocol, level, language, hour=hour, day=day, travel=NEAR)]
        for text in (one.title, *one.steps, one.note)
    ]

    assert [text for text in by_day if of_night.search(text)] == []


@pytest.mark.parametrize("level", [Level.URGENT, Level.EMERGENCY])
def test_where_staff_are_paged_nobody_is_told_that_no_one_reads(protocol: Protocol, level: Level) -> None:
    told = [advice(protocol, level, "en", hour=hour, day=5, travel=NEAR).note for hour in HOURS]

    assert set(told) == {"Do not wait for a reply from the clinic."}
