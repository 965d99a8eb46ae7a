"""The facts that staff write down for the scores, step by step; a step may be left half-done.

A sheet is a plain map as it is stored. What is not in it is unknown: no fact has a default. Of CIRS the
organs that are 0 are left out, and those that nobody has graded yet are None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from clinic.rules.risk.facts import Background, Course, Facts, Infection, Person, Surroundings, Tier
from clinic.rules.risk.labs import LabValue

# Which facts each step asks for, in the order of the form.
STEPS: Mapping[str, tuple[str, ...]] = {
    "person": ("sex", "ecog", "frailty"),
    "before": ("lymphodepletion_on", "bridging", "prior_transplant", "ldh_upper_limit"),
    "illnesses": ("comorbidities",),
    "organs": ("cirs",),
    "home": (
        *("lives_alone", "adults", "night_cover", "minutes_to_emergency"),
        *("interpreter", "forms_alone", "phone"),
    ),
    "reach": ("call_language", "signal", "someone_else", "thermometer", "cuff", "oximeter"),
    "since": (
        *("crs_max", "icans_max", "had_iec_hs", "infections", "steroid_days"),
        *("steroid_last_on", "tocilizumab_last_on", "ivig_last_on"),
    ),
}
NAMES = frozenset(name for names in STEPS.values() for name in names)

# How sure somebody is filling in medical forms alone, from 0 extremely to 4 not at all; from here on they are
# helped. The single-question screener (Chew), remembered; where it ends: proposed.
READING_HELP_FROM = 2
# HCT-CI's illnesses of the heart; of CIRS any grade of it, since the mildest may be a past problem. Proposed.
_HEART = frozenset({"arrhythmia", "cardiac", "valve"})
PHONES = ("smartphone", "plain", "none")
# On the telephone, beside the codes of languages that there are translations for.
ANOTHER_LANGUAGE = "other"


@dataclass(frozen=True)
class Known:
    """What the record itself says of a patient on a day; day 0 is `infusion_date`."""

    day: int
    tier: Tier
    age: int | None
    product: str
    disease: str
    minutes_to_centre: int | None
    infusion_date: date


def merged(sheet: Mapping[str, Any], step: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """The sheet after one step: its facts as told now, what is None or left out there is unknown again."""
    kept = {name: value for name, value in sheet.items() if name not in STEPS[step]}
    return kept | {name: told[name] for name in STEPS[step] if told.get(name) is not None}


def facts_of(sheet: Mapping[str, Any], known: Known, labs: tuple[LabValue, ...]) -> Facts:
    """What the scores are computed from. ValueError where a stored day is none."""
    limit, illnesses = sheet.get("ldh_upper_limit"), sheet.get("comorbidities")
    return Facts(
        day=known.day,
        tier=known.tier,
        person=Person(
            age=known.age,
            sex=sheet.get("sex", ""),
            product=known.product,
            disease=known.disease,
            ecog=sheet.get("ecog"),
            frailty=sheet.get("frailty"),
        ),
        background=Background(
            lymphodepletion_day=_day(sheet, "lymphodepletion_on", known),
            comorbidities=None if illnesses is None else frozenset(illnesses),
            cirs=sheet.get("cirs"),
            ldh_upper_limit=None if limit is None else Fraction(limit),
            bridging=sheet.get("bridging"),
            prior_transplant=sheet.get("prior_transplant"),
        ),
        course=Course(
            crs_max=sheet.get("crs_max"),
            icans_max=sheet.get("icans_max"),
            had_iec_hs=sheet.get("had_iec_hs", False),
            infections=tuple(
                Infection(
                    day=(date.fromisoformat(one["on"]) - known.infusion_date).days,
                    grade=one["grade"],
                    # Not known counts as treated, as Infection says: nothing is missed on that side.
                    is_treated=one["is_treated"] is not False,
                )
                for one in sheet.get("infections", [])
            ),
            steroid_days=sheet.get("steroid_days"),
            tocilizumab_last_day=_day(sheet, "tocilizumab_last_on", known),
            steroid_last_day=_day(sheet, "steroid_last_on", known),
            ivig_last_day=_day(sheet, "ivig_last_on", known),
        ),
        surroundings=Surroundings(
            minutes_to_centre=known.minutes_to_centre,
            lives_alone=sheet.get("lives_alone"),
            adults=sheet.get("adults"),
        ),
        labs=labs,
    )


def findings_in(sheet: Mapping[str, Any]) -> frozenset[str]:
    """What additions know of the facts themselves, beside the reasons of a run. Not known is none of it."""
    found = {
        "heart_illness": not _HEART.isdisjoint(sheet.get("comorbidities") or ())
        or ((sheet.get("cirs") or {}).get("heart") or 0) > 0,
        "interpreter": sheet.get("interpreter") is True,
        "reading_help": (sheet.get("forms_alone") or 0) >= READING_HELP_FROM,
        "no_smartphone": sheet.get("phone") in PHONES[1:],
    }
    return frozenset(name for name, holds in found.items() if holds)


def _day(sheet: Mapping[str, Any], name: str, known: Known) -> int | None:
    told = sheet.get(name)
    return None if told is None else (date.fromisoformat(told) - known.infusion_date).days
