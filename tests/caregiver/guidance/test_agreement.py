"""The lists of who to call, and what the check-in would say about the same answers.

A page may be more careful than the check-in, never less: a family that reads instead of answering must not
be told to call later. Each sign of a list that the check-in asks about stands in `signs`, with its answers.
The other way round, whatever makes the check-in say "call now" is told on the page that says when to call.
"""

from __future__ import annotations

import contextlib
import copy
import functools
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from clinic.protocols import default_document
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol, ProtocolError
from clinic.rules.protocols.scoring.assessment import Assessment, assess
from tests.caregiver.guidance.pages import SLUGS, blocks, read
from tests.caregiver.guidance.signs import PAIRS, SIGNS, TWO_AT_ONCE, Case
from tests.clinic.rules.people import a_person

# The check-in has no question for these; the page alone says whom to call.
NOT_ASKED = {
    "They see two of each thing.",
    "The face goes numb.",
    "One arm or leg is weak.",
    "Legs or arms get weaker from day to day, or tingle more and more.",
    "The face looks blank.",
    "Ankles or legs swell.",
    "A spot on the skin that is new, grows or bleeds.",
    "Weight loss that no one planned, or sweat that soaks the bed.",
    "Someone at home is ill, and they were close.",
    "They took a wrong pill, or too much of one.",
    "The pills will soon run out.",
    "Another doctor wants to start, change or stop a medicine.",
    "You cannot get back to the center in the time you were told.",
    "Your thermometer is broken or lost.",
    "the clinic told you to call at this number.",
    "You think of hurting yourself or them.",
    "You get so ill that you need help now.",
    "You cannot stay awake, and no one can take over.",
    "You are ill, or have a fever yourself.",
    "You cry a lot, cannot sleep, or feel no hope.",
    "You have questions about money, a ride or a room.",
}
SAID = {"emergency": Level.EMERGENCY, "urgent": Level.URGENT, "call_today": Level.SAME_DAY}


def assessments(protocol: Protocol, cases: list[Case]) -> Iterator[Assessment]:
    for answers, days, patient, before in cases:
        for day in days:
            yield assess(protocol, answers, a_person(day=day, **patient), before)


def lines() -> list[tuple[str, Level, str]]:
    return [
        (slug, SAID[value.get("level", kind)], line)
        for slug in SLUGS
        for kind, value in blocks(read(slug, "en"))
        if kind in ("call_now", "call_today")
        for line in value["when"]
    ]


def test_every_line_is_compared_or_known_to_be_asked_nowhere() -> None:
    unknown = {line for _, _, line in lines() if not any(sign in line for sign in SIGNS)}

    assert unknown == NOT_ASKED


@pytest.mark.parametrize("sign", SIGNS)
def test_a_page_is_never_less_careful_than_the_check_in(sign: str, protocol: Protocol) -> None:
    said = [level for _, level, line in lines() if sign in line]
    answered = [judged.level for judged in assessments(protocol, SIGNS[sign])]

    assert said, "no page says this any more"
    assert max(level.rank for level in answered) <= min(level.rank for level in said)
    # Nor does it alarm for what the check-in never would.
    assert max(level.rank for level in answered) == max(level.rank for level in said)


def levels_to_call_at(value: Any, place: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Where in this part of the rules a level stands at which somebody calls now."""
    pieces = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pieces:
        if one in ("urgent", "emergency"):
            yield (*place, key)
        yield from levels_to_call_at(one, (*place, key))


RULES = default_document()
CALLS = [
    place
    for part in ("tables", "scales", "rules", "trends", "accumulation")
    for place in levels_to_call_at(RULES[part], (part,))
]


def changed(place: tuple[Any, ...]) -> Protocol:
    """The rules with another level at this one place: what rests on it now comes out otherwise."""
    for level in ("watch", "same_day", "urgent", "emergency"):
        document = copy.deepcopy(RULES)
        value: Any = document
        for key in place[:-1]:
            value = value[key]
        stood, value[place[-1]] = value[place[-1]], level
        # A scale never falls: where the answer before is as serious, the level can only rise.
        with contextlib.suppress(ProtocolError):
            if level != stood:
                return Protocol.from_document(document)
    raise AssertionError(place)


@functools.cache
def told_to_call() -> list[Case]:
    """The answers of every line under "call now" on the page that says when to call."""
    said = [
        line
        for kind, value in blocks(read("when-to-call", "en"))
        if kind == "call_now"
        for line in value["when"]
    ]
    assert TWO_AT_ONCE in str(read("when-to-call", "en")["body"])
    return PAIRS + [
        case for sign, cases in SIGNS.items() if any(sign in line for line in said) for case in cases
    ]


def found(protocol: Protocol) -> list[set[tuple[str, Level]]]:
    return [{(why.rule, why.level) for why in one.reasons} for one in assessments(protocol, told_to_call())]


@pytest.mark.parametrize("place", CALLS, ids=lambda place: "-".join(map(str, place)))
def test_whatever_makes_the_check_in_say_call_now_is_told_where_the_page_says_when_to_call(
    place: tuple[Any, ...], protocol: Protocol
) -> None:
    assert found(changed(place)) != found(protocol)


def test_the_rules_name_many_reasons_to_call() -> None:
    assert len(CALLS) > 70


@pytest.mark.parametrize("slug", ["crs", "when-to-call", "first-two-weeks"])
@pytest.mark.parametrize("language", [code.lower() for code, _ in settings.LANGUAGES])
def test_pages_of_whom_to_call_say_all_that_counts_below_a_fever(slug: str, language: str) -> None:
    def from_37_5(slug: str) -> list[tuple[str, Any]]:
        return [(kind, value) for kind, value in blocks(read(slug, language)) if "37.5" in heading(value)]

    assert [kind for kind, _ in from_37_5(slug)] == ["call_now", "call_today"]
    assert from_37_5(slug) == from_37_5("temperature")


def heading(value: Any) -> str:
    return str(value.get("heading", "")) if isinstance(value, dict) else ""


@pytest.mark.parametrize("slug", ["brain-effects", "handwriting-check"])
def test_who_names_the_10_point_check_says_what_every_loss_means(slug: str) -> None:
    losses = {
        "emergency": ["2 points or less"],
        "urgent": ["they lose two points or more", "6 points or less, and had more at first, on any day"],
        "call_today": ["In the first 30 days, they lose one point", "or a point is lost"],
    }
    said = {
        value.get("level", kind): value["when"] for kind, value in blocks(read(slug, "en")) if "when" in value
    }

    assert [
        (level, loss)
        for level, expected in losses.items()
        for loss in expected
        if not any(loss in line for line in said[level])
    ] == []
